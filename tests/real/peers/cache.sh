#!/usr/bin/env bash
# cache.sh: the real programs that tests/real runs against, built from Go modules into a cache outside the checkout.
# SPDX-License-Identifier: Apache-2.0
#   cache.sh dir SET…     prints the folder of each set; says what is pending, and exits with 77, where one is not built
#   cache.sh build SET…   builds those that are missing, within $IFX_PEERS_SECONDS seconds where that is given
# Sets: kubernetes, flux, kustomize, argocd (all of them where none is named). The cache is ${XDG_CACHE_HOME:-~/.cache}/ifx-peers;
# an entry is keyed by what it is built from: the set's go.mod, go.sum and sources, this script, and the version of Go.
# What Go downloads and compiles on the way goes to a folder that is removed ($GOCACHE and $GOMODCACHE are used where they are set).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${IFX_PEERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ifx-peers}
PATH=$PATH:/usr/local/go/bin
export GOTOOLCHAIN=local CGO_ENABLED=0

# Processor seconds that a set takes to build, measured: what is begun must end in time.
declare -A cost=([kubernetes]=720 [flux]=520 [kustomize]=60 [argocd]=550)
all=(kubernetes flux kustomize argocd)

pending() { # pending WHY: nothing was shown
  printf 'pending: %s\n' "$1" >&2
  exit 77
}

entry() { # entry SET: where it lies, or would
  local key
  key=$({ go env GOVERSION GOOS GOARCH; cat "$here/cache.sh"; find "$here/$1" -name 'go.*' -o -name '*.go' | LC_ALL=C sort | xargs cat; } | sha256sum)
  printf '%s/%s-%s\n' "$cache" "$1" "${key:0:16}"
}

packages() { # packages SET: what it is made of, as NAME PACKAGE
  case $1 in
  kubernetes)
    printf '%s\n' 'etcd ./etcd' 'githttp ./githttp'
    printf '%s k8s.io/kubernetes/cmd/%s\n' kube-apiserver{,} kube-controller-manager{,} kubectl{,}
    ;;
  flux) printf '%s github.com/fluxcd/%s\n' source-controller{,} kustomize-controller{,} ;;
  kustomize) echo 'kustomize sigs.k8s.io/kustomize/kustomize/v5' ;;
  argocd) printf '%s\n' 'argocd github.com/argoproj/argo-cd/v3/cmd' 'argocd-redis ./redis' ;;
  esac
}

modules() { # modules SET: those that bring custom resource definitions, as MODULE:FOLDER
  case $1 in
  flux) printf 'github.com/fluxcd/%s:config/crd/bases\n' source-controller kustomize-controller ;;
  argocd) echo 'github.com/argoproj/argo-cd/v3:manifests/crds' ;;
  esac
}

linked() { # linked SET: the versions that a program says of itself
  local version at
  case $1 in
  kubernetes)
    version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes) at=k8s.io/component-base/version
    echo "-X $at.gitVersion=$version -X $at.gitMajor=1 -X $at.gitMinor=$(cut -d. -f2 <<<"$version") -X $at.gitTreeState=clean" \
      "-X $at.gitCommit=0000000000000000000000000000000000000000 -X $at.buildDate=1970-01-01T00:00:00Z"
    ;;
  argocd)
    version=$(go list -m -f '{{.Version}}' github.com/argoproj/argo-cd/v3)
    echo "-X github.com/argoproj/argo-cd/v3/common.version=${version#v}"
    ;;
  esac
}

definitions() { # definitions SET OUT: its custom resource definitions, so that a run needs no module cache
  local module dir found=()
  for module in $(modules "$1"); do
    dir=$(go list -m -f '{{.Dir}}' "${module%%:*}") || return 1
    found+=("$dir/${module#*:}"/*.yaml)
  done
  [ ${#found[@]} -eq 0 ] && return
  mkdir "$2/crds"
  for dir in "${found[@]}"; do [ "${dir##*/}" = kustomization.yaml ] || cp "$dir" "$2/crds/" || return 1; done
}

compile() { # compile SET OUT, in the set's folder
  local name package flags
  flags="-s -w $(linked "$1")" || return 1
  while read -r name package; do
    go build -tags grpcnotrace -ldflags "$flags" -o "$2/$name" "$package" || return 1
  done < <(packages "$1")
  definitions "$1" "$2"
}

build() { # build SET, in a subshell: into its entry, which is there only when it is whole
  local set=$1 left need
  entry=$(entry "$set")
  [ ! -d "$entry" ] || return 0
  need=$((cost[$set] / $(nproc) + 60))
  left=$((${IFX_PEERS_SECONDS:-86400} - SECONDS))
  [ "$left" -ge "$need" ] || pending "building $set takes some $((need / 60 + 1)) minutes here, and $((left / 60)) are left: make test-real builds it"
  printf 'building %s (about %d minutes of processor time) into %s\n' "$set" $((cost[$set] / 60 + 1)) "$entry"
  scratch=$cache/.$set.$$
  rm -rf "$entry".tmp "$scratch"
  mkdir -p "$entry.tmp" "$scratch"
  trap 'chmod -R u+w "$scratch" 2>/dev/null || true; rm -rf "$scratch" "$entry.tmp"' EXIT
  export GOCACHE=${GOCACHE:-$scratch/cache} GOMODCACHE=${GOMODCACHE:-$scratch/modules} GOTMPDIR=$scratch
  export GOFLAGS="${GOFLAGS-} -trimpath -buildvcs=false -mod=readonly"
  cd "$here/$set"
  packages "$set" | cut -d' ' -f2 | xargs go list -deps >"$scratch/log" 2>&1 ||
    pending "the Go modules of $set cannot be had: $(tail -1 "$scratch/log")"
  compile "$set" "$entry.tmp" >"$scratch/log" 2>&1 || { tail -20 "$scratch/log" >&2; echo "$set cannot be built" >&2; exit 1; }
  chmod -R u+w "$entry.tmp"
  mv "$entry.tmp" "$entry"
}

mode=${1-}
shift || true
[ $# -gt 0 ] || set -- "${all[@]}"
command -v go >/dev/null || pending 'go is not installed: the real controllers cannot be built'
case $mode in
dir)
  for set; do
    entry=$(entry "$set")
    [ -d "$entry" ] || pending "$set is not built for this checkout: make test-real builds it once (about $((cost[$set] / 60 + 1)) minutes of processor time)"
    touch "$entry"
    printf '%s\n' "$entry"
  done
  ;;
build)
  mkdir -p "$cache"
  exec 9>"$cache/.lock"
  flock 9
  for set; do (build "$set"); done
  find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +30 -exec rm -rf {} + # nothing asked for it in a month
  ;;
*)
  echo 'usage: cache.sh dir|build [kubernetes|flux|kustomize|argocd]…' >&2
  exit 2
  ;;
esac

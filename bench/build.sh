#!/usr/bin/env bash
# build.sh [IFX [CHECKOUT…]]: kustomize roots built by ifx and by `kubectl kustomize`: all of them, the median one, one of
# 4,000 resources and how that grows, and the one that prints most. Without checkouts a fleet is generated, for nothing that
# was fetched belongs to this repository. Texts are compared: a root that kubectl builds and that differs ends the run.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"
shift $(($# > 0 ? 1 : 0))
runs=${RUNS:-15} apps=${APPS:-60}
cluster=$(have kubectl && echo yes || echo no)

# ---- what is built ----

manifests() { # manifests NAME NUMBER: a Deployment, a Service and a ConfigMap, as people write them
  cat <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: { name: $1, labels: { app: $1 } }
spec:
  replicas: 2
  selector: { matchLabels: { app: $1 } }
  template:
    metadata: { labels: { app: $1 } }
    spec:
      containers:
        - name: web
          image: registry.example.org/app-$(($2 % 7)):1.4.2 # pinned
          args: ["--port=8080", '--verbose']
          envFrom: [{ configMapRef: { name: $1 } }]
---
apiVersion: v1
kind: Service
metadata: { name: $1 }
spec: { selector: { app: $1 }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: $1 }
data: { number: "$2", text: "a line that is longer than eighty columns, so that whoever prints it has to fold it somewhere" }
YAML
}

make_fleet() { # a base and two overlays for each application, a fifth of them with patches and generators
  local i dir
  for ((i = 1; i <= apps; i++)); do
    dir=$work/fleet/apps/app-$i
    mkdir -p "$dir"/{base,staging,production}
    manifests "app-$i" "$i" >"$dir/base/all.yaml"
    printf 'resources: [all.yaml]\n' >"$dir/base/kustomization.yaml"
    printf 'resources: [../base]\nnamespace: staging\n' >"$dir/staging/kustomization.yaml"
    printf 'resources: [../base]\nnamespace: production\nimages: [{ name: registry.example.org/app-1, newTag: 2.0.0 }]\n' \
      >"$dir/production/kustomization.yaml"
    [ $((i % 5)) -ne 0 ] || cat >>"$dir/production/kustomization.yaml" <<YAML
patches: [{ patch: '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: app-$i }, spec: { replicas: 5 } }' }]
configMapGenerator: [{ name: settings, literals: [a=b] }]
labels: [{ pairs: { tier: web } }]
YAML
  done
}

make_large() { # make_large COUNT: one root with so many resources, all of which are changed
  local dir=$work/large-$1 i
  mkdir -p "$dir"
  for ((i = 1; i <= $1 / 3; i++)); do [ "$i" -eq 1 ] || echo ---; manifests "app-$i" "$i"; done >"$dir/all.yaml"
  cat >"$dir/kustomization.yaml" <<'YAML'
resources: [all.yaml]
namespace: large
namePrefix: a-
labels: [{ pairs: { tier: web }, includeSelectors: true }]
commonAnnotations: { owner: team }
images: [{ name: registry.example.org/app-1, newTag: 2.0.0 }]
YAML
}

# ---- measuring ----

peak() { # peak COMMAND…: KiB
  /usr/bin/time -o "$work/peak" -f %M "$@" >"$work/peak.out" 2>/dev/null
  tail -1 "$work/peak"
}

kubectl_all() { # each root that ifx built, one process each; the time of all in $kubectl_seconds
  local root same=0 begun ended
  begun=$(date +%s%N)
  while IFS= read -r root; do
    kubectl kustomize "$1/$root" >"$work/kubectl/$root/objects.yaml" 2>/dev/null || rm -f "$work/kubectl/$root/objects.yaml"
  done <"$work/roots"
  ended=$(date +%s%N)
  kubectl_seconds=$(calc %.3f "($ended - $begun) / 1e9")
  while IFS= read -r root; do
    [ ! -e "$work/kubectl/$root/objects.yaml" ] || cmp "$work/kubectl/$root/objects.yaml" "$work/out/$root/objects.yaml"
    same=$((same + 1))
  done <"$work/roots"
  echo "  the texts are equal: $same"
}

all_roots() { # all_roots DIR: $work/roots: those that are built, smallest text first
  local dir=$1 count name
  name=$(basename "$dir")
  rm -rf "$work/out" "$work/kubectl"
  rm -f "$work"/all.wall "$work"/all.cpu
  for _ in 1 2 3; do clock all "$ifx" build --all "$dir" -o "$work/out" 2>/dev/null || true; done
  (cd "$work/out" && find . -name objects.yaml -printf '%s %h\n' | sort -n | cut -d' ' -f2- | sed 's,^\./,,') >"$work/roots"
  count=$(wc -l <"$work/roots")
  while IFS= read -r root; do mkdir -p "$work/kubectl/$root"; done <"$work/roots"
  if [ "$cluster" = no ]; then
    echo "$name, $count roots: ifx $(wall all) s, processor $(cpu all) s; kubectl pending: it is not installed"
    row "build --all, $count roots of $name" "$(wall all) s" "kubectl: pending" - '150 times' pending
    return
  fi
  kubectl_all "$dir"
  local times
  times=$(calc %.0f "$kubectl_seconds / $(wall all)")
  echo "$name, $count roots: ifx $(wall all) s, processor $(cpu all) s; kubectl $kubectl_seconds s: $times times"
  row "build --all, $count roots of $name" "$(wall all) s" "kubectl, one by one: $kubectl_seconds s" "$times times" '150 times' \
    "$(met "$times >= 150")"
}

turns() { # turns NAME ROOT: ifx and kubectl by turns
  rm -f "$work/$1".* "$work/$1-kubectl".*
  for ((i = 0; i < runs; i++)); do
    clock "$1" "$ifx" build "$2"
    [ "$cluster" = no ] || clock "$1-kubectl" kubectl kustomize "$2"
  done
}

median_root() { # median_root DIR
  local root times
  root=$(sed -n "$((($(wc -l <"$work/roots") + 1) / 2))p" "$work/roots")
  turns median "$1/$root"
  if [ "$cluster" = no ]; then
    row 'build, the median root' "$(calc %.1f "$(wall median) * 1000") ms" 'kubectl: pending' - '20 times' pending
    return
  fi
  times=$(calc %.0f "$(wall median-kubectl) / $(wall median)")
  echo "median root ($root): ifx $(wall median) s, processor $(cpu median) s; kubectl $(wall median-kubectl) s: $times times"
  row 'build, the median root' "$(calc %.1f "$(wall median) * 1000") ms" \
    "kubectl: $(calc %.0f "$(wall median-kubectl) * 1000") ms" "$times times" '20 times' "$(met "$times >= 20")"
}

largest_root() { # largest_root DIR
  local root ours theirs
  root=$(tail -1 "$work/roots")
  ours=$(peak "$ifx" build "$1/$root")
  echo "largest root ($root, $(wc -c <"$work/peak.out") bytes): ifx $ours KiB"
  if [ "$cluster" = no ]; then
    row 'build, the largest root, peak memory' "$((ours / 1024)) MiB" 'kubectl: pending' - 'a tenth' pending
    return
  fi
  theirs=$(peak kubectl kustomize "$1/$root")
  echo "largest root: kubectl $theirs KiB"
  row "build, the largest root of $(basename "$1"), peak memory" "$((ours / 1024)) MiB" "kubectl: $((theirs / 1024)) MiB" \
    "$(calc %.2f "$ours / $theirs")" 'a tenth' "$(met "$ours * 10 < $theirs")"
}

growth() {
  local count memory
  for count in 400 4000 40000; do
    make_large "$count"
    rm -f "$work/grow".*
    for ((i = 0; i < (count > 4000 ? 1 : 5); i++)); do clock grow "$ifx" build "$work/large-$count"; done
    memory=$(peak "$ifx" build "$work/large-$count")
    echo "$count resources: $(wall grow) s, processor $(cpu grow) s, $((memory / 1024)) MiB"
    if [ "$count" -eq 4000 ]; then
      row "build, $count resources, five transformers" "$(wall grow) s" '' - '< 0.5 s' \
        "$(met_or_busy "$(wall grow)" "$(cpu grow)" 0.5)"
      cp "$work/grow.cpu" "$work/few.cpu"
    fi
  done
  row 'build, 40,000 resources, processor' "$(cpu grow) s" "4,000: $(cpu few) s" "$(calc %.1f "$(cpu grow) / $(cpu few)") times" \
    'linear' "$(met "$(cpu grow) < 15 * $(cpu few)")"
}

if [ $# -eq 0 ]; then
  make_fleet
  set -- "$work/fleet"
fi
for checkout; do
  all_roots "$(realpath "$checkout")"
  median_root "$(realpath "$checkout")"
  largest_root "$(realpath "$checkout")"
done
growth

#!/usr/bin/env bash
# up.sh DIR [SET…]: starts real peers under a new folder: etcd, kube-apiserver and kube-controller-manager always; flux, argocd
# and git (a http server of the bare repositories below DIR/git) as they are named, all three where none is.
# SPDX-License-Identifier: Apache-2.0
# Prints what to source: KUBECONFIG, KUBECTL, GIT_URL, PEERS. `down.sh DIR` stops it all. With $IFX_PEERS_WHILE set to a process
# id, they are stopped, and the folder is removed, when that process has ended in whatever way.
# Exits with 77 where the binaries are not there (peers/cache.sh).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -gt 0 ] || { echo 'usage: up.sh DIR [flux|argocd|git]…' >&2; exit 2; }
new=$1
shift
[ $# -gt 0 ] || set -- flux argocd git
sets=" $* "
for set in process kubernetes/start flux/start argocd/start; do . "$here/peers/$set.bash"; done

has() { case $sets in *" $1 "*) ;; *) return 1 ;; esac; }

binaries() { # the folders of the binaries, as variables named like their sets
  local set place
  for set in kubernetes flux argocd kustomize; do
    case $set in flux | argocd) has $set || continue ;; kustomize) has argocd || continue ;; esac
    place=$("$here/peers/cache.sh" dir "$set")
    declare -g "$set=$place"
  done
}

# Twenty ports in a row that nobody listens on; a lock that our processes inherit keeps them for us until the last has ended.
reserve() {
  local locks=${TMPDIR:-/tmp}/ifx-peers-ports.$UID number
  mkdir -p "$locks"
  for _ in $(seq 200); do
    base=$((20000 + RANDOM % 600 * 20))
    exec 9>"$locks/$base"
    flock -n 9 || continue
    for number in $(seq "$base" $((base + 19))); do ! listening "$number" || continue 2; done
    return
  done
  echo 'no free ports' >&2
  return 1
}

failed() { # what was started ends, and the logs stay
  local status=$?
  [ $status -eq 0 ] || stop_all
  exit $status
}

binaries
mkdir "$new"
dir=$(cd "$new" && pwd)
mkdir "$dir/log" "$dir/tmp" "$dir/git"
: >"$dir/pids"
trap failed EXIT
reserve
port=$base start_kubernetes
if has git; then start githttp "$kubernetes/githttp" -addr "127.0.0.1:$((base + 4))" -root "$dir/git"; await 30 listening $((base + 4)); fi
if has flux; then port=$((base + 5)) start_flux; fi
if has argocd; then port=$((base + 12)) start_argocd; fi
if [ -n "${IFX_PEERS_WHILE:-}" ]; then
  setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$2" "$3" --purge' _ "$IFX_PEERS_WHILE" "$here/down.sh" "$dir" >/dev/null 2>&1 </dev/null 9>&- &
fi
printf '%s=%q\n' KUBECONFIG "$dir/admin.kubeconfig" KUBECTL "$kubernetes/kubectl" GIT_URL "http://127.0.0.1:$((base + 4))" PEERS "$dir"

#!/usr/bin/env bash
# peers_processes.sh: the real peers start, answer, and are gone again, in whatever way a test ends. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/peers.bash"
. "$real/peers/process.bash"

living() { # living DIR: the names of its processes that live
  local pid born name
  while read -r pid born name; do ! same "$pid" "$born" || printf '%s\n' "$name"; done <"$1"
}

peers flux argocd git
cp "$PEERS/pids" "$scratch/first"
equal 'all of them live' 'etcd kube-apiserver kube-controller-manager githttp source-controller kustomize-controller kustomize-controller-lenient redis argocd-repo-server argocd-application-controller argocd-applicationset-controller' \
  "$(living "$scratch/first" | paste -sd ' ')"
says 'the server is of today' v1.36 "$(k version -o json | jq -r .serverVersion.gitVersion)"
for kind in kustomizations.kustomize.toolkit.fluxcd.io gitrepositories.source.toolkit.fluxcd.io applications.argoproj.io applicationsets.argoproj.io; do
  holds "$kind are served" k get "$kind" -A -o name
done
mkdir "$scratch/sample"
printf 'text\n' >"$scratch/sample/file"
publish sample
holds 'git serves over http' git clone -q "$GIT_URL/sample.git" "$scratch/clone"
equal 'what was published' text "$(cat "$scratch/clone/file")"

# A second run beside the first, whose test is killed.
sleep 600 &
other=$!
IFX_PEERS_WHILE=$other bash "$real/up.sh" "$scratch/second" git >"$scratch/second.env" 2>&1 || wrong "$(cat "$scratch/second.env")"
cp "$scratch/second/pids" "$scratch/second.pids"
equal 'a second run lives beside it' 4 "$(living "$scratch/second.pids" | wc -l)"
kill -9 $other
wait $other 2>/dev/null
for _ in $(seq 300); do [ -d "$scratch/second" ] || break; sleep 0.1; done
holds 'its folder is gone when its test was killed' test ! -e "$scratch/second"
equal 'and its processes' '' "$(living "$scratch/second.pids")"
equal 'the first is not touched' 11 "$(living "$scratch/first" | wc -l)"

bash "$real/down.sh" "$PEERS"
equal 'all of them are stopped' '' "$(living "$scratch/first")"
holds 'the logs stay' test -s "$PEERS/log/kube-apiserver.log"

# Without binaries nothing passes.
out=$(IFX_PEERS_CACHE=$scratch/nothing bash "$real/flux_build.sh" "$ifx" 2>&1) && rc=0 || rc=$?
ok 'what cannot be tried is pending' $rc 77 "$out" 'pending: kubernetes is not built'
finish

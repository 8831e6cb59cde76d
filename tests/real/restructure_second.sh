#!/usr/bin/env bash
# restructure_second.sh: the same layout with other parameters on other public repositories. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"

trial() { # trial NAME COMMIT OWNER-THAT-PRUNES MOVED BEFORE AFTER ARG…: plan, refuse, apply, judge, roll back
  local name=$1 commit=$2 owner=$3 before id
  export MOVED=$4 BEFORE=$5 AFTER=$6
  shift 6
  local source
  source=$(find_repository "$name" "$commit") || { printf 'pending: no %s with %s below $IFX_REPOS\n' "$name" "$commit"; return; }
  tried=$((tried + 1))
  repo=$scratch/${name#*+}-${name%%+*}
  clone "$source" "$commit"
  git -C "$repo" checkout -q -B trunk
  before=$(snapshot "$repo")
  call run restructure -C "$repo" --layout flux-minimal "$@"
  ok "$name: a plan" "$rc" 0 "$out"
  says "$name: who prunes is said first" "Blocked: Kustomization $owner prunes" "$(sed -n '1,/^Hazards/p' <<<"$out")"
  call run restructure -C "$repo" --layout flux-minimal "$@" --apply
  ok "$name: it must be accepted" "$rc" 1 "$out" '--set accept=prune'
  equal "$name: nothing has changed" "$before" "$(snapshot "$repo")"
  call run restructure -C "$repo" --layout flux-minimal "$@" --apply --set accept=prune
  ok "$name: applied" "$rc" 0 "$out"
  equal "$name: sound" '' "$(git -C "$repo" fsck --no-dangling 2>&1)"
  export REPO=$repo BASE=$commit TIP SHARED=
  TIP=$(git -C "$repo" rev-parse ifx/flux-minimal)
  judge "$real/judge_second.lua"
  git -C "$repo" switch -q ifx/flux-minimal
  call run restructure -C "$repo" --layout flux-minimal "$@" --exit-code
  ok "$name: a second time there is nothing to do" "$rc" 0 "$out" 'Nothing to do'
  git -C "$repo" switch -q trunk
  id=$(run_id newest)
  call runs rollback "$id"
  equal "$name: rolled back, bit for bit" "$before" "$(snapshot "$repo")"
}

tried=0
trial billimek+k8s-gitops ff56e2511d273f5bea4cd07a1b442f5e89c0e035 flux-system/cluster-apps 13 \
  kubernetes 'kubernetes apps' --apps forgejo,frigate
trial danielvollbro+homelab 1fcd404f5d48adca1ba79f5738c9f7ff567125d2 flux-system/apps 9 \
  gitops/flux/apps/overlays/prod 'gitops/flux/apps/overlays/prod apps' --apps gitlab --entry gitlab --text
[ "$tried" -gt 0 ] || pending 'no repository was there'
finish

#!/usr/bin/env bash
# split_000.sh: the moves of document 000 on the real binGhzal/infraflux: two repositories. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
commit=b992138d521360ed0875a0fa59278ba25d159964
source=$(find_repository binGhzal+infraflux $commit) || pending 'no binGhzal+infraflux with b992138 below $IFX_REPOS'
export SHARED=${IFX_SHARED:-$real/../../../shared}
[ -f "$SHARED/conformance/migrations/accept-000.json" ] || pending 'no accept-000.json below $IFX_SHARED'
mkdir "$scratch/place"
repo=$scratch/place/infraflux
clone "$source" $commit || exit 1
git -C "$repo" checkout -q -B trunk
git -C "$repo" remote add origin https://github.com/binGhzal/infraflux
"$ifx" eval " $(cat "$real/split_000.lua")" >"$scratch/split.yaml" || exit 1
before=$(snapshot "$repo")
job=(run restructure -C "$repo" --layout "$scratch/split.yaml" --text --platform_url https://github.com/binGhzal/platform-gitops)

call "${job[@]}"
ok 'a plan' "$rc" 0 "$out" '10 of 267 commits' 'argocd/bootstrap/app-of-apps.yaml was called argo/apps/platform.yaml' \
  '10 of these commits are signed' 'Publish platform-gitops first' 'Values files that nobody reads'
call "${job[@]}" --set accept=prune --out "$scratch/plan.json"
call apply "$scratch/plan.json"
ok 'applied' "$rc" 0 "$out"
export REPO=$repo NEW=$scratch/place/platform-gitops BASE=$commit TIP
TIP=$(git -C "$repo" rev-parse ifx/split-000)
judge "$real/judge_split.lua"
equal 'sound' '' "$(git -C "$repo" fsck --no-dangling 2>&1; git -C "$NEW" fsck --full --no-dangling 2>&1)"
ids="$TIP $(git -C "$NEW" rev-parse main)"
id=$(run_id)
call runs rollback "$id"
ok 'rolled back' "$rc" 0 "$out"
equal 'the same bits' "$before" "$(snapshot "$repo")"
equal 'and nothing beside it' infraflux "$(ls -A "$scratch/place")"
call apply "$scratch/plan.json"
equal 'the same ids again' "$ids" "$(git -C "$repo" rev-parse ifx/split-000) $(git -C "$NEW" rev-parse main)"
finish

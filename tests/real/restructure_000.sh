#!/usr/bin/env bash
# restructure_000.sh: document 000 on the real binGhzal/infraflux: one repository becomes two. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
commit=b992138d521360ed0875a0fa59278ba25d159964
source=$(find_repository binGhzal+infraflux $commit) || pending 'no binGhzal+infraflux with b992138 below $IFX_REPOS'
SHARED=${IFX_SHARED:-$real/../../../shared}
[ -f "$SHARED/conformance/migrations/accept-000.json" ] || pending 'no accept-000.json below $IFX_SHARED'
repo=$scratch/repo
clone "$source" $commit || exit 1
git -C "$repo" checkout -q -B trunk
git -C "$repo" remote add origin https://github.com/binGhzal/infraflux
before=$(snapshot "$repo")
platform=$scratch/platform-gitops
urls=(--platform_url https://github.com/binGhzal/platform-gitops --infra_url https://github.com/binGhzal/infraflux)
job=(run restructure -C "$repo" --layout infra-platform "${urls[@]}" --text)

# --- the plan
call run restructure -C "$repo" --layout infra-platform --text
ok 'it asks for the address' "$rc" 1 "$out" 'needs --'
call "${job[@]}"
equal 'it plans' 0 "$rc"
says 'what would be switched on is said first' 'that no Application renders today' "$(grep '^Blocked' <<<"$out")"
says 'who prunes, too' 'Namespace baseline, Namespace privileged, Namespace restricted' "$(grep '^Blocked' <<<"$out")"
says 'the same objects twice' 'gatekeeper-policies.yaml declares 5 of the same objects' "$out"
says 'the state is spoken of' '0 to add, 0 to change, 0 to destroy' "$out"
call "${job[@]}" --apply
equal 'it is not applied without being accepted' 1 "$rc"
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"
holds 'nowhere' test ! -e "$platform"

# --- applied
"$ifx" "${job[@]}" --set accept=prune,activate --out "$scratch/plan.json" >/dev/null </dev/null || exit 1
call apply "$scratch/plan.json"
equal 'it is applied' 0 "$rc"
tip=$(git -C "$repo" rev-parse ifx/infra-platform)
equal 'three commits here' 3 "$(git -C "$repo" rev-list --count trunk..ifx/infra-platform)"
equal 'the work tree was not touched' '' "$(git -C "$repo" status --porcelain)"
git clone -q "$repo" "$scratch/after"
git -C "$scratch/after" checkout -q "$tip"
export REPO=$repo SHARED TIP=$tip BASE=$commit PLAN=$scratch/plan.json WORK_AFTER=$scratch/after PLATFORM=$platform
judge "$real/judge_000.lua"

# --- again
nothing_left ifx/infra-platform "${job[@]}"

# --- back: both repositories
rolled_back "$before"
holds 'the other repository is gone' test ! -e "$platform"

# --- from a layout file outside of the project, under another name
mkdir "$scratch/outside"
sed 's/^name: .*/name: by-hand/; /yaml-language-server/d' "$real/../../recipes/layouts/infra-platform.yaml" >"$scratch/outside/by-hand.yaml"
call run restructure -C "$repo" --layout "$scratch/outside/by-hand.yaml" "${urls[@]}" --text --set accept=prune,activate --apply
equal 'it is applied' 0 "$rc"
equal 'with the same tree' "$(git -C "$scratch/after" rev-parse 'HEAD^{tree}')" "$(git -C "$repo" rev-parse 'ifx/by-hand^{tree}')"
finish

#!/usr/bin/env bash
# restructure_003_b.sh: option B of document 003 on the real pesuga/homelab. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
commit=c302d6219e216e36b877b3580824566ecc599042
source=$(find_repository pesuga+homelab $commit) || pending 'no pesuga+homelab with c302d62 below $IFX_REPOS'
SHARED=${IFX_SHARED:-$real/../../../shared}
[ -f "$SHARED/conformance/migrations/accept-003.json" ] || pending 'no accept-003.json below $IFX_SHARED'
repo=$scratch/repo
clone "$source" $commit || exit 1
git -C "$repo" checkout -q -B trunk
cp -a "$repo" "$scratch/pristine"
before=$(snapshot "$repo")
mkdir "$scratch/outside"
cp "$real/layouts/homelab-option-b.yaml" "$scratch/outside/option-b.yaml"
job=(run restructure -C "$repo" --layout "$scratch/outside/option-b.yaml" --text)

# --- the plan, from a layout file outside of the project that extends flux-full
call "${job[@]}"
says 'who prunes is said first' 'Blocked: Kustomization flux-system/infrastructure prunes' "$(sed -n '1,/^Hazards/p' <<<"$out")"
says 'the old root goes' 'infrastructure/kubernetes/kustomization.yaml lists nothing any more' "$out"
says 'files that nobody asked for stay' 'infrastructure/kubernetes/ollama/ (6 files)' "$out"
call "${job[@]}" --apply
equal 'it is not applied without being accepted' 1 "$rc"
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"

# --- applied
"$ifx" "${job[@]}" --set accept=prune --out "$scratch/plan.json" >/dev/null </dev/null || exit 1
call apply "$scratch/plan.json"
equal 'it is applied' 0 "$rc"
tip=$(git -C "$repo" rev-parse ifx/homelab-option-b)
git clone -q "$repo" "$scratch/after"
git -C "$scratch/after" checkout -q "$tip"
export REPO=$repo SHARED TIP=$tip BASE=$commit PLAN=$scratch/plan.json WORK_BEFORE=$scratch/pristine WORK_AFTER=$scratch/after
judge "$real/judge_homelab.lua" "$real/judge_003_b.lua"

# --- again
nothing_left ifx/homelab-option-b "${job[@]}"

# --- back
rolled_back "$before"

# --- with nothing of the project's own layouts: flux-full as another file, under another name
sed 's/^name: flux-full$/name: by-hand/' "$real/../../recipes/layouts/flux-full.yaml" >"$scratch/outside/by-hand.yaml"
sed "s|^extends: flux-full\$|extends: $scratch/outside/by-hand.yaml|" "$real/layouts/homelab-option-b.yaml" >"$scratch/outside/option-b.yaml"
call "${job[@]}" --set accept=prune --apply
equal 'it is applied' 0 "$rc"
equal 'with the same tree' "$(git -C "$scratch/after" rev-parse 'HEAD^{tree}')" \
  "$(git -C "$repo" rev-parse 'ifx/homelab-option-b^{tree}')"
finish

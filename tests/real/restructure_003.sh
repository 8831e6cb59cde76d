#!/usr/bin/env bash
# restructure_003.sh: option A of document 003 on the real pesuga/homelab. SPDX-License-Identifier: Apache-2.0
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
job=(run restructure -C "$repo" --layout flux-minimal --apps flowise,mem0,n8n,homelab-dashboard --text)

# --- alone: it says what fits, and changes nothing
call run restructure -C "$repo"
equal 'alone it ends well' 0 "$rc"
says 'a layout fits' 'flux-minimal' "$out"
says 'with what to type' 'ifx run restructure --layout flux-minimal --apps ' "$out"

# --- the plan
call "${job[@]}"
says 'who prunes is said first' 'Blocked: Kustomization flux-system/infrastructure prunes' "$(sed -n '1,/^Hazards/p' <<<"$out")"
says 'the run-book begins with the earlier commit' '1. First, in a commit of its own' "$(grep -A1 '^Run-book' <<<"$out")"
says 'files that nobody asked for stay' 'infrastructure/kubernetes/ollama/ (6 files)' "$out"
call "${job[@]}" --apply
equal 'it is not applied without being accepted' 1 "$rc"
says 'with what to type' '--set accept=prune' "$out"
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"

# --- applied
"$ifx" "${job[@]}" --set accept=prune --out "$scratch/plan.json" >/dev/null </dev/null || exit 1
call apply "$scratch/plan.json"
equal 'it is applied' 0 "$rc"
tip=$(git -C "$repo" rev-parse ifx/flux-minimal)
equal 'two commits' 2 "$(git -C "$repo" rev-list --count trunk..ifx/flux-minimal)"
equal 'neither index nor work tree was touched' '' "$(git -C "$repo" status --porcelain)"
git clone -q "$repo" "$scratch/after"
git -C "$scratch/after" checkout -q "$tip"
export REPO=$repo SHARED TIP=$tip BASE=$commit PLAN=$scratch/plan.json WORK_BEFORE=$scratch/pristine WORK_AFTER=$scratch/after
judge "$real/judge_homelab.lua" "$real/judge_003.lua"

# --- again
nothing_left ifx/flux-minimal "${job[@]}"

# --- back
rolled_back "$before"

# --- killed at every write of the journal, then resumed: the same commits
cc=$(command -v "${CC:-cc}") || { [ "$failed" = 0 ] || finish; pending 'all else passed; no C compiler for the crash test'; }
"$cc" -shared -fPIC -O1 -D_GNU_SOURCE -o "$scratch/kill_at.so" "$real/../e2e/kill_at.c" -ldl || exit 1

fatal_apply() { # fatal_apply N WHEN: everything as at the beginning, then an apply that dies at the Nth write
  rm -rf "$repo" "$XDG_STATE_HOME" "$scratch/counter"
  cp -a "$scratch/pristine" "$repo"
  { # the braces keep the shell's own word about the death from the output
    KILL_AT_PATH=journal.db KILL_AT_N=$1 KILL_AT_WHEN=$2 KILL_AT_COUNTER=$scratch/counter LD_PRELOAD=$scratch/kill_at.so \
      "$ifx" apply "$scratch/plan.json" >/dev/null 2>&1 </dev/null
  } 2>/dev/null
}

if ldd "$ifx" | grep -q 'lib[at]san'; then # a sanitizer's runtime wants to be the first library
  echo 'pending: no crash test with sanitizers'
else
  fatal_apply 0 before
  writes=$(od -An -td8 "$scratch/counter" | tr -d ' ')
  wanted=$(snapshot "$repo")
  equal 'the same commits again' "$tip" "$(git -C "$repo" rev-parse ifx/flux-minimal)"
  printf 'journal: %s writes\n' "$writes"
  holds 'there are writes to die at' test "$writes" -gt 20
  for n in $(seq "$writes"); do
    for when in $([ "$n" -gt $((writes - 40)) ] && echo before) torn; do
      fatal_apply "$n" $when
      equal "write $n, $when: killed" 137 $?
      id=$(run_id)
      if [ -n "$id" ]; then call runs resume "$id"; else call apply "$scratch/plan.json"; fi
      equal "write $n, $when: the same commits" "$wanted" "$(snapshot "$repo")"
    done
  done
fi
finish

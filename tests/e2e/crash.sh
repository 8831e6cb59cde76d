#!/usr/bin/env bash
# crash.sh: kill -9 at every write of an apply, then resume and roll back. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
here=$(dirname "$0")
cc=$(command -v "${CC:-cc}") || { echo 'no C compiler'; exit 77; }
"$cc" -shared -fPIC -O1 -D_GNU_SOURCE -o "$scratch/kill_at.so" "$here/kill_at.c" -ldl || exit 1
# A sanitizer's runtime wants to be the first library.
if ldd "$ifx" | grep -q 'lib[at]san'; then echo 'not with sanitizers'; exit 77; fi

mkdir -p "$scratch/jobs"
cp "$here/../fixtures/recipes/move.lua" "$scratch/jobs/move.lua"
repo=$scratch/repo
git init -q -b main "$repo"
for i in 1 2 3 4 5; do
  mkdir -p "$repo/apps/a$i"
  printf 'name: a%d\nfrom: apps/a%d/x.yaml\n' $i $i >"$repo/apps/a$i/x.yaml"
done
printf 'apps/a1/x.yaml\n' >"$repo/list"
git -C "$repo" add -A
git -C "$repo" commit -q -m first
cp -a "$repo" "$scratch/pristine"
before=$(snapshot "$repo")
"$ifx" run "$scratch/jobs/move.lua" -C "$repo" --from apps --to services --out "$scratch/plan.json" >/dev/null </dev/null || exit 1

fresh() { # everything as at the beginning
  rm -rf "$repo" "$XDG_STATE_HOME" "$scratch/counter"
  cp -a "$scratch/pristine" "$repo"
}

attempt() { # attempt PATH N WHEN: apply, killed at the Nth change of files with PATH in their names
  KILL_AT_PATH=$1 KILL_AT_N=$2 KILL_AT_WHEN=$3 KILL_AT_COUNTER=$scratch/counter LD_PRELOAD=$scratch/kill_at.so \
    "$ifx" apply "$scratch/plan.json" >"$scratch/out" 2>&1 </dev/null
}

run_id() {
  "$ifx" runs list --json | sed -n 's/.*"id": "\(.*\)".*/\1/p'
}

# What an undisturbed run leaves, and how many changes it makes.
changes() {
  fresh
  attempt "$1" 0 before || { cat "$scratch/out"; exit 1; }
  od -An -td8 "$scratch/counter" | tr -d ' '
}

survive() { # survive PATH N WHEN: the whole story for one moment of death
  local what="$3 change $2 of $1" id
  fresh
  attempt "$1" "$2" "$3"
  equal "$what: killed" 137 $?
  id=$(run_id)
  if [ -n "$id" ]; then
    "$ifx" runs resume "$id" >"$scratch/out" 2>&1 </dev/null || grep -q 'it is done' "$scratch/out" || { failed=$((failed + 1)); cat "$scratch/out"; }
  else # it died before the run was in the journal: nothing was done either
    equal "$what: nothing done" "$before" "$(snapshot "$repo")"
    "$ifx" apply "$scratch/plan.json" >/dev/null 2>&1 </dev/null
    id=$(run_id)
  fi
  equal "$what: the same commits" "$wanted" "$(snapshot "$repo")"
  "$ifx" runs rollback "$id" >"$scratch/out" 2>&1 </dev/null || cat "$scratch/out"
  equal "$what: rolled back" "$before" "$(snapshot "$repo")"
  [ "$3" = torn ] || return
  equal "$what: the repository is sound" '' "$(git -C "$repo" fsck --no-dangling 2>&1)"
}

total=$(changes journal.db)
wanted=$(snapshot "$repo")
printf 'journal: %s changes\n' "$total"
ok 'there are changes to die at' test "$total" -gt 20
for n in $(seq "$total"); do
  survive journal.db "$n" before
  survive journal.db "$n" torn
done
survive journal.db "$total" after

total=$(changes "$repo/.git/")
printf 'object database and refs: %s changes\n' "$total"
ok 'git writes, too' test "$total" -gt 10
for n in $(seq "$total"); do
  survive "$repo/.git/" "$n" torn
done
survive "$repo/.git/" "$total" after
finish

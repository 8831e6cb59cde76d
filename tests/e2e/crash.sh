#!/usr/bin/env bash
# crash.sh: kill -9 at every write of an apply, then resume and roll back. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
. "$(dirname "$0")/crash.bash"
state() { snapshot "$repo"; }

mkdir -p "$scratch/jobs"
cp "$here/../fixtures/recipes/move.lua" "$scratch/jobs/move.lua"
repo=$scratch/place/repo
git init -q -b main "$repo"
for i in 1 2 3 4 5; do
  mkdir -p "$repo/apps/a$i"
  printf 'name: a%d\nfrom: apps/a%d/x.yaml\n' $i $i >"$repo/apps/a$i/x.yaml"
done
printf 'apps/a1/x.yaml\n' >"$repo/list"
git -C "$repo" add -A
git -C "$repo" commit -q -m first
begin
"$ifx" run "$scratch/jobs/move.lua" -C "$repo" --from apps --to services --out "$scratch/plan.json" >/dev/null </dev/null || exit 1

# The journal: every change, cut before it and in the middle of it.
count_changes
for n in $(seq "$total"); do
  die_in_apply journal.db "$n" before
  die_in_apply journal.db "$n" torn
done
die_in_apply journal.db "$total" after
for n in $(seq "$back"); do
  die_in_rollback journal.db "$n" torn
done

# Objects (alike: every fifth change) and refs (the last changes: every one).
fresh
attempt "$repo/.git/" 0 before apply "$scratch/plan.json"
total=$(changes)
attempt "$repo/.git/" 0 before runs rollback "$(run_id)"
back=$(changes)
printf 'object database and refs: %s changes to apply, %s to roll back\n' "$total" "$back"
holds 'git writes, too' test "$total" -gt 20 -a "$back" -ge 2
for n in $(seq 1 5 $((total - 12))) $(seq $((total - 11)) "$total"); do
  die_in_apply "$repo/.git/" "$n" torn
done
die_in_apply "$repo/.git/" "$total" after
equal 'the repository is sound' '' "$(git -C "$repo" fsck --no-dangling 2>&1)"
for n in $(seq "$back"); do
  die_in_rollback "$repo/.git/" "$n" torn
done
finish

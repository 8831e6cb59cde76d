#!/usr/bin/env bash
# crash_split.sh: kill -9 at every write of a split into two repositories, then resume and roll back. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
. "$(dirname "$0")/crash.bash"
. "$(dirname "$0")/split.bash"
make_split

state() { # both repositories, and whatever else is beside them
  snapshot "$repo"
  [ ! -e "$new" ] || snapshot "$new"
  find "$scratch/place" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort
}

begin
"$ifx" run restructure -C "$repo" --layout "$layout" --text --out "$scratch/plan.json" >/dev/null </dev/null || exit 1

# The journal: every change.
count_changes
for n in $(seq "$total"); do
  die_in_apply journal.db "$n" torn
done
die_in_apply journal.db "$total" after
for n in $(seq "$back"); do
  die_in_rollback journal.db "$n" torn
done

# The new repository while it is built and while it is taken away, and the folder that it comes to.
fresh
attempt "$scratch/place/" 0 before apply "$scratch/plan.json"
total=$(changes)
attempt "$scratch/place/" 0 before runs rollback "$(run_id)"
back=$(changes)
printf 'both repositories: %s changes to apply, %s to roll back\n' "$total" "$back"
for n in $(seq 1 $((total / 20 + 1)) "$total") "$total"; do
  die_in_apply "$scratch/place/" "$n" torn
done
for n in $(seq 1 $((back / 8 + 1)) "$back") "$back"; do
  die_in_rollback "$scratch/place/" "$n" torn
done
finish

#!/usr/bin/env bash
# refs.sh [IFX]: `ifx refs` on a generated repository of 10,000 files and 20,000 references, beside `git grep` for
# anything with a slash. How many references of each kind there are is known, and compared with what is found.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"
files=${FILES:-10000} runs=${RUNS:-5}
have lua5.4 || { echo 'refs: pending: lua5.4 is not installed'; row 'refs' - - - '< 2 s' pending; exit 0; }

repo=$work/repo
git init --quiet --initial-branch=main "$repo"
lua5.4 "$here/refs_repository.lua" "$files" "$work/expected" | git -C "$repo" fast-import --quiet
git -C "$repo" reset --quiet --hard
sort -o "$work/expected" "$work/expected"

for ((i = 0; i < runs; i++)); do
  clock worktree "$ifx" refs "$repo"
  clock grep git -C "$repo" grep -nE '[[:alnum:]_.-]+/[[:alnum:]_./-]+'
  clock revision "$ifx" refs -C "$repo" HEAD
done
clock json "$ifx" refs "$repo" --json
"$ifx" eval "
  local found = {}
  for _, r in ipairs(require 'json'.decode(require 'fs'.read '$work/json.out').references) do found[r.kind] = (found[r.kind] or 0) + 1 end
  for kind, n in pairs(found) do print(kind, n) end" | tr '\t' ' ' | sort >"$work/found"

count=$(awk '{ s += $2 } END { print s }' "$work/found")
right=met
diff "$work/expected" "$work/found" || right='NOT MET'
printf '%d files, %d references, median of %d runs\n' "$(git -C "$repo" ls-files | wc -l)" "$count" "$runs"
line() { printf '  %-32s %6.2f s wall, %6.2f s processor, %6d lines\n' "$2" "$(wall "$1")" "$(cpu "$1")" "$(wc -l <"$work/$1.out")"; }
line worktree 'ifx refs, work tree'
line revision 'ifx refs HEAD'
line grep "git grep -nE '.../...'"
paste -sd' ' "$work/found" | sed 's/^/  found: /'
seconds=$(wall worktree)
row "refs, $files files" "$(calc '%.2f s' "$seconds") (processor $(calc '%.2f s' "$(cpu worktree)"))" "git grep $(calc '%.2f s' "$(wall grep)")" \
  "$(calc %.2f "$seconds / $(wall grep)")" '< 2 s' "$(met_or_busy "$seconds" "$(cpu worktree)" 2)"
row 'refs, found as written' "$count" "$(awk '{ s += $2 } END { print s }' "$work/expected") written" - equal "$right"

#!/usr/bin/env bash
# refs.sh: `ifx refs` on a generated repository of 10,000 files and 20,000 references, beside `git grep`.
# SPDX-License-Identifier: Apache-2.0
# usage: bench/refs.sh [IFX]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ifx=$(realpath "${1:-$here/../build/ifx}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
git init --quiet --initial-branch=main "$dir"
lua5.4 "$here/refs_repository.lua" 10000 20000 | git -C "$dir" fast-import --quiet
git -C "$dir" reset --quiet --hard

best() { # best NAME COMMAND…: the shortest of three runs, in milliseconds
  local name=$1 least='' start ms
  shift
  for _ in 1 2 3; do
    start=$(date +%s%N)
    "$@" >"$dir/.git/out" 2>"$dir/.git/err" || { cat "$dir/.git/err" >&2; exit 1; }
    ms=$((($(date +%s%N) - start) / 1000000))
    if [ -z "$least" ] || [ "$ms" -lt "$least" ]; then least=$ms; fi
  done
  printf '%-44s %6d ms  %7d lines\n' "$name" "$least" "$(wc -l <"$dir/.git/out")"
  eval "$name=$least" 2>/dev/null || true
}

printf '%d files\n' "$(git -C "$dir" ls-files | wc -l)"
best refs_worktree "$ifx" refs "$dir"
best refs_revision "$ifx" refs -C "$dir" HEAD
best refs_json "$ifx" refs "$dir" --json
best git_grep git -C "$dir" grep -nE '[[:alnum:]_.-]+/[[:alnum:]_./-]+'
# shellcheck disable=SC2154
if [ "$refs_worktree" -ge 2000 ]; then echo "refs takes ${refs_worktree} ms: 2000 ms are allowed"; exit 1; fi

# common.bash: what the tests on real repositories share; sourced with the program's path as $1. SPDX-License-Identifier: Apache-2.0
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/check.bash"
real=$(realpath "$(dirname "${BASH_SOURCE[0]}")")

pending() { # pending WHY: nothing failed, nothing was shown
  printf 'pending: %s\n' "$1"
  exit 77
}

# The git directory of a real repository, as $IFX_REPOS/OWNER+NAME or one step below it.
find_repository() { # find_repository OWNER+NAME COMMIT
  local place
  for place in "${IFX_REPOS:-/nonexistent}/$1" "${IFX_REPOS:-/nonexistent}/$1/repo"; do
    if git -C "$place" rev-parse -q --verify "$2^{commit}" >/dev/null 2>&1; then printf '%s\n' "$place"; return; fi
  done
  return 1
}

clone() { # clone SOURCE COMMIT: into $repo, with HEAD at the commit and no remote
  git clone -q --no-hardlinks --no-checkout "$1" "$repo" && git -C "$repo" checkout -q "$2" && git -C "$repo" remote remove origin
}

judge() { # judge SCRIPT…: checks written in Lua, one text, which print FAILED lines and "N passed, M failed"
  local said counts
  said=$("$ifx" eval " $(cat "$real/judge.lua" "$@")" 2>&1) || { wrong "$said"; return; }
  counts=$(tail -1 <<<"$said")
  grep -E '^(FAILED|pending|note)' <<<"$said"
  passed=$((passed + ${counts%% passed*})) counts=${counts#*passed, }
  failed=$((failed + ${counts%% failed}))
}

nothing_left() { # nothing_left BRANCH ARG…: on the branch that a restructure made, the same command has nothing to do
  git -C "$repo" switch -q "$1"
  call "${@:2}" --exit-code
  equal 'the result is in the wanted layout' 0 "$rc"
  says 'and this is said' 'Nothing to do' "$out"
  git -C "$repo" switch -q trunk
}

rolled_back() { # rolled_back BEFORE: takes the only run back; $repo is as the snapshot says
  call runs rollback "$(run_id)"
  equal 'rolled back' 0 "$rc"
  equal 'refs, index and files are as before, bit for bit' "$1" "$(snapshot "$repo")"
}

# common.bash: what the end-to-end tests share; sourced with the program's path as $1. SPDX-License-Identifier: Apache-2.0
ifx=$(realpath "$1")
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

export HOME="$scratch/home" XDG_STATE_HOME="$scratch/state" XDG_CONFIG_HOME="$scratch/config" LC_ALL=C NO_COLOR=1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
export GIT_AUTHOR_DATE='@1763719419 +0000' GIT_COMMITTER_DATE='@1763719419 +0000' SOURCE_DATE_EPOCH=1763719419
mkdir -p "$HOME"

ok() { # ok NAME COMMAND…: the command must succeed
  local name=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED: %s\n' "$name"; fi
}

equal() { # equal NAME WANTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  printf 'FAILED: %s\n--- wanted\n%s\n--- got\n%s\n' "$1" "$2" "$3"
}

says() { # says NAME TEXT GOT: the text occurs
  case $3 in *"$2"*) passed=$((passed + 1)) ;; *) failed=$((failed + 1)); printf 'FAILED: %s: no "%s" in:\n%s\n' "$1" "$2" "$3" ;; esac
}

call() { # call ARGS…: run ifx; fills $out (both streams) and $status
  out=$("$ifx" "$@" 2>&1 </dev/null) && status=0 || status=$?
}

snapshot() { # snapshot REPO: refs, HEAD, index entries, and every file of the work tree with mode and content
  (cd "$1" && git for-each-ref && cat .git/HEAD && git ls-files -s -v &&
    find . -name .git -prune -o -printf '%P %y %m %l\n' | sort && find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

finish() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" = 0 ]
}

# check.bash: what the scripts of this folder share; they source it with the program's path as $1 and end with `finish`.
# SPDX-License-Identifier: Apache-2.0
ifx=$(realpath "$1")
passed=0 failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Nothing of the person who runs the tests: no settings, no names, no clock.
export HOME="$scratch/home" XDG_STATE_HOME="$scratch/state" XDG_CONFIG_HOME="$scratch/config" LC_ALL=C NO_COLOR=1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.org GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.org
export GIT_AUTHOR_DATE='@1763719419 +0000' GIT_COMMITTER_DATE='@1763719419 +0000' SOURCE_DATE_EPOCH=1763719419
mkdir -p "$HOME"

call() { # call ARG…: the program without a terminal; its output (both streams) in $out, its status in $rc
  out=$("$ifx" "$@" 2>&1 </dev/null) && rc=0 || rc=$?
}

pass() {
  passed=$((passed + 1))
}

wrong() { # wrong MESSAGE
  printf 'FAILED: %s\n' "$1"
  failed=$((failed + 1))
}

holds() { # holds WHAT COMMAND…: the command succeeds
  local what=$1
  shift
  if "$@"; then pass; else wrong "$what"; fi
}

equal() { # equal WHAT WANTED GOT
  if [ "$2" = "$3" ]; then pass; else wrong "$(printf '%s\n--- wanted\n%s\n--- got\n%s' "$1" "$2" "$3")"; fi
}

says() { # says WHAT TEXT GOT: the text occurs
  case $3 in *"$2"*) pass ;; *) wrong "$(printf '%s: no "%s" in:\n%s' "$1" "$2" "$3")" ;; esac
}

ok() { # ok WHAT STATUS WANTED_STATUS OUTPUT TEXT…: the status, and every text in the output
  local what=$1 status=$2 wanted=$3 output=$4 text
  shift 4
  if [ "$status" -ne "$wanted" ]; then
    wrong "$(printf '%s: exit status %s, not %s:\n%s' "$what" "$status" "$wanted" "$output")"
    return
  fi
  for text; do
    case $output in *"$text"*) ;; *) wrong "$(printf '%s: no "%s" in:\n%s' "$what" "$text" "$output")"; return ;; esac
  done
  pass
}

snapshot() { # snapshot REPO: refs, HEAD, index entries, and every file of the work tree with mode and content
  (cd "$1" && git for-each-ref && cat .git/HEAD && git ls-files -s -v &&
    find . -name .git -prune -o -printf '%P %y %m %l\n' | sort && find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

run_id() { # run_id: the id of the one run that there is, where several are a mistake; run_id newest: of the newest
  "$ifx" runs list --json | sed -n 's/.*"id": "\(.*\)".*/\1/p' | if [ "${1-}" = newest ]; then head -1; else cat; fi
}

finish() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit $((failed > 0))
}

#!/usr/bin/env bash
# crash.sh: kill -9 at every write of an apply, then resume and roll back. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
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
  rm -rf "$repo" "$XDG_STATE_HOME"
  cp -a "$scratch/pristine" "$repo"
}

attempt() { # attempt PATH N WHEN ARGS…: ifx ARGS, killed at the Nth change of files with PATH in their names
  local path=$1 n=$2 when=$3
  shift 3
  rm -f "$scratch/counter"
  { # the braces keep the shell's own word about the death from the output
    KILL_AT_PATH=$path KILL_AT_N=$n KILL_AT_WHEN=$when KILL_AT_COUNTER=$scratch/counter LD_PRELOAD=$scratch/kill_at.so \
      "$ifx" "$@" >"$scratch/out" 2>&1 </dev/null
  } 2>/dev/null
}

changes() { # how many changes the last attempt made
  od -An -td8 "$scratch/counter" | tr -d ' '
}

run_id() {
  "$ifx" runs list --json | sed -n 's/.*"id": "\(.*\)".*/\1/p'
}

quietly() { # quietly ARGS…: ifx ARGS, whose output counts only when it fails
  "$ifx" "$@" >"$scratch/out" 2>&1 </dev/null
}

die_in_apply() { # die_in_apply PATH N WHEN: killed while applying, resumed, rolled back
  local what="apply, $3 change $2 of ${1#"$scratch"/}" id
  fresh
  attempt "$@" apply "$scratch/plan.json"
  equal "$what: killed" 137 $?
  id=$(run_id)
  if [ -n "$id" ]; then
    holds "$what: resumed" eval 'quietly runs resume "$id" || grep -q "it is done" "$scratch/out" || { cat "$scratch/out"; false; }'
  else # it died before the run was in the journal: nothing was done either
    equal "$what: nothing done" "$before" "$(snapshot "$repo")"
    quietly apply "$scratch/plan.json"
    id=$(run_id)
  fi
  equal "$what: the same commits" "$wanted" "$(snapshot "$repo")"
  holds "$what: rollback" eval 'quietly runs rollback "$id" || { cat "$scratch/out"; false; }'
  equal "$what: all as before" "$before" "$(snapshot "$repo")"
}

die_in_rollback() { # die_in_rollback PATH N WHEN: applied, killed while rolling back, rolled back again
  local what="rollback, $3 change $2 of ${1#"$scratch"/}" id lock
  fresh
  quietly apply "$scratch/plan.json"
  id=$(run_id)
  attempt "$@" runs rollback "$id"
  equal "$what: killed" 137 $?
  if ! quietly runs rollback "$id"; then
    lock=$(sed -n 's/.*has locked all packed refs (\(.*\)).*/\1/p;s/^ *because: \(.*packed-refs.lock\): .*/\1/p' "$scratch/out")
    if [ -n "$lock" ]; then # as the message says
      rm "$lock"
      quietly runs rollback "$id"
    fi
    holds "$what: done" eval 'quietly runs rollback "$id" || grep -q "rolled back already" "$scratch/out" || { cat "$scratch/out"; false; }'
  fi
  equal "$what: all as before" "$before" "$(snapshot "$repo")"
}

# The journal: every change, cut before it and in the middle of it.
fresh
attempt journal.db 0 before apply "$scratch/plan.json" || { cat "$scratch/out"; exit 1; }
total=$(changes)
wanted=$(snapshot "$repo")
attempt journal.db 0 before runs rollback "$(run_id)" || { cat "$scratch/out"; exit 1; }
back=$(changes)
printf 'journal: %s changes to apply, %s to roll back\n' "$total" "$back"
holds 'there are changes to die at' test "$total" -gt 20 -a "$back" -gt 5
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

# crash.bash: what the scripts share that kill the program at its writes. They source check.bash first, keep what the plan
# ($scratch/plan.json) changes below $scratch/place, and say with `state` what must be as it was. SPDX-License-Identifier: Apache-2.0
here=$(dirname "$0")
cc=$(command -v "${CC:-cc}") || { echo 'no C compiler'; exit 77; }
"$cc" -shared -fPIC -O1 -D_GNU_SOURCE -o "$scratch/kill_at.so" "$here/kill_at.c" -ldl || exit 1
# A sanitizer's runtime wants to be the first library.
if ldd "$ifx" | grep -q 'lib[at]san'; then echo 'not with sanitizers'; exit 77; fi
mkdir -p "$scratch/place"

begin() { # the folder as it is now is where every attempt begins
  cp -a "$scratch/place" "$scratch/pristine"
  before=$(state)
}

fresh() { # everything as at the beginning
  rm -rf "$scratch/place" "$XDG_STATE_HOME"
  cp -a "$scratch/pristine" "$scratch/place"
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
    equal "$what: nothing done" "$before" "$(state)"
    quietly apply "$scratch/plan.json"
    id=$(run_id)
  fi
  equal "$what: the same commits" "$wanted" "$(state)"
  holds "$what: rollback" eval 'quietly runs rollback "$id" || { cat "$scratch/out"; false; }'
  equal "$what: all as before" "$before" "$(state)"
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
  equal "$what: all as before" "$before" "$(state)"
}

count_changes() { # how many changes of the journal it takes, to apply ($total) and to roll back ($back); what comes out: $wanted
  fresh
  attempt journal.db 0 before apply "$scratch/plan.json" || { cat "$scratch/out"; exit 1; }
  total=$(changes)
  wanted=$(state)
  attempt journal.db 0 before runs rollback "$(run_id)" || { cat "$scratch/out"; exit 1; }
  back=$(changes)
  printf 'journal: %s changes to apply, %s to roll back\n' "$total" "$back"
  holds 'there are changes to die at' test "$total" -gt 20 -a "$back" -gt 5
}

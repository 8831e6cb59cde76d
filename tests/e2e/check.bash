# check.bash: what the scripts of this folder share. SPDX-License-Identifier: Apache-2.0
# They set `ifx`, and end with `finish`.
passed=0 failed=0

ok() { # ok WHAT STATUS WANTED_STATUS OUTPUT PATTERN…: the status, and every pattern in the output
  local what=$1 status=$2 wanted=$3 output=$4
  shift 4
  if [ "$status" -ne "$wanted" ]; then
    printf '%s: exit status %s, not %s:\n%s\n' "$what" "$status" "$wanted" "$output"
    failed=$((failed + 1))
    return
  fi
  for pattern; do
    if ! grep -qF -- "$pattern" <<<"$output"; then
      printf '%s: no "%s" in:\n%s\n' "$what" "$pattern" "$output"
      failed=$((failed + 1))
      return
    fi
  done
  passed=$((passed + 1))
}
run() { # run ARG…: the program without a terminal; its output in $out, its status in $rc
  out=$("$ifx" "$@" 2>&1 </dev/null)
  rc=$?
}

wrong() { # wrong MESSAGE
  echo "$1"
  failed=$((failed + 1))
}

finish() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  exit $((failed > 0))
}

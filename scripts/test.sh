#!/usr/bin/env bash
# test.sh BUILD [ARG…]: the suite of a build folder, or what these arguments of ctest leave of it; what was pending is said, and
# the last line counts. SPDX-License-Identifier: Apache-2.0
set -u
build=$1
shift
jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ctest --test-dir "$build" --output-on-failure -j"$jobs" "$@" | tee "$log"
status=${PIPESTATUS[0]}
failed=$(grep -cE '^ *[0-9]+/[0-9]+ Test .*(\*\*\*Failed|\*\*\*Timeout|\*\*\*Exception|\*\*\*Not Run)' "$log")
skipped=$(grep -cE '^ *[0-9]+/[0-9]+ Test .*\*\*\*Skipped' "$log")
total=$(grep -cE '^ *[0-9]+/[0-9]+ Test ' "$log")
if [ "$total" -eq 0 ]; then
  echo "no test ran" >&2
  exit 1
fi
grep -ah '^pending: ' "$build/Testing/Temporary/LastTest.log" | sort -u
printf '%d passed, %d failed, %d skipped\n' $((total - failed - skipped)) "$failed" "$skipped"
exit "$status"

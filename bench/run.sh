#!/usr/bin/env bash
# run.sh [IFX]: all benchmarks, and one table: ours, beside what a user would run instead.
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ifx=$(realpath "${1:-$here/../build/ifx}")
BENCH_TABLE=$(mktemp)
export BENCH_TABLE
trap 'rm -f "$BENCH_TABLE"' EXIT

status=0
for bench in startup yaml_decode edit_files refs restructure build; do
  bash "$here/$bench.sh" "$ifx" || { echo "$bench: it failed" >&2; printf '%s|-|-|-|-|failed\n' "$bench" >>"$BENCH_TABLE"; status=1; }
  echo
done

printf '%s, %s processors, load %s\n\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
"$ifx" eval "
  local rows = {}
  for line in require 'fs'.read '$BENCH_TABLE':gmatch '[^\n]+' do
    local row = {}
    for cell in line:gmatch '[^|]+' do row[#row + 1] = cell end
    rows[#rows + 1] = row
  end
  require 'term'.write(require 'ifx.term'.table(rows, { header = { 'what', 'ours (median)', 'competitor', 'ratio', 'goal', '' } }))"
exit $status

# common.bash: what the benchmarks share; sourced with the program's path as $1. SPDX-License-Identifier: Apache-2.0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ifx=$(realpath "${1:-$here/../build/ifx}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state"

# row WHAT OURS COMPETITOR RATIO GOAL MET: one line of the table; `make bench` gathers them in $BENCH_TABLE
row() {
  local IFS='|'
  [ -z "${BENCH_TABLE:-}" ] || printf '%s\n' "$*" >>"$BENCH_TABLE"
}

have() { command -v "$1" >/dev/null; }

median() { sort -n "$@" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# clock NAME COMMAND…: runs it; appends seconds of wall time to $work/NAME.wall, of processor time to $work/NAME.cpu
clock() {
  local name=$1 TIMEFORMAT='%3R %3U %3S'
  shift
  { time "$@" >"$work/$name.out" 2>"$work/$name.err"; } 2>"$work/$name.time" || {
    cat "$work/$name.err" >&2
    return 1
  }
  awk '{ print $1 }' "$work/$name.time" >>"$work/$name.wall"
  awk '{ print $2 + $3 }' "$work/$name.time" >>"$work/$name.cpu"
}
wall() { median "$work/$1.wall"; }
cpu() { median "$work/$1.cpu"; }

calc() { awk "BEGIN { printf \"$1\", $2 }"; } # calc FORMAT EXPRESSION
# met_or_busy WALL PROCESSOR LIMIT: a program of one thread that waits for others' work is not slow
met_or_busy() { awk "BEGIN { print $1 < $3 ? \"met\" : $2 < $3 ? \"met by processor time (the machine is busy)\" : \"NOT MET\" }"; }
met() { awk "BEGIN { print ($1) ? \"met\" : \"NOT MET\" }"; }

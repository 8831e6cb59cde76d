#!/usr/bin/env bash
# startup.sh [IFX]: a recipe that does nothing, beside lua5.4 with the same file and `kubectl version --client`.
# They take turns; medians of all runs, and the most memory that each held. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"
rounds=${ROUNDS:-20} runs=10

mkdir "$work/empty"
cd "$work/empty"
echo "return { summary = 'Nothing', plan = function() return {} end }" >empty.lua

names=(ifx lua) memory=()
declare -A command=([ifx]="$ifx run empty.lua" [lua]='lua5.4 empty.lua' [kubectl]='kubectl version --client')
for need in hyperfine lua5.4 time; do
  have "$need" || { echo "startup: pending: $need is not installed"; row 'empty recipe, start' - - - '<= 1.5 x lua5.4' pending; exit 0; }
done
if have kubectl; then names+=(kubectl); else echo 'startup: kubectl is not installed: pending'; fi

times() { # times FILE: from hyperfine's JSON, wall times of each run, and processor time of the round, in ms
  "$ifx" eval "
    local r = require 'json'.decode(require 'fs'.read '$1').results[1]
    for _, t in ipairs(r.times) do print(('wall %.4f'):format(t * 1000)) end
    print(('cpu %.4f'):format((r.user + r.system) * 1000))"
}

for ((round = 0; round < rounds; round++)); do
  for name in "${names[@]}"; do
    hyperfine -N --warmup 1 --runs $runs --export-json "$work/json" "${command[$name]}" >/dev/null 2>&1
    times "$work/json" >"$work/times"
    sed -n 's/^wall //p' "$work/times" >>"$work/$name.wall"
    sed -n 's/^cpu //p' "$work/times" >>"$work/$name.cpu"
  done
done

printf 'a recipe that does nothing, median of %d runs\n' $((rounds * runs))
for name in "${names[@]}"; do
  # shellcheck disable=SC2086
  command time -f %M -o "$work/memory" ${command[$name]} >/dev/null
  memory[${#memory[@]}]=$(tail -n 1 "$work/memory")
  printf '  %-28s %8.2f ms wall, %8.2f ms processor, %6.1f MiB\n' "${command[$name]##*/}" "$(wall $name)" "$(cpu $name)" \
    "$(calc %.1f "${memory[-1]} / 1024")"
done
ratio=$(calc %.2f "$(wall ifx) / $(wall lua)")
printf '  ifx takes %s times what lua5.4 takes (processor time: %s); at most 1.5 is wanted, in less than 8 MiB\n' "$ratio" \
  "$(calc %.2f "$(cpu ifx) / $(cpu lua)")"
row 'empty recipe, start' "$(calc '%.1f ms' "$(wall ifx)")" "lua5.4 $(calc '%.1f ms' "$(wall lua)")" "$ratio" '<= 1.5' "$(met "$ratio <= 1.5")"
row 'empty recipe, memory' "$(calc '%.1f MiB' "${memory[0]} / 1024")" "lua5.4 $(calc '%.1f MiB' "${memory[1]} / 1024")" \
  "$(calc %.2f "${memory[0]} / ${memory[1]}")" '< 8 MiB' "$(met "${memory[0]} < 8192")"
if [ -s "$work/kubectl.wall" ]; then
  row 'empty recipe, start' "$(calc '%.1f ms' "$(wall ifx)")" "kubectl version $(calc '%.1f ms' "$(wall kubectl)")" \
    "$(calc %.2f "$(wall ifx) / $(wall kubectl)")" - -
else
  row 'empty recipe, start' - 'kubectl version' - - pending
fi

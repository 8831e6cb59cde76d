#!/usr/bin/env bash
# surface.sh IFX: each function of each C module stands in lua/meta, in docs/reference.md and in a test. SPDX-License-Identifier: Apache-2.0
set -u
ifx=$1
[ -f docs/reference.md ] || { echo 'docs/reference.md is missing'; exit 1; }
failed=0 passed=0
for module in err fs hash hcl journal json node proc regex scan subst term yaml; do
  names=$("$ifx" eval "local n = {} for k, v in pairs(require '$module') do if type(v) == 'function' then n[#n + 1] = k end end table.sort(n) print(table.concat(n, ' '))") || exit 1
  [ -n "$names" ] || { echo "$module: no functions?"; failed=$((failed + 1)); }
  for name in $names; do
    grep -qE "function $module[.:]$name\b|^$module\.$name = |function M[.:]$name\b" lua/meta/$module*.lua || { echo "$module.$name is not in lua/meta"; failed=$((failed + 1)); continue; }
    grep -qF "$module.$name" docs/reference.md || { echo "$module.$name is not in docs/reference.md (make it again: ifx eval)"; failed=$((failed + 1)); continue; }
    grep -rqE "\b$module\.$name\b|pcall\($module\.$name" tests/lua plugins/*/tests || { echo "$module.$name is called by no test"; failed=$((failed + 1)); continue; }
    passed=$((passed + 1))
  done
done
printf '%d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))

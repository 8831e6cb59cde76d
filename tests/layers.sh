#!/usr/bin/env bash
# layers.sh: who includes and requires whom, held against the layers that docs/architecture.md names.
# SPDX-License-Identifier: Apache-2.0
set -u
failed=0 passed=0
none() { # none WHAT MATCHES: the list of offenders must be empty
  if [ -n "$2" ]; then printf 'layers: %s:\n%s\n' "$1" "$2"; failed=$((failed + 1)); else passed=$((passed + 1)); fi
}
none 'host/core knows no Lua' "$(grep -nE '#include [<"](lua|lauxlib|lualib)' host/core/* 2>/dev/null)"
none 'host/core includes nothing above it' "$(grep -nE '#include "\.\./' host/core/* 2>/dev/null)"
none 'a binding includes no other binding' "$(grep -nE '#include "b_' host/bind/b_*.c 2>/dev/null)"
none 'bindings include only bind.h, task.h and core' \
  "$(grep -nE '#include "' host/bind/b_*.c 2>/dev/null | grep -vE '#include "(bind\.h|\.\./task\.h|\.\./core/[a-z_]+\.h)"')"
none 'only task.c resumes Lua' "$(grep -nE '\blua_resume\b' -r host --include='*.[ch]' | grep -v '^host/task\.c:')"
none 'no exit() or abort() inside core and bindings' "$(grep -nE '\b(exit|abort|_exit)\(' host/core/*.c host/bind/*.c 2>/dev/null)"
for f in host/core/*.c; do # a core library: its own header family, err, buf, arena, stop; YAML makes and prints nodes
  base=$(basename "$f" .c)
  own=${base%%_*}
  bad=$(grep -nE '#include "' "$f" | grep -vE "#include \"(err|buf|arena|stop|${own}[a-z_]*)\.h\"")
  none "$f reaches into another core library" "$bad"
done
none 'lua/ifx names no tool' "$(grep -rnE "ifx\.use *\(?'" lua/ifx 2>/dev/null | grep -v -- '--')"
none 'plugins require only ifx.*' "$(grep -rnE "require *\(?'[^']*'" plugins/*/*.lua plugins/*/build/*.lua 2>/dev/null | grep -vE "require *\(?'ifx\.[a-z0-9_.]+'" | grep -vE "require *\(?'\.")"
printf '%d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))

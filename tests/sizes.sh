#!/usr/bin/env bash
# sizes.sh: no file over 500 lines, no function over 60. SPDX-License-Identifier: Apache-2.0
set -u
bad=$(find host lua plugins recipes -name '*.[ch]' -o -name '*.lua' -path '*' | grep -v '^lua/meta/' | while read -r f; do
  n=$(wc -l <"$f")
  [ "$n" -gt 500 ] && echo "$f: $n lines"
  case $f in
  *.c) awk -v f="$f" '/^[a-zA-Z].*\) \{$/ { start = NR; name = $0 } /^}/ { if (start && NR - start > 60) printf "%s:%d: function of %d lines\n", f, start, NR - start; start = 0 }' "$f" ;;
  *.lua) awk -v f="$f" '/^(local )?function |^[a-zA-Z_.]+ = function/ { start = NR } /^end/ { if (start && NR - start > 60) printf "%s:%d: function of %d lines\n", f, start, NR - start; start = 0 }' "$f" ;;
  esac
done)
if [ -n "$bad" ]; then printf '%s\n' "$bad"; exit 1; fi

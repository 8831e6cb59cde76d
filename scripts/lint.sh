#!/usr/bin/env bash
# lint.sh BUILD: formatting, Lua globals, layers, sizes, and that every C function is described and tested. SPDX-License-Identifier: Apache-2.0
set -u
build=$1
status=0
run() { # run WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; status=1; fi
}
format() { find host tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run --Werror; }
globals() { luacheck --quiet lua plugins recipes tests/lua tests/sim; }
reference() { "$build/ifx" eval "$(cat scripts/reference.lua)" | diff -u docs/reference.md - >&2; }
run 'clang-format' format
run 'luacheck' globals
run 'layers' bash tests/layers.sh
run 'every C function is in meta, reference and a test' bash tests/surface.sh "$build/ifx"
run 'docs/reference.md is of now (else: make reference)' reference
run 'sizes' bash tests/sizes.sh
exit $status

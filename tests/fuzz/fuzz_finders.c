/* fuzz_finders.c: any bytes in place of a file of a fixture: every finder of every plugin keeps its
 * laws. The first line of an input names the file; what follows are the bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lua_harness.h"

static const char code[] =
    "local source = 'tests/lua/support/finders.lua'\n"
    "local finders = require 'host'.chunk(require 'fs'.read(source), source, _G)()\n"
    "local all = finders.open 'tests/fixtures/refs'\n"
    "return function(bytes)\n"
    "  local name, behind = bytes:match '^([^\\n]*)\\n()'\n"
    "  local seed = all.by_name[name] or all.seeds[#bytes % #all.seeds + 1]\n"
    "  return all:check(seed, bytes:sub(behind or 1))\n"
    "end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return harness_run(code, data, size);
}

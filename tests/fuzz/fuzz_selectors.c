/* fuzz_selectors.c: any bytes are selectors of labels and of names that keep their laws, or are
 * refused. SPDX-License-Identifier: Apache-2.0 */
#include "lua_harness.h"

static const char code[] =
    "local source = 'tests/lua/support/selectors.lua'\n"
    "return require 'host'.chunk(require 'fs'.read(source), source, _G)().open()\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return harness_run(code, data, size);
}

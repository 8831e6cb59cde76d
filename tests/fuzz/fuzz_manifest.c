/* fuzz_manifest.c: any bytes are a manifest that keeps its rules, or are refused with a place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lua_harness.h"

static const char code[] =
    "local err, manifest = require 'err', require 'ifx.plugin.manifest'\n"
    "local refusals = { parse = true, config = true, limit = true }\n"
    "return function(bytes)\n"
    "  local ok, m = pcall(manifest.parse, bytes, { file = 'plugin.yaml' })\n"
    "  if not ok then\n"
    "    if not err.is(m) or not refusals[m.kind] then return 'raised ' .. tostring(m) end\n"
    "    if m.file ~= 'plugin.yaml' then return 'no place: ' .. tostring(m) end\n"
    "    return nil\n"
    "  end\n"
    "  for name, field in pairs(manifest.fields) do\n"
    "    if m[name] == nil then return 'accepted without ' .. name end\n"
    "    if field.check and field.check(m[name]) then return 'accepted a wrong ' .. name end\n"
    "  end\n"
    "  if m.api ~= manifest.api then return 'accepted another API' end\n"
    "  for sort in pairs(m.contributes) do\n"
    "    if not manifest.contributions[sort] then return 'accepted the contribution ' .. sort end\n"
    "  end\n"
    "  for _, grant in ipairs { 'net', 'exec', 'read', 'write' } do\n"
    "    for _, text in ipairs(m.grants[grant]) do\n"
    "      if text:find('%.%./') and grant ~= 'net' then return 'accepted a grant that climbs' "
    "end\n"
    "    end\n"
    "  end\n"
    "  manifest.describe_grants(m)\n"
    "end\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  return harness_run(code, data, size);
}

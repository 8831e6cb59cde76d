-- plain.lua: values of objects as an API server takes them. SPDX-License-Identifier: Apache-2.0
local ifx = require 'ifx'

---A value without its nulls, which are nothing to an API that knows the fields.
---@param value any
---@param raw table<string, boolean>|nil  fields that are taken as they are, nulls and all
---@return any
local function plain(value, raw)
  if type(value) ~= 'table' then return value end
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do
    if item ~= ifx.null then out[key] = raw and raw[key] and item or plain(item, raw) end
  end
  return out
end

return plain

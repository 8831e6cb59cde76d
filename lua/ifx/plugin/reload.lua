-- reload.lua: the contributions of plugins, loaded again in another Lua state. SPDX-License-Identifier: Apache-2.0
local reload = {}

-- Tokens pass through the hands of recipes: what they stand for is known here alone, so that none can be made up.
local issued = setmetatable({}, { __mode = 'k' })

---A token for the same contributions in another thread.
---@param argument { dir: string?, sort: string }
---@return table
function reload.token(argument)
  local token = {}
  issued[token] = { dir = argument.dir, sort = argument.sort }
  return token
end

---What a token stands for; nil for anything else.
---@param token any
---@return { dir: string?, sort: string }?
function reload.argument(token)
  return token ~= nil and issued[token] or nil
end

---@param argument { dir: string?, sort: string }  of `argument`, in another thread
---@return { plugin: string, name: string, value: any }[]
function reload.load(argument)
  return require('ifx.plugin').registry({ dir = argument.dir }):contributions(argument.sort)
end

return reload

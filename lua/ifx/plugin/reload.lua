-- reload.lua: the contributions of plugins, loaded again in another Lua state. SPDX-License-Identifier: Apache-2.0

---@param argument { dir: string?, sort: string }  of `Registry:reload`
---@return { plugin: string, name: string, value: any }[]
return function(argument)
  return require('ifx.plugin').registry({ dir = argument.dir }):contributions(argument.sort)
end

-- overlay.lua: files with other text in one place. SPDX-License-Identifier: Apache-2.0

---@param files ifx.render.Files
---@param at string    a file that is there
---@param text string
---@return ifx.render.Files
return function(files, at, text)
  local function is_it(p) return files:real(p) == files:real(at) end
  return {
    read = function(_, p) return is_it(p) and text or files:read(p) end,
    kind = function(_, p) return files:kind(p) end,
    real = function(_, p) return files:real(p) end,
    list = function(_, p) return files:list(p) end,
    from_absolute = function(_, p) return files:from_absolute(p) end,
    show = function(_, p) return files:show(p) end,
  }
end

-- overlay.lua: files with other texts in some places. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'
local path = require 'ifx.path'

---The same files, with these texts where they say: in place of a file, or where none is.
---@param files ifx.render.Files
---@param texts table<string, string>  by path, without links
---@param seen fun(p: string, text: string)|nil  told of each other file that is read
---@return ifx.render.Files
return function(files, texts, seen)
  local function laid(p) return texts[path.from_root(p)] end
  return {
    kind = function(_, p) return laid(p) and 'file' or files:kind(p) end,
    real = function(_, p) return laid(p) and path.from_root(p) or files:real(p) end,
    read = function(_, p)
      if laid(p) then return laid(p) end
      local text = files:read(p)
      if seen and text then seen(p, text) end
      return text
    end,
    list = function(_, p)
      local names, folder = list.set(files:list(p)), files:real(p)
      for at in pairs(texts) do
        if path.dirname(at) == folder then names[path.basename(at)] = true end
      end
      return list.keys(names)
    end,
    from_absolute = function(_, p) return files:from_absolute(p) end,
    show = function(_, p) return files:show(p) end,
  }
end

-- file.lua: a file as finders get it: its bytes and its document, each read at most once. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

local file = {}

---@class ifx.repo.File
---@field path string
---@field mode string
---@field entry ifx.repo.Entry
---@field text fun(): string        its bytes (of a link: where it points)
---@field yaml fun(): yaml.Document?, table?  its document; nil and the error when it does not parse
---@field hcl fun(): hcl.Document?, table?  the same for HCL
---@field sops fun(): boolean       is it encrypted with SOPS? Then no byte of it may be changed by hand

-- SOPS leaves its metadata in the file, in the form of the file's own format.
local marks = { '\nsops:%s', '^sops:%s', '"sops"%s*:', '\n%[sops%]', '\nsops_mac=', '^sops_mac=' }

local function encrypted(text)
  if not text:find('sops', 1, true) or not text:find('ENC[', 1, true) then return false end
  for _, mark in ipairs(marks) do
    if text:find(mark) then return true end
  end
  return false
end

local function parse(language, text, path)
  local ok, result = pcall(require(language).document, text, { file = path })
  if ok then return result end
  return nil, err.is(result) and result or err.wrap(result, 'parse ' .. path)
end

-- A question that is answered from one parse, however often it is asked.
local function parsed(self, language)
  local done, document, why
  return function()
    if not done then
      done = true
      document, why = parse(language, self.text(), self.path)
      if why and self._on_error then self._on_error(why) end
    end
    return document, why
  end
end

-- Made when they are asked for: of most files only the bytes are.
local functions = {
  text = function(self)
    local tree, path = self._tree, self.path
    return function() return tree:read(path) end
  end,
  yaml = function(self) return parsed(self, 'yaml') end,
  hcl = function(self) return parsed(self, 'hcl') end,
  sops = function(self)
    local locked
    return function()
      if locked == nil then locked = encrypted(self.text()) end
      return locked
    end
  end,
}

local File = {
  __index = function(self, name)
    local make = functions[name]
    if not make then return nil end
    self[name] = make(self)
    return self[name]
  end,
}

---@param tree ifx.repo.Tree
---@param entry ifx.repo.Entry
---@param on_error? fun(e: table) told once when the file does not parse
---@return ifx.repo.File
function file.new(tree, entry, on_error)
  return setmetatable({ path = entry.path, mode = entry.mode, entry = entry, _tree = tree, _on_error = on_error }, File)
end

return file

-- specs.lua: the field specs that hold where no configuration says more. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Facts are lines of a text, so that a build makes tables only of those that it asks for.
local SPEC = '([^|\n]*)|([^|\n]*)|([^|\n]*)|([^|\n]*)|([^\n]*)\n'

local function known(text) return text ~= '' and text or nil end

local function parsed(text)
  local specs = {}
  for kind, group, version, path, create in text:gmatch(SPEC) do
    specs[#specs + 1] = { kind = known(kind), group = known(group), version = known(version), path = path,
      create = create == 'create' or nil }
  end
  return specs
end

---What a field refers to: the type of objects that have the name.
---@class kustomize.Target
---@field group string|nil
---@field version string|nil
---@field kind string|nil

local function target_of(text)
  local group, version, kind = text:match '^([^,]*),([^,]*),(.*)$'
  return { group = known(group), version = known(version), kind = known(kind) }
end

-- Targets in their order, each with the fields that refer to it.
local function all_references()
  local out, by = {}, {}
  for kind, group, version, target, path in require './facts/references':gmatch(SPEC) do
    if not by[target] then
      by[target] = target_of(target)
      by[target].fieldSpecs = {}
      out[#out + 1] = by[target]
    end
    table.insert(by[target].fieldSpecs, { kind = known(kind), group = known(group), version = known(version), path = path })
  end
  return out
end

---Calls `each` with what follows the word in every line of facts that begins with it.
---@param text string  begins and ends with a line break
---@param word string
---@param each fun(rest: string)
function M.lines(text, word, each)
  local head, at = '\n' .. word .. '|', 1
  if word:find '[|\n]' then return end
  while true do
    local _, last = text:find(head, at, true)
    if not last then return end
    at = text:find('\n', last, true)
    each(text:sub(last + 1, at - 1))
  end
end

---The fields that objects of a kind refer to others by, in their order.
---@param kind string
---@return { spec: kustomize.FieldSpec, target: kustomize.Target }[]
local function referring(kind)
  local out = {}
  M.lines(require './facts/references', kind, function(rest)
    local group, version, target, path = rest:match '^([^|]*)|([^|]*)|([^|]*)|(.*)$'
    out[#out + 1] = { spec = { kind = kind, group = known(group), version = known(version), path = path },
      target = target_of(target) }
  end)
  return out
end

---The default field specs by the name of their table; `referring` says for one kind what nameReference says for all.
M.defaults = setmetatable({ referring = referring }, {
  __index = function(self, name)
    local text = name ~= 'nameReference' and require './facts/fieldspecs'[name]
    if text == nil then return nil end
    self[name] = text and parsed(text) or all_references()
    return self[name]
  end,
})

return M

-- template.lua: the texts of an ApplicationSet with parameters put in. SPDX-License-Identifier: Apache-2.0
local go = require './gotemplate/run'
local values = require './gotemplate/values'

local M = {}

---How the templates of an ApplicationSet are written.
---@class argocd.Style
---@field go boolean          Go templates; else names in brackets
---@field options string[]    of Go templates
---@field set_name string

local function is_templated(text)
  for line in (text .. '\n'):gmatch '([^\n]*)\n' do
    if line:find '{{.*}}' then return true end
  end
  return false
end

-- `{{ name }}` is what the parameter says when it is a text, else it stays.
local function plain(text, parameters)
  if not is_templated(text) then return text end
  local out, at = {}, 1
  while true do
    local first = text:find('{{', at, true)
    if not first then break end
    local last = text:find('}}', first + 2, true)
    if not last then
      err.raise { kind = 'config', message = ('invalid template: a tag of %q has no end'):format(text) }
    end
    local tag = text:sub(first + 2, last - 1)
    local value = parameters[tag:match '^%s*(.-)%s*$']
    out[#out + 1] = text:sub(at, first - 1)
    out[#out + 1] = type(value) == 'string' and value or text:sub(first, last + 1)
    at = last + 2
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

---@param text string
---@param parameters table
---@param style argocd.Style
---@return string
function M.text(text, parameters, style)
  if style.go then return go.run(text, parameters, style.options) end
  return plain(text, parameters)
end

---A value with all its texts filled in, those that are keys as well.
---@param value any
---@param parameters table
---@param style argocd.Style
---@return any
function M.deep(value, parameters, style)
  if type(value) == 'string' then return M.text(value, parameters, style) end
  if type(value) ~= 'table' or value == ifx.null then return value end
  local out = ifx.is_list(value) and ifx.list {} or {}
  for key, item in pairs(value) do
    local named = type(key) == 'string' and M.text(key, parameters, style) or key
    out[named] = M.deep(item, parameters, style)
  end
  return out
end

---Adds the `values` of a generator, which may speak of its other parameters.
---@param parameters table
---@param wanted table|nil
---@param style argocd.Style
function M.add_values(parameters, wanted, style)
  local made = {}
  for key, text in pairs(wanted or {}) do made[key] = M.text(tostring(text), parameters, style) end
  if style.go then
    if next(made) ~= nil then parameters.values = values.texts(made) end
    return
  end
  for key, text in pairs(made) do parameters['values.' .. key] = text end
end

---Nested values as one map of texts: `a.b`, `list.0`.
---@param value table
---@return table<string, string>
function M.flat(value)
  local out = {}
  local function add(at, item)
    if values.is_map(item) or values.is_list(item) then
      for key, inner in pairs(item) do
        local name = math.type(key) == 'integer' and tostring(key - 1) or key
        add(at == '' and name or at .. '.' .. name, inner)
      end
    else
      out[at] = values.text(item)
    end
  end
  add('', value)
  return out
end

return M

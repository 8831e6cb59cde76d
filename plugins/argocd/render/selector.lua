-- selector.lua: label selectors over parameters and Secrets. SPDX-License-Identifier: Apache-2.0

local M = {}

local OPERATORS = {
  In = function(value, wanted) return value ~= nil and wanted[value] ~= nil end,
  NotIn = function(value, wanted) return value == nil or wanted[value] == nil end,
  Exists = function(value) return value ~= nil end,
  DoesNotExist = function(value) return value == nil end,
}

local function refuse(message) err.raise { kind = 'config', message = 'error parsing label selector: ' .. message } end

---Does it say anything?
---@param selector table|nil
---@return boolean
function M.says(selector)
  selector = type(selector) == 'table' and selector or {}
  return next(selector.matchLabels or {}) ~= nil or #(selector.matchExpressions or {}) > 0
end

---@param selector table|nil  nil: everything
---@param labels table<string, string>
---@return boolean
function M.matches(selector, labels)
  selector = type(selector) == 'table' and selector or {}
  for key, value in pairs(selector.matchLabels or {}) do
    if labels[key] ~= tostring(value) then return false end
  end
  for _, one in ipairs(selector.matchExpressions or {}) do
    local operator = OPERATORS[one.operator]
    if not operator then refuse(('%q is not a valid label selector operator'):format(tostring(one.operator))) end
    local takes_values = one.operator == 'In' or one.operator == 'NotIn'
    if takes_values ~= (#(one.values or {}) > 0) then
      refuse(('values of %s must %sbe empty'):format(one.operator, takes_values and 'not ' or ''))
    end
    if not operator(labels[one.key], list.set(list.map(one.values or {}, tostring))) then return false end
  end
  return true
end

return M

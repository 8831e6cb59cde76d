-- env.lua: the file .env of a compose project, which gives its variables. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class docker.Variable
---@field name string
---@field value string without quotes
---@field from integer its first byte in the file

--- The variables of an .env file, in their order.
---@param content string
---@return docker.Variable[]
function M.read(content)
  local found = {}
  for line, first in text.lines(content) do
    local name, from, value = line:match('^%s*([%a_][%w_]*)%s*=%s*()(.-)%s*$')
    if name then
      local quoted = value:match('^"([^"]*)"') or value:match("^'([^']*)'")
      found[#found + 1] = {
        name = name, value = quoted or value:gsub('%s+#.*$', ''), from = first + from - (quoted and 0 or 1),
      }
    end
  end
  return found
end

--- A text with its variables filled in; nil when one of them is not known.
---@param written string
---@param defined table<string, string>
---@return string|nil
function M.fill(written, defined)
  local unknown = false
  local function value(name, default)
    local given = defined[name] or default
    unknown = unknown or given == nil
    return given or ''
  end
  local out = written:gsub('%$%$', '\0')
    :gsub('%${([%a_][%w_]*)}', value)
    :gsub('%${([%a_][%w_]*):?%-([^{}]*)}', value)
    :gsub('%$([%a_][%w_]*)', value)
  return not unknown and (out:gsub('%z', '$')) or nil
end

--- What the file .env beside a compose file says. The environment may say otherwise, which no tree shows.
---@param ctx table
---@param folder string
---@return table<string, string>
function M.of_project(ctx, folder)
  local found = {}
  for _, variable in ipairs(M.read(ctx.read(path.join(folder, '.env')) or '')) do
    found[variable.name] = M.fill(variable.value, found)
  end
  return found
end

return M

-- variables.lua: the variables of a compose project, as its own file .env gives them. SPDX-License-Identifier: Apache-2.0

local M = {}

--- What the file .env beside a compose file says. The environment may say otherwise, which no tree shows.
---@param ctx table
---@param folder string
---@return table<string, string>
function M.of_project(ctx, folder)
  local found = {}
  for line in (ctx.read(path.join(folder, '.env')) or ''):gmatch('[^\r\n]+') do
    local name, value = line:match('^%s*([%a_][%w_]*)%s*=%s*(.-)%s*$')
    if name then
      found[name] = M.fill(value:match('^"(.*)"$') or value:match("^'(.*)'$") or value:gsub('%s+#.*$', ''), found)
    end
  end
  return found
end

--- A text with its variables filled in; nil when one of them is not known.
---@param text string
---@param defined table<string, string>
---@return string|nil
function M.fill(text, defined)
  local unknown = false
  local function value(name, default)
    local given = defined[name] or default
    unknown = unknown or given == nil
    return given or ''
  end
  local out = text:gsub('%$%$', '\0')
    :gsub('%${([%a_][%w_]*)}', value)
    :gsub('%${([%a_][%w_]*):?%-([^{}]*)}', value)
    :gsub('%$([%a_][%w_]*)', value)
  return not unknown and (out:gsub('%z', '$')) or nil
end

return M

-- environment.lua: the variables that Argo CD puts into fields of a source. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Nobody knows them before the source is fetched.
local OF_COMMIT = {
  ARGOCD_APP_REVISION = true, ARGOCD_APP_REVISION_SHORT = true, ARGOCD_APP_REVISION_SHORT_8 = true,
}

-- The variable that begins behind a '$', and the byte behind it; nil for a brace that encloses no name.
local function variable(text, at)
  local name, after = text:match('^{([^}]*)}()', at)
  if name then return name, after end
  name, after = text:match('^([%a_][%w_]*)()', at)
  if not name then name, after = text:match('^([*#$@!?%-%d])()', at) end
  return name, after
end

---@class argocd.Environment
---@field values table<string, string>
---@field unknown table<string, true>  those that were asked for and that only a commit knows
local Environment = {}
Environment.__index = Environment

---@param entry { name: string, namespace: string, project: string, destination: string }
---@param source table
---@return argocd.Environment
function M.of(entry, source)
  return setmetatable({ unknown = {}, values = {
    ARGOCD_APP_NAME = entry.name, ARGOCD_APP_NAMESPACE = entry.destination, ARGOCD_APP_PROJECT_NAME = entry.project,
    ARGOCD_APP_SOURCE_REPO_URL = source.repoURL or '', ARGOCD_APP_SOURCE_PATH = source.path or '',
    ARGOCD_APP_SOURCE_TARGET_REVISION = source.targetRevision or '',
  } }, Environment)
end

---A text with `$NAME` and `${NAME}` replaced, `$$` for a dollar; what is not set is nothing.
---@param text string
---@return string
function Environment:expand(text)
  local out, from = {}, 1
  while true do
    local dollar = text:find('$', from, true)
    local name, after
    if dollar then name, after = variable(text, dollar + 1) end
    if not dollar then break end
    out[#out + 1] = text:sub(from, dollar - 1)
    if name and OF_COMMIT[name] then self.unknown[name] = true end
    out[#out + 1] = name == '$' and '$' or name and (self.values[name] or '') or '$'
    from = after or dollar + 1
  end
  out[#out + 1] = text:sub(from)
  return table.concat(out)
end

return M

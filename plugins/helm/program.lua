-- program.lua: what the program helm makes of a chart. SPDX-License-Identifier: Apache-2.0

local M = {}

local NOWHERE = '/nonexistent/helm' -- a person's plugins and settings would change what comes out

---Is the program there?
---@return boolean
function M.is_here() return (pcall(proc.find, 'helm')) end

---What is rendered.
---@class helm.Template
---@field release string
---@field folder string        of the chart, absolute
---@field chart string         the same in its repository, for where objects come from
---@field arguments string[]   of `helm template`
---@field values string|nil    a YAML text, which counts after the files of the arguments

-- Each document says from which template of which chart it comes.
local function objects_of(output, chart)
  local out = {}
  for document in ('\n' .. output .. '\n---\n'):gmatch '\n?(.-)\n%-%-%-[^\n]*' do
    local template = document:match '^# Source: [^/\n]+/([^\n]*)'
    for _, object in ipairs(node.manifests(document .. '\n', { file = 'what helm printed' })) do
      out[#out + 1] = { node = object, file = template and path.join(chart, template) or nil }
    end
  end
  return out
end

---The objects of a chart, in the order of helm. Raises what helm says.
---@param wanted helm.Template
---@return { node: node.Node, file: string|nil }[]
function M.template(wanted)
  local argv = { 'helm', 'template', wanted.release, wanted.folder }
  list.append(argv, wanted.arguments)
  if wanted.values then list.append(argv, { '--values', '-' }) end
  local done = proc.run(argv, { stdin = wanted.values, env = { HELM_CONFIG_HOME = NOWHERE, HELM_CACHE_HOME = NOWHERE .. '/cache',
    HELM_DATA_HOME = NOWHERE .. '/data' } })
  return objects_of(done.stdout, wanted.chart)
end

return M

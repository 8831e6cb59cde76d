-- program.lua: what the program helm makes of a chart. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

local M = {}

local NOWHERE = '/nonexistent/helm' -- a person's plugins and settings would change what comes out

---Where helm finds a chart; nil and why it cannot render it.
---@param files ifx.render.Files
---@param chart string     folder of the chart in these files
---@param allowed boolean  may the program run?
---@param shown string     as messages name the chart
---@return string|nil folder  absolute
---@return string|nil why
function M.folder(files, chart, allowed, shown)
  if not allowed then return nil, ('the chart %s is rendered by the program helm: --enable-helm allows it'):format(shown) end
  if not pcall(proc.find, 'helm') then
    return nil, ('the chart %s is rendered by the program helm, which is not on PATH'):format(shown)
  end
  local folder = files.absolute and files:absolute(chart)
  if not folder then return nil, ('helm cannot read the chart %s where it lies: build from a checkout'):format(shown) end
  return folder
end

---What is rendered.
---@class helm.Template
---@field release string
---@field folder string        of the chart, absolute
---@field chart string         the same in its repository, for where documents come from
---@field arguments string[]   of `helm template`
---@field values string|nil    a YAML text, which counts after the files of the arguments

---The documents that helm prints, with the templates that they come from. Raises what helm says.
---@param wanted helm.Template
---@return { text: string, file: string|nil }[]
function M.documents(wanted)
  local release = text.operand(wanted.release, 'the name of a release', 'helm')
  local argv = list.append({ 'helm', 'template', release, wanted.folder }, wanted.arguments)
  if wanted.values then list.append(argv, { '--values', '-' }) end
  local done = proc.run(argv, { stdin = wanted.values, env = { HELM_CONFIG_HOME = NOWHERE, HELM_CACHE_HOME = NOWHERE .. '/cache',
    HELM_DATA_HOME = NOWHERE .. '/data' } })
  local out = {}
  for document in ('\n' .. done.stdout .. '\n---\n'):gmatch '\n?(.-)\n%-%-%-[^\n]*' do
    local template = document:match '^# Source: [^/\n]+/([^\n]*)'
    out[#out + 1] = { text = document .. '\n', file = template and path.join(wanted.chart, template) or nil }
  end
  return out
end

return M

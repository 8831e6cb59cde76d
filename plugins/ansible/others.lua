-- others.lua: what ansible.cfg, requirements and scenarios of molecule name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local indexes = require './index'
local paths = require './paths'
local search = require './search'
local settings = require 'ifx.settings'
local shape = require './shape'
local url = require 'ifx.repo.url'
local written = require 'ifx.repo.written'

local M = {}

-- Options of ansible.cfg that are paths: what stands between several of them, and why one may be missing.
local OPTIONS = {
  inventory = { ',', 'ansible goes on without it' }, roles_path = { ':', 'made when roles are installed' },
  collections_path = { ':', 'made when collections are installed' },
  collections_paths = { ':', 'made when collections are installed' },
  vault_password_file = { nil, 'a password is not tracked' }, vault_identity_list = { ',', 'a password is not tracked' },
  private_key_file = { nil, 'a key is not tracked' }, library = { ':' }, module_utils = { ':' },
}
for _, kind in ipairs {
  'action', 'become', 'cache', 'callback', 'cliconf', 'connection', 'doc_fragment', 'filter', 'httpapi', 'inventory', 'lookup',
  'netconf', 'shell', 'strategy', 'terminal', 'test', 'vars',
} do
  OPTIONS[kind .. '_plugins'] = { ':' }
end

local function option(c, node, base)
  local key = node.path[2]
  local rule = OPTIONS[key]
  local view = excerpt.scalar(c, node)
  for from, item in node.text:gmatch('()([^' .. (rule[1] or '\n') .. ']+)') do
    local lead, body = item:match('^(%s*)(.-)%s*$')
    if key == 'vault_identity_list' then
      local label = body:match('^[^@]*@') or body
      lead, body = lead .. label, body:sub(#label + 1)
    end
    local own = indexes.own_folder(body)
    lead, body = lead .. own, body:sub(#own + 1)
    if body ~= '' and not written.is_elsewhere(body) and not body:find('[$%%{,]') and body ~= 'prompt'
      and not body:find('^%.+/?$') then
      written.add(view, from + #lead, from + #lead + #body - 1, {
        kind = 'ansible.config', base = base, anchor = 'file',
        optional = rule[2] or 'ansible passes over a folder that is missing',
      })
    end
  end
end

--- Finds the paths of an ansible.cfg, which count from its folder.
---@param c ifx.repo.Collector
function M.config(c)
  local read = settings.read('ini', c.file.text())
  for _, node in ipairs(read:query { 'defaults', '*' }) do
    if OPTIONS[node.path[2]] then
      option(c, node, path.dirname(c.file.path))
    end
  end
end

local function requirement(c, match)
  local text = match.text
  if text:find('^file://') or text:find('^[/~]') then
    return
  elseif text:find('^%.%.?/') and not url.is_remote(text) then
    c:path(match, { kind = 'ansible.requirement', base = path.dirname(c.file.path) })
  else
    c:remote(match, { kind = 'ansible.requirement' })
  end
end

--- Finds the roles and collections that requirements bring; local ones count from the folder of the file.
---@param c ifx.repo.Collector
---@param document yaml.Document
---@param value any
function M.requirements(c, document, value)
  local lists = ifx.is_list(value) and { {} } or { { 'roles' }, { 'collections' } }
  for _, at in ipairs(lists) do
    local items = #at == 0 and value or shape.is_map(value) and value[at[1]]
    for i, item in ipairs(type(items) == 'table' and ifx.is_list(items) and items or {}) do
      local place = shape.below(at, i)
      if shape.is_map(item) then
        place = shape.below(place, item.include and 'include' or item.src and 'src' or item.source and 'source' or 'name')
      end
      local match = document:at(place, 1)
      if match and match.kind == 'scalar' and c:text(match) then
        if place[#place] == 'include' then
          c:path(match, { kind = 'ansible.requirement', base = path.dirname(c.file.path) })
        else
          requirement(c, match)
        end
      end
    end
  end
end

-- What molecule puts in for its variables, as folders of the tree.
local function folder_of(job, text)
  local scenario = path.dirname(job.file)
  local name, from = text:match('^%${?([%w_]+)}?/+()')
  if name == 'MOLECULE_PROJECT_DIRECTORY' then
    return path.dirname(path.dirname(scenario)), from
  elseif name == 'MOLECULE_SCENARIO_DIRECTORY' then
    return scenario, from
  end
end

-- Keys of a scenario, and whether their paths count from the project or from the scenario.
local MOLECULE = {
  { { 'provisioner', 'playbooks', '*' }, false }, { { 'provisioner', 'inventory', 'links', '*' }, false },
  { { 'dependency', 'options', 'role-file' }, true }, { { 'dependency', 'options', 'requirements-file' }, true },
}

--- Finds the files of a scenario of molecule.
---@param job ansible.Job
---@param document yaml.Document
function M.molecule(job, document)
  local scenario = path.dirname(job.file)
  local project = path.dirname(path.dirname(scenario))
  for _, rule in ipairs(MOLECULE) do
    for _, match in ipairs(document:query(rule[1], 1)) do
      if match.kind == 'scalar' and type(match.value) == 'string' then
        local folder, from = folder_of(job, match.text)
        if not folder and match.text:find('$', 1, true) then
          job.c:doubt(match, match.text, 'a variable')
        else
          paths.add(job, excerpt.scalar(job.c, match), from or 1, #match.text, {
            kind = 'ansible.molecule', folders = search.spots({ folder or rule[2] and project or scenario }, { '' }),
            optional = rule[2] and 'molecule goes on without requirements' or nil,
          })
        end
      end
    end
  end
end

return M

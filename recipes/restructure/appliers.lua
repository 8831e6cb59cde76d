-- appliers.lua: who applies the files of a repository: controllers, or people. SPDX-License-Identifier: Apache-2.0

local M = {}

local OF_CLUSTERS = { flux = true, argocd = true, kustomize = true, helm = true, helmfile = true }

local function tools_of(graph)
  local found = {}
  for _, ref in ipairs(graph.references) do found[ref.kind:match '^[^.]*'] = true end
  return found
end

-- Is there anything for a cluster? What a controller follows may be said outside of this repository.
local function has_controllers(tree, tools, classes)
  for tool in pairs(OF_CLUSTERS) do
    if tools[tool] then return true end
  end
  return list.find(tree:files(), function(entry) return classes:file_is(entry.path, 'kubernetes') end) ~= nil
end

local function is_compose(file)
  local name = path.basename(file)
  return name:find '^compose%.ya?ml$' or name:find '^docker%-compose%.ya?ml$'
end

-- Compose files whose project gets another name, since nothing but their folder says it.
local function renamed_projects(outcome, tree)
  local out = {}
  for _, old in ipairs(list.keys(outcome.moves)) do
    local from, to = path.basename(path.dirname(old)), path.basename(path.dirname(outcome.moves[old]))
    if is_compose(old) and from ~= to and not ('\n' .. tree:read(old)):find '\nname:' then
      out[#out + 1] = ('%s was %s'):format(outcome.moves[old], from == '' and 'named after the folder of the clone' or from)
    end
  end
  return out
end

local function compose_step(outcome, tree)
  local renamed = renamed_projects(outcome, tree)
  if #renamed == 0 then return nil end
  return ('Keep the names of the compose projects, which are those of their folders where nothing else says them: %s. Put '
    .. '`name: OLD` at the top of such a file, or set COMPOSE_PROJECT_NAME, before it is started again: under a new name its '
    .. 'containers run twice and its volumes begin empty.'):format(table.concat(renamed, ', '))
end

---What is known of those who apply the files.
---@param outcome ifx.layout.Outcome
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@param classes ifx.layout.Classes
---@return { controllers: boolean, steps: string[] }  steps: what they do when the branch is there, in order
function M.open(outcome, tree, graph, classes)
  local tools, steps = tools_of(graph), {}
  local controllers = has_controllers(tree, tools, classes)
  steps[1] = compose_step(outcome, tree)
  if tools.ansible and not controllers then
    steps[#steps + 1] = 'Run the playbooks from their new places once with `ansible-playbook --check --diff`: that must change '
      .. 'nothing.'
  end
  if tools.terraform and not controllers then
    steps[#steps + 1] = 'Run `terraform init` and `terraform plan` in every root that moved: it must end with "No changes".'
  end
  return { controllers = controllers, steps = steps }
end

return M

-- appliers.lua: who applies the files of a repository: controllers, or people. SPDX-License-Identifier: Apache-2.0

local M = {}

-- The tools that follow a branch by themselves, and what the apiVersion of their objects holds.
local CONTROLLERS = { flux = 'toolkit.fluxcd.io/', argocd = 'argoproj.io/' }

local OF_CLUSTERS = { flux = true, argocd = true, kustomize = true, helm = true, helmfile = true }

-- The repository itself and those that are made.
local function all_of(outcome) return { outcome, table.unpack(outcome.repositories) } end

local function tools_of(graph)
  local found = {}
  for _, ref in ipairs(graph.references) do found[ref.kind:match '^[^.]*'] = true end
  return found
end

local function creates(outcome, words)
  for _, one in ipairs(all_of(outcome)) do
    for _, text in pairs(one.created) do
      if text:find(words, 1, true) then return true end
    end
  end
  return false
end

-- Does this repository say what a controller follows, or will it?
local function has_controllers(outcome, tools)
  for tool, group in pairs(CONTROLLERS) do
    if tools[tool] or creates(outcome, group) then return true end
  end
  return false
end

local function moves_manifests(outcome, classes)
  for _, one in ipairs(all_of(outcome)) do
    for old in pairs(one.moves) do
      if classes:file_is(old, 'kubernetes') then return true end
    end
  end
  return false
end

local function is_compose(file)
  local name = path.basename(file)
  return name:find '^compose%.ya?ml$' or name:find '^docker%-compose%.ya?ml$'
end

-- The files that move, leave or are written anew, by their paths of today, and the folders above them.
local function touched_paths(outcome)
  local out = { [''] = true }
  for _, one in ipairs(all_of(outcome)) do
    local origins = {}
    for old, new in pairs(one.moves) do origins[new] = old end
    local function touch(file)
      while not out[file] do out[file], file = true, path.dirname(file) end
    end
    for old in pairs(one.moves) do touch(old) end
    for new in pairs(one.changed) do touch(origins[new] or new) end
  end
  return out
end

-- Is anything of this for a cluster? A repository may hold much else beside what a controller follows.
local function concerns_clusters(outcome, graph)
  local touched = touched_paths(outcome)
  return list.find(graph.references, function(ref)
    return OF_CLUSTERS[ref.kind:match '^[^.]*'] and (touched[ref.file] or ref.target and touched[ref.target])
  end) ~= nil
end

-- What compose makes of the name of a folder.
local function project_name(folder)
  return (folder:lower():gsub('[^%w_-]', ''):gsub('^[_-]+', ''))
end

-- Compose files whose project gets another name, since nothing but their folder says it.
local function renamed_projects(outcome, tree)
  local names = {}
  for _, one in ipairs(all_of(outcome)) do
    for old, new in pairs(one.moves) do
      local from, to = path.basename(path.dirname(old)), path.basename(path.dirname(new))
      if is_compose(old) and from ~= to and not ('\n' .. tree:read(old)):find '\nname:' then
        names[old] = from == '' and 'the folder of the clone' or project_name(from)
      end
    end
  end
  return list.map(list.keys(names), function(old) return ('`name: %s` in %s'):format(names[old], old) end)
end

local function compose_step(outcome, tree)
  local renamed = renamed_projects(outcome, tree)
  if #renamed == 0 then return nil end
  return ('First, in a commit of its own, before anything of this branch is pushed: keep the names of the compose projects, '
    .. 'which are those of their folders where nothing else says them. Put at the top: %s (or set COMPOSE_PROJECT_NAME where '
    .. 'they are started). Today that changes nothing. Without it, whatever starts them from their new places, a push that '
    .. 'deploys too, runs their containers twice, with volumes that begin empty.'):format(table.concat(renamed, ', '))
end

local MANIFESTS = 'No object of this repository says what applies its manifests. Look for it elsewhere (a pipeline, a script, a '
  .. 'controller that another repository or the cluster itself holds): where it names a folder that moves, it must name the new '
  .. 'one when this is pushed, and must not prune until it does.'

---What is known of those who apply the files.
---@param outcome ifx.layout.Outcome
---@param tree ifx.repo.Tree
---@param graph ifx.repo.Graph
---@param classes ifx.layout.Classes
---@return { controllers: boolean, first: string[], before: string[], steps: string[] }  what they do before all else, before
---the branch is pushed, and when it is there; in order
function M.open(outcome, tree, graph, classes)
  local tools, steps = tools_of(graph), {}
  local manifests = moves_manifests(outcome, classes)
  local controllers = has_controllers(outcome, tools)
    and (manifests or next(outcome.created) ~= nil or concerns_clusters(outcome, graph))
  if tools.ansible and not controllers then
    steps[#steps + 1] = 'Run the playbooks from their new places once with `ansible-playbook --check --diff`: that must change '
      .. 'nothing.'
  end
  if tools.terraform and not controllers then
    steps[#steps + 1] = 'Run `terraform init` and `terraform plan` in every root that moved: it must end with "No changes".'
  end
  return {
    controllers = controllers, first = { compose_step(outcome, tree) },
    before = { not controllers and manifests and MANIFESTS or nil }, steps = steps,
  }
end

return M

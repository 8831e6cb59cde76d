-- hazards.lua: what is dangerous when a root becomes a module, and what git does not see. SPDX-License-Identifier: Apache-2.0

local rebase = require './rebase'
local roots = require './roots'

local M = {}

-- Where the state is kept: 'local' with its file, or the type of a backend.
local function backend_of(config)
  local cloud = config:inside('terraform', 'cloud')[1]
  local found = config:inside('terraform', 'backend')[1]
  if cloud then
    return 'cloud'
  elseif not found or found.block.labels[1] ~= 'local' then
    return found and found.block.labels[1] or 'local', 'terraform.tfstate'
  end
  local document = config.documents[found.item.file]
  local attribute = document:find(found.block, 'path')
  local value = attribute and document:value(attribute)
  return 'local', type(value) == 'string' and value or 'terraform.tfstate'
end

-- What `terraform plan` must end with, in words.
local function wanted_plan(replaced)
  local but = #replaced > 0 and (', but for the replacement of ' .. table.concat(replaced, ', ')) or ''
  return 'terraform plan must end with: 0 to add, 0 to change, 0 to destroy' .. but
end

local function state_hazard(x, replaced)
  local backend, file = backend_of(x.config)
  local from, to, plan = x.config.root, x.state, wanted_plan(replaced)
  local step
  if from == to then
    step = ('In %s: terraform init; %s. Apply that plan: it records the new addresses.'):format(to, plan)
  elseif backend == 'local' then
    step = ('Terraform keeps its state in %s, which git does not hold. Nobody applies in %s any more. Copy it (and '
      .. 'terraform.tfstate.d, where there are workspaces) to %s; copy *.tfvars that git ignores, too. In %s: terraform init; '
      .. '%s. Apply that plan: it records the new addresses. If it would destroy anything else, stop: the old state is still '
      .. 'in %s.'):format(path.join(from, file), from, path.join(to, file), to, plan, path.join(from, file))
  else
    step = ('The state stays in the backend %s under the same name, which only %s has now. Copy *.tfvars that git ignores '
      .. 'from %s. In %s: terraform init; %s. Apply that plan: it records the new addresses.'):format(backend, to, from, to, plan)
  end
  return {
    id = 'state', severity = 'high', object = 'Terraform ' .. (from == '' and 'of the root' or from),
    reason = ('%d addresses become addresses of module.%s, in the root %s: without the state and its `moved` blocks '
      .. 'everything would be destroyed and made anew'):format(#roots.addresses(x), x.name, to),
    remedy = 'bring the state along before anybody plans there', step = step,
  }
end

local function place(ref)
  return ('%s:%d'):format(ref.file, ref.line)
end

-- Files that are made in the folder of the module now, which all roots share: { ref, item }, one for each block.
local function made_in_module(x)
  local out, seen = {}, {}
  for _, file in ipairs(x.config.files) do
    for _, ref in ipairs(rebase.references(x.facts, x.config, file)) do
      local lead = rebase.is_made(x.facts, ref) and rebase.lead(x.config.documents[file], ref)
      local item = lead and lead.name == 'path.module' and x.config:item_at(file, ref.start)
      if item and not seen[item] then
        seen[item] = true
        out[#out + 1] = { ref = ref, item = item, replaced = ref.kind == 'terraform.writes' and item.type == 'resource' }
      end
    end
  end
  return out
end

local function made_hazard(x, made)
  return {
    id = 'path', severity = 'medium', object = ('%s (%s)'):format(roots.address(made.item), place(made.ref)),
    reason = ('%s is made in the folder of the module now, %s, by every environment that calls it%s'):format(made.ref.text,
      x.module, made.replaced and '; the resource is replaced once' or ''),
    remedy = 'accept it, or write path.root for path.module, if each root shall have its own',
  }
end

local function path_notes(x, notes)
  for _, file in ipairs(x.config.files) do
    for _, ref in ipairs(rebase.references(x.facts, x.config, file)) do
      local made = rebase.is_made(x.facts, ref)
      local lead = (made or ref.resolved ~= true) and rebase.lead(x.config.documents[file], ref)
      if lead and made and lead.name ~= 'path.module' and ref.kind ~= 'terraform.state' then
        notes[#notes + 1] = ('%s: %s is made in the folder of each root now'):format(place(ref), ref.text)
      elseif lead and not made then
        notes[#notes + 1] = ('%s: %s is not in git: the module names the file that was meant, %s'):format(
          place(ref), ref.text, ref.target or 'outside of the repository; look at the path')
      end
    end
  end
end

-- What no reference explains: it means the calling root now.
local function unread_paths(x, found)
  for _, file in ipairs(x.config.files) do
    local explained = {}
    for _, ref in ipairs(rebase.references(x.facts, x.config, file)) do
      local lead = rebase.lead(x.config.documents[file], ref)
      if lead and lead.traversal then
        explained[lead.traversal] = true
      end
    end
    for n, traversal in ipairs(x.config.documents[file]:traversals()) do
      if not explained[n] and (traversal.text == 'path.root' or traversal.text == 'path.cwd') then
        found[#found + 1] = {
          id = 'path', severity = 'medium', object = ('%s:%d'):format(file, traversal.line),
          reason = ('%s means the folder of the calling root now, and what follows it is not known'):format(traversal.text),
          remedy = 'look at what it is used for',
        }
      end
    end
  end
end

-- Files with values of variables, beside the root.
local function values_of(x)
  return list.filter(x.facts.list(x.config.root), function(file)
    return path.dirname(file) == x.config.root and file:gsub('%.json$', ''):find '%.tfvars$' ~= nil
  end)
end

-- Does Terraform read it without being told to?
local function is_loaded(file)
  local base = path.basename(file):gsub('%.json$', '')
  return base == 'terraform.tfvars' or base:find '%.auto%.tfvars$' ~= nil
end

local function values_hazards(x, found)
  for _, file in ipairs(list.filter(values_of(x), is_loaded)) do
    local new = x.facts.moved(file) or file
    if path.dirname(new) ~= x.state then
      found[#found + 1] = {
        id = 'values', severity = 'high', object = new,
        reason = ('Terraform reads %s today without being told to; no root reads it there, so %s would have other values'):format(
          file, x.state),
        remedy = ('let a row of the layout send it to %s'):format(x.state),
      }
    end
  end
end

local function file_notes(x, notes)
  local root = x.config.root
  if not x.facts.exists(path.join(root, '.terraform.lock.hcl')) then
    notes[#notes + 1] = ('%s is not in git: copy it to each environment, or `terraform init` chooses versions of providers anew')
      :format(path.join(root, '.terraform.lock.hcl'))
  end
  for _, file in ipairs(values_of(x)) do
    if not is_loaded(file) and not x.facts.moved(file) then
      notes[#notes + 1] = ('%s stays where it is: no root reads it there any more'):format(file)
    end
  end
  local backend = backend_of(x.config)
  if backend ~= 'local' and #x.environments > 1 then
    notes[#notes + 1] = ('only %s has the backend %s: the other environments need one with a key of their own'):format(
      x.state, backend)
  end
end

--- What is dangerous, and what a person should know.
---@param x terraform.Extraction
---@return table[] hazards
---@return string[] notes
function M.find(x)
  local found, notes, made = {}, {}, made_in_module(x)
  if #roots.addresses(x) > 0 then
    local replaced = list.filter(made, 'replaced')
    found[1] = state_hazard(x, list.map(replaced, function(one) return roots.address(one.item) end))
  end
  list.append(found, list.map(made, function(one) return made_hazard(x, one) end))
  values_hazards(x, found)
  path_notes(x, notes)
  unread_paths(x, found)
  file_notes(x, notes)
  return found, notes
end

return M

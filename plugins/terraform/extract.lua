-- extract.lua: making a module of a root, and a root for each environment that calls it. SPDX-License-Identifier: Apache-2.0

local configs = require './config'
local hazards = require './hazards'
local modules = require './modules'
local rebase = require './rebase'
local roots = require './roots'

local M = {}

local function refuse(message, hint)
  err.raise { kind = 'conflict', op = 'extract a module', message = message, hint = hint }
end

local function wrong(message)
  err.raise { kind = 'argument', op = 'terraform.extract_module', message = message }
end

local function is_folder(value)
  return type(value) == 'string' and value ~= '' and value ~= '.' and value:sub(1, 1) ~= '/' and path.normalize(value) == value
end

local function check(args)
  if not is_folder(args.module) then
    wrong 'module: the folder of the module is missing, or is none of this repository'
  elseif type(args.name) ~= 'string' or not args.name:find '^[%a_][%w_-]*$' then
    wrong 'name: the name of the module is missing, or is none'
  elseif type(args.environments) ~= 'table' or #args.environments == 0 then
    wrong 'environments: the folders of the roots that call the module are missing'
  elseif args.outputs and not tostring(args.outputs):find '^[^/]+%.tf$' then
    wrong 'outputs: it must be the name of a file, like outputs.tf'
  end
  for _, dir in ipairs(args.environments) do
    if not is_folder(dir) or dir == args.module then
      wrong(('environments: %s is no folder for a root'):format(tostring(dir)))
    end
  end
  local state = list.find(args.environments, function(dir)
    return dir == args.state or path.basename(dir) == args.state
  end)
  if not state then
    wrong 'state: it must be the environment that owns the state that there is'
  end
  return state
end

local function sources_in(files, dir)
  return list.filter(files, function(file) return path.dirname(file) == dir and modules.is_source(file) end)
end

-- The files that move into the module, and the root that they come from.
local function moving(args, facts)
  local files, root = {}, nil
  for old, new in facts.each_move() do
    if path.dirname(new) == args.module and modules.is_source(new) then
      if root and root ~= path.dirname(old) then
        refuse(('%s would be made of the files of two folders, %s and %s'):format(args.module, root, path.dirname(old)))
      end
      root = path.dirname(old)
      files[#files + 1] = old
    end
  end
  return files, root
end

-- What is read together with the files of a root and could not be made a part of the module by moving blocks.
local function refuse_special(facts, root)
  for _, file in ipairs(facts.list(root)) do
    local base = path.dirname(file) == root and path.basename(file) or ''
    if base:find '%.tf%.json$' or base:find '%.tofu%.json$' then
      refuse(file .. ' is JSON, which is not read', 'write it as HCL first')
    elseif base:find '^override%.t' or base:find '_override%.t' then
      refuse(file .. ' overrides parts of other files', 'write what it says into those files first')
    elseif modules.is_source(base) and facts.exists(file) == 'link' then
      refuse(file .. ' is a symbolic link: others read the same file')
    end
  end
  local caller = list.find(facts.references, function(ref) return ref.kind == 'terraform.module' and ref.target == root end)
  if caller then
    refuse(('%s:%d calls %s as a module: it is no root'):format(caller.file, caller.line, root == '' and 'this' or root))
  end
end

local function refuse_clutter(args, facts, root)
  refuse_special(facts, root)
  for _, file in ipairs(sources_in(facts.list(root), root)) do
    if not facts.moved(file) or path.dirname(facts.moved(file)) ~= args.module then
      refuse(('%s does not move to %s: the files of a root are one configuration'):format(file, args.module),
        'move all *.tf files of that folder together')
    end
  end
  for _, file in ipairs(sources_in(facts.list_after(args.module), args.module)) do
    if not facts.origin(file) then
      refuse(file .. ' is there already: the module would be mixed with it')
    end
  end
  for _, dir in ipairs(args.environments) do
    local there = sources_in(facts.list_after(dir), dir)[1]
    if there then
      refuse(there .. ' is there already', 'give each environment a folder without Terraform files')
    end
  end
end

-- What a module cannot have, or what speaks of addresses in the state of the root.
local ROOT_ONLY = list.set { 'provider', 'moved', 'import', 'removed' }

-- Variables that nothing uses but what leaves.
local function own_variables(config)
  local out = list.filter(config.items, function(item) return ROOT_ONLY[item.type] end)
  local own = configs.used(out, 'var')
  for _, item in ipairs(config.items) do
    for name in pairs(ROOT_ONLY[item.type] and {} or configs.used({ item }, 'var')) do
      if item.type ~= 'variable' or item.labels[1] ~= name then
        own[name] = nil
      end
    end
  end
  return own
end

local function open(args, facts, files, root, state)
  local config = configs.read(root, files, facts.read)
  local x = {
    facts = facts, config = config, module = args.module, name = args.name, environments = args.environments, state = state,
    providers = config:of 'provider', own_variables = own_variables(config),
    addresses = list.filter(config.items, function(item) return ROOT_ONLY[item.type] and item.type ~= 'provider' end),
  }
  local needed = list.append(list.append({}, x.providers), config:locals_for(x.providers))
  local bound = config:bound_to_module(needed)
  if bound then
    refuse(('a provider is configured from %s, which becomes part of the module'):format(bound),
      'split the configuration there first: what makes it, and what uses the provider')
  end
  return x
end

-- ---------------------------------------------------------------- the module

local function block_of(item)
  return { type = item.type, labels = item.labels, n = item.n }
end

-- A file that git does not track stays where it is: what reads it names it from the module.
local function follow_untracked(x, file, ref, lead, out)
  local str = x.config.documents[file]:strings()[lead.string]
  local inner = x.config.documents[file]:text():sub(str.inner_start, str.inner_stop)
  out[#out + 1] = {
    type = 'hcl.replace', file = file, string = lead.string, old = inner,
    text = inner:sub(1, ref.start - str.inner_start) .. path.relative(ref.target, x.module)
      .. inner:sub(ref.stop - str.inner_start + 2),
  }
end

-- A path that counts from the root counts from the module, which is what the folder of the root becomes.
local function keep_paths(x, file, out)
  local document, prefixes = x.config.documents[file], {}
  for _, ref in ipairs(rebase.references(x.facts, x.config, file)) do
    local lead = not rebase.is_made(x.facts, ref) and ref.kind ~= 'terraform.module' and rebase.lead(document, ref)
    if lead and ref.resolved ~= true and ref.target then
      follow_untracked(x, file, ref, lead, out)
    end
    if lead and lead.traversal and lead.name == 'path.root' then
      out[#out + 1] = { type = 'hcl.replace', file = file, traversal = lead.traversal, old = 'path.root', text = 'path.module' }
    elseif lead and lead.name == '' then
      prefixes[#prefixes + 1] = { type = 'hcl.replace', file = file, string = lead.string, prefix = '${path.module}/' }
    end
  end
  list.append(out, prefixes) -- last: each makes a traversal, which the numbers of the others do not know
end

-- Last to first: the numbers of those before stay. A file that holds nothing else is removed.
local function remove(x, leaves, file, out)
  local items = list.filter(x.config.items, function(item) return item.file == file end)
  local away = list.filter(items, leaves)
  if #away > 0 and #away == #items then
    out[#out + 1] = { type = 'remove', file = file, by = path.join(x.state, 'main.tf') }
    return true
  end
  for i = #away, 1, -1 do
    out[#out + 1] = { type = 'hcl.remove', file = file, block = block_of(away[i]) }
  end
end

local function remove_state_blocks(x, file, out)
  for _, kind in ipairs { 'backend', 'cloud' } do
    local found = x.config:inside('terraform', kind)
    for i = #found, 1, -1 do
      if found[i].item.file == file and not x.config:only_state(found[i].item) then
        local block = { type = kind, labels = found[i].block.labels, n = found[i].n }
        out[#out + 1] = { type = 'hcl.remove', file = file, block = block }
      end
    end
  end
end

-- Which aliases of a provider the module is given.
local function aliases(x)
  local out = {}
  for _, item in ipairs(x.providers) do
    local name, alias = item.labels[1], x.config:value(item, 'alias')
    if alias then
      out[name] = out[name] or {}
      table.insert(out[name], name .. '.' .. alias)
    end
  end
  return out
end

local function declare_aliases(x, staying, out)
  local wanted = aliases(x)
  local place = x.config:inside('terraform', 'required_providers')[1]
  local missing = {}
  for _, name in ipairs(list.keys(wanted)) do
    local line = ('configuration_aliases = [%s]'):format(table.concat(wanted[name], ', '))
    local attribute = place and x.config.documents[place.item.file]:find(place.block, name)
    local text_of = attribute and attribute.expr:gsub('%s*}$', '\n' .. line .. '\n}')
      or ('{\nsource = "hashicorp/%s"\n%s\n}'):format(name, line)
    if place then
      out[#out + 1] = {
        type = 'hcl.set', file = place.item.file, name = name, text = text_of,
        block = { type = 'required_providers', labels = {}, n = place.n },
      }
    else
      missing[#missing + 1] = ('%s = %s'):format(name, text_of)
    end
  end
  if #missing > 0 then
    out[#out + 1] = { type = 'hcl.append', file = staying.file,
      text = ('terraform {\nrequired_providers {\n%s\n}\n}\n'):format(table.concat(missing, '\n')) }
  end
end

-- Outputs that stand elsewhere go to the file that is named for them.
local function gather_outputs(x, leaves, target, out)
  local away = list.filter(x.config:of 'output', leaves)
  if #away == 0 then
    return
  end
  local text_of = table.concat(list.map(away, function(item)
    return rebase.text(x.facts, x.config, item, x.module)
  end), '\n\n') .. '\n'
  if x.facts.exists_after(target) then
    out[#out + 1] = { type = 'hcl.append', file = target, text = text_of }
  else
    out[#out + 1] = { type = 'create', file = target, text = hcl.format(text_of) }
  end
end

local function module_changes(x, args)
  local out, outputs = {}, args.outputs and path.join(x.module, args.outputs)
  local function leaves(item)
    return ROOT_ONLY[item.type] or item.type == 'variable' and x.own_variables[item.labels[1]] or x.config:only_state(item)
      or item.type == 'output' and outputs and x.facts.moved(item.file) ~= outputs
  end
  for _, file in ipairs(x.config.files) do
    keep_paths(x, file, out)
  end
  local staying = list.find(x.config.items, function(item) return not leaves(item) end)
  if not staying then
    refuse(('nothing in %s can be a part of a module'):format(x.config.root == '' and 'the root folder' or x.config.root))
  end
  declare_aliases(x, staying, out)
  for _, file in ipairs(x.config.files) do
    remove_state_blocks(x, file, out)
    if not remove(x, leaves, file, out) then
      out[#out + 1] = { type = 'hcl.format', file = file }
    end
  end
  if outputs then
    gather_outputs(x, leaves, outputs, out)
  end
  return out
end

-- ---------------------------------------------------------------- the transform

local function root_changes(x, out)
  for _, dir in ipairs(x.environments) do
    local files = roots.files(x, dir)
    for _, name in ipairs(list.keys(files)) do
      local file = path.join(dir, name)
      if not x.facts.exists_after(file) then
        out[#out + 1] = { type = 'create', file = file, text = files[name] }
      end
    end
  end
  local lock = path.join(x.config.root, '.terraform.lock.hcl')
  for _, dir in ipairs(x.facts.exists(lock) and x.environments or {}) do
    out[#out + 1] = { type = 'create', file = path.join(dir, '.terraform.lock.hcl'), text = x.facts.read(lock) }
  end
end

---extract_module { module = F, name = N, environments = { F… }, state = F, outputs = FILE }: the files of a root that move
---to the folder `module` become a module; every environment gets a root that calls it with all of its variables. The
---providers, the backend and what names addresses go to the roots, the last two, and `moved` for every address, only to
---the environment that owns the state. Nothing moved to the module: nothing is done.
---@param args { module: string, name: string, environments: string[], state: string, outputs: string? }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.module(args, facts)
  local state = check(args)
  local files, root = moving(args, facts)
  if #files == 0 then
    return {}
  end
  refuse_clutter(args, facts, root)
  local x = open(args, facts, files, root, state)
  local changes = module_changes(x, args)
  root_changes(x, changes)
  local found, notes = hazards.find(x)
  return { changes = changes, hazards = found, notes = notes }
end

return M

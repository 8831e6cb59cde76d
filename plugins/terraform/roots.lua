-- roots.lua: the files of a root that calls a module. SPDX-License-Identifier: Apache-2.0

local rebase = require './rebase'

local M = {}

---@class terraform.Extraction
---@field facts ifx.layout.Facts
---@field config terraform.Config
---@field module string           folder
---@field name string             of the module block
---@field environments string[]   folders
---@field state string            the one that owns the existing state
---@field providers terraform.Item[]
---@field addresses terraform.Item[]  moved, import and removed blocks
---@field own_variables table<string, true>  that only providers and backends use

local function join(parts)
  return hcl.format(table.concat(parts, '\n\n') .. '\n')
end

local function rebased(x, items, dir)
  return list.map(items, function(item) return rebase.text(x.facts, x.config, item, dir) end)
end

-- An attribute of a block as it is written, as a line.
local function copied(x, item, name)
  local attribute = x.config.documents[item.file]:find(item.block, name)
  return attribute and ('  %s = %s\n'):format(name, attribute.expr) or ''
end

local function local_values(x, dir)
  local items = x.config:locals_for(x.providers)
  if #items == 0 then
    return {}
  end
  return { 'locals {\n' .. table.concat(rebased(x, items, dir), '\n') .. '\n}' }
end

--- The names under which the configurations of providers are known: 'aws', 'aws.west'; nil when none has an alias.
---@param x terraform.Extraction
---@return string[]|nil
function M.provider_names(x)
  local names, aliased = {}, false
  for _, item in ipairs(x.providers) do
    local alias = x.config:value(item, 'alias')
    aliased = aliased or alias ~= nil
    names[alias and item.labels[1] .. '.' .. alias or item.labels[1]] = true
  end
  for _, found in ipairs(x.config:inside('terraform', 'required_providers')) do
    for _, attribute in ipairs(x.config.documents[found.item.file]:attributes(found.block)) do
      names[attribute.name] = true
    end
  end
  return aliased and list.keys(names) or nil
end

local function module_call(x, dir)
  local source = path.relative(x.module, dir)
  source = hcl.quote(source:find '^%.%./' and source or './' .. source)
  local lines = { ('module "%s" {\n  source = %s\n'):format(x.name, source) }
  local names = M.provider_names(x)
  if names then
    lines[#lines + 1] = '  providers = {'
    for _, name in ipairs(names) do
      lines[#lines + 1] = ('    %s = %s'):format(name, name)
    end
    lines[#lines + 1] = '  }\n'
  end
  for _, item in ipairs(x.config:of 'variable') do
    local name = item.labels[1]
    if not x.own_variables[name] then
      lines[#lines + 1] = ('  %s = var.%s'):format(name, name)
    end
  end
  lines[#lines + 1] = '}'
  return table.concat(lines, '\n')
end

--- The address of a resource or module call inside of its module.
---@param item terraform.Item
---@return string
function M.address(item)
  return item.type == 'module' and 'module.' .. item.labels[1] or table.concat(item.labels, '.')
end

--- Every address that the state knows: resources and module calls.
---@param x terraform.Extraction
---@return string[]
function M.addresses(x)
  local found = list.filter(x.config.items, function(item) return item.type == 'resource' or item.type == 'module' end)
  return list.map(found, M.address)
end

-- An import names an address of the whole configuration, which is one of the module now.
local function import(x, item)
  local document = x.config.documents[item.file]
  local to = document:find(item.block, 'to')
  local text_of = document:text()
  if not to then
    return x.config:text(item)
  end
  return text_of:sub(item.start, to.expr_start - 1) .. ('module.%s.'):format(x.name) .. text_of:sub(to.expr_start, item.stop)
end

local function state_blocks(x)
  local out = list.map(x.addresses, function(item)
    return item.type == 'import' and import(x, item) or x.config:text(item)
  end)
  for _, of in ipairs(M.addresses(x)) do
    out[#out + 1] = ('moved {\n  from = %s\n  to   = module.%s.%s\n}'):format(of, x.name, of)
  end
  return out
end

local function main(x, dir)
  local parts = rebased(x, x.providers, dir)
  list.append(parts, local_values(x, dir))
  parts[#parts + 1] = module_call(x, dir)
  if dir == x.state then
    list.append(parts, state_blocks(x))
  end
  return join(parts)
end

-- Conditions of variables stay with the module, but for those that the module does not have.
local function variables(x)
  local items = x.config:of 'variable'
  if #items == 0 then
    return nil
  end
  local document = hcl.document(table.concat(list.map(items, function(item) return x.config:text(item) end), '\n\n') .. '\n')
  local named = {}
  for _, block in ipairs(document:blocks 'variable') do
    named[block.id] = block.labels[1]
  end
  for _, block in ipairs(document:blocks 'validation') do
    if not x.own_variables[named[block.parent]] then
      document:remove(block)
    end
  end
  return hcl.format(document:text())
end

local function outputs(x)
  local items = x.config:of 'output'
  if #items == 0 then
    return nil
  end
  return join(list.map(items, function(item)
    return ('output "%s" {\n%s  value = module.%s.%s\n%s}'):format(item.labels[1], copied(x, item, 'description'), x.name,
      item.labels[1], copied(x, item, 'sensitive'))
  end))
end

-- Where state is kept is said in one root only: another one with the same key would take its state for its own.
local function versions(x, dir)
  local items = x.config:of 'terraform'
  if #items == 0 then
    return nil
  end
  local document = hcl.document(table.concat(rebased(x, items, dir), '\n\n') .. '\n')
  for _, kind in ipairs(dir == x.state and {} or { 'backend', 'cloud' }) do
    for _, block in ipairs(document:blocks(kind)) do
      document:remove(block)
    end
  end
  for _, block in ipairs(document:blocks 'terraform') do
    local inside = list.find(document:blocks(), function(other) return other.parent == block.id end)
    if not inside and #document:attributes(block) == 0 then
      document:remove(block)
    end
  end
  return document:text():find '%S' and hcl.format(document:text()) or nil
end

local EMPTY = { string = '""', number = '0', bool = 'false', list = '[]', set = '[]', tuple = '[]', map = '{}', object = '{}' }

local EXAMPLE = 'terraform.tfvars.example'

-- Values to fill in: an example that there is, else every variable that must have one.
local function example(x)
  for _, file in ipairs(x.facts.list(x.config.root)) do
    if path.basename(file) == EXAMPLE and path.dirname(file) == x.config.root then
      return x.facts.read(file)
    end
  end
  local lines = {}
  for _, item in ipairs(x.config:of 'variable') do
    local document = x.config.documents[item.file]
    local kind = document:find(item.block, 'type')
    if not document:find(item.block, 'default') then
      lines[#lines + 1] = ('%s = %s'):format(item.labels[1], kind and EMPTY[kind.expr:match '^%a+'] or 'null')
    end
  end
  return #lines > 0 and hcl.format(table.concat(lines, '\n') .. '\n') or nil
end

--- The files of the root of one environment: name -> text.
---@param x terraform.Extraction
---@param dir string
---@return table<string, string>
function M.files(x, dir)
  return {
    ['main.tf'] = main(x, dir), ['variables.tf'] = variables(x), ['outputs.tf'] = outputs(x), ['versions.tf'] = versions(x, dir),
    [EXAMPLE] = example(x),
  }
end

return M

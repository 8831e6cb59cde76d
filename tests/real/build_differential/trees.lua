-- trees.lua: bases, components and overlays by chance, with any fields. SPDX-License-Identifier: Apache-2.0
local C = part 'chance'
local fields = part 'fields'
local objects = part 'objects'

local one_of, chance, random = C.one_of, C.chance, math.random

---@class Tree
---@field tag string    what makes its names its own
---@field files table<string, string>
---@field known table[] objects: { api, kind, name, namespace, generated }
---@field count integer
local Tree = {}
Tree.__index = Tree

local WORDS = { 'app', 'web', 'db', 'cfg', 'x1', 'a.b', 'my-app', 'z' }

function Tree:name()
  self.count = self.count + 1
  return ('%s-%d-%s'):format(one_of(WORDS), self.count, self.tag)
end

-- The name of an object of that kind, most often of one that is there.
function Tree:name_of(kind)
  local names = {}
  for _, object in ipairs(self.known) do
    if object.kind == kind then names[#names + 1] = object.name end
  end
  return #names > 0 and chance(92) and one_of(names) or 'none-' .. self.tag
end

function Tree:namespace()
  return one_of { 'default', 'one-' .. self.tag, 'two-' .. self.tag }
end

function Tree:write(path, text)
  if chance(3) then text = text:gsub('\n', '\r\n') end
  if chance(1) then text = '\u{feff}' .. text end
  self.files[path] = text
end

function Tree:note(object) self.known[#self.known + 1] = object end

function Tree:object(scope)
  local kind = one_of(objects.KINDS)
  local name, namespace = self:name(), chance(25) and self:namespace() or nil
  if kind[2] == 'CustomResourceDefinition' then name = 'things.' .. name end
  local made = objects.object(kind, name, namespace, self.names)
  local known = { api = kind[1], kind = kind[2], name = name, namespace = namespace, made = made }
  self:note(known)
  scope[#scope + 1] = known
  return C.yaml(made)
end

local SEPARATORS = { '---\n', '---\n', '--- # next\n', '\n---\n', '---\n# alone\n---\n', '---  \n' }

-- A file of manifests.
function Tree:manifests(dir, scope)
  local texts = {}
  for i = 1, random(3) do texts[i] = self:object(scope) end
  local text = table.concat(texts, one_of(SEPARATORS))
  if chance(10) then text = '---\n' .. text end
  if chance(5) then text = text .. '---\n' end
  if chance(3) then text = '# head\n\n' .. text end
  self.count = self.count + 1
  local file = ('f%d.%s'):format(self.count, one_of { 'yaml', 'yml', 'yaml' })
  self:write(dir .. '/' .. file, text)
  return file
end

local NAMES = { 'kustomization.yaml', 'kustomization.yaml', 'kustomization.yaml', 'kustomization.yml', 'Kustomization' }

-- A kustomization in `dir` with what it names beneath it or beside it; `scope` are the objects that it sees.
function Tree:kustomization(dir, depth, scope, component)
  local k = {}
  local function field(name, value) k[#k + 1] = { name, value } end
  if component or chance(50) then
    field('apiVersion', 'kustomize.config.k8s.io/' .. (component and 'v1alpha1' or 'v1beta1'))
    field('kind', component and 'Component' or 'Kustomization')
  end
  local resources = {}
  for _ = 1, random(component and 0 or 1, depth > 1 and 1 or 3) do resources[#resources + 1] = self:manifests(dir, scope) end
  for _ = 1, depth > 0 and random(component and 0 or 1, 2) or 0 do
    local below = ('b%d'):format(self:next())
    local inner = {}
    self:kustomization(below, depth - 1, inner)
    table.move(inner, 1, #inner, #scope + 1, scope)
    table.insert(resources, random(#resources + 1), '../' .. below)
  end
  if #resources > 0 then field('resources', { list = resources }) end
  if chance(depth > 0 and 25 or 8) and not component then
    local named = ('c%d'):format(self:next())
    fields.generate(self, dir, field, scope)
    self:kustomization(named, 0, scope, true)
    field('components', { list = { '../' .. named } })
  else
    fields.generate(self, dir, field, scope)
  end
  fields.transform(self, dir, field, scope)
  if #k == 0 then field('namePrefix', 'p-') end
  self:write(dir .. '/' .. one_of(NAMES), C.yaml(k))
end

function Tree:next()
  self.count = self.count + 1
  return self.count
end

---A tree of kustomizations; its root is the folder `top`.
---@param tag string
---@return table<string, string> files
return function(tag)
  objects.has_added = false
  local tree = setmetatable({ tag = tag, files = {}, known = {}, count = 0 }, Tree)
  tree.names = setmetatable({ vars = { '$(A_' .. tag .. ')', '"x-$(A_' .. tag .. ')-y"', '$(NONE)', '"$$(A_' .. tag .. ')"' } },
    { __call = function(_, kind) return tree:name_of(kind) end })
  tree:kustomization('top', one_of { 0, 0, 0, 1, 1, 2 }, {})
  return tree.files
end

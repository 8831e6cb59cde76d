-- shape.lua: walks a YAML document by the shape of its format, aliases followed. SPDX-License-Identifier: Apache-2.0
local shape = {}

---@alias ifx.repo.OnScalar fun(match: yaml.Match, way: yaml.Step[])

---@class ifx.repo.Shape
---@field text? ifx.repo.OnScalar  called for a scalar. `match.path` is where its bytes stand; `way` how it was reached, which
---`document:get` follows: with an alias or a merge key they differ
---@field keys? table<string, ifx.repo.Shape>  what stands under these keys of a map
---@field each? ifx.repo.Shape                 what stands under every other key
---@field items? ifx.repo.Shape                each item of a list

local function below(way, step)
  local out = table.move(way, 1, #way, 1, {})
  out[#out + 1] = step
  return out
end

-- The node that an alias stands for: the last one before it that has its anchor.
local function anchored(walk, alias)
  walk.anchors = walk.anchors or walk.document:query({ '**' }, walk.n)
  local found
  for _, match in ipairs(walk.anchors) do
    if match.anchor == alias.alias and match.start < alias.start then found = match end
  end
  return found
end

local visit

local function children(walk, match)
  return walk.document:query(below(match.path, '*'), walk.n)
end

-- What a merge key gives belongs to the map itself.
local function merge(walk, node, match, way)
  if match.kind == 'seq' then
    for _, item in ipairs(children(walk, match)) do visit(walk, node, item, way) end
  else
    visit(walk, node, match, way)
  end
end

local function visit_map(walk, node, match, way)
  for _, child in ipairs(children(walk, match)) do
    local key = child.path[#child.path]
    if key == '<<' then
      merge(walk, node, child, way)
    else
      local inner = node.keys and node.keys[key] or node.each
      if inner then visit(walk, inner, child, below(way, key)) end
    end
  end
end

local function visit_list(walk, node, match, way)
  for i, child in ipairs(children(walk, match)) do visit(walk, node.items, child, below(way, i)) end
end

-- The same bytes may be reached several times, over several aliases: the first time counts.
local function is_new(walk, node, match)
  local seen = walk.seen[node] or {}
  local key = table.concat(match.path, '\0')
  walk.seen[node] = seen
  if seen[key] then return false end
  seen[key] = true
  return true
end

function visit(walk, node, match, way)
  if match.kind == 'alias' then
    match = anchored(walk, match)
  end
  if not match or not is_new(walk, node, match) then return end
  if match.kind == 'map' then
    visit_map(walk, node, match, way)
  elseif match.kind == 'seq' then
    if node.items then visit_list(walk, node, match, way) end
  elseif match.kind == 'scalar' and node.text then
    node.text(match, way)
  end
end

---Call the functions of a shape for the scalars of a document, each once.
---@param document yaml.Document
---@param n integer which document of the stream
---@param node ifx.repo.Shape what its top is
function shape.walk(document, n, node)
  local top = document:at({}, n)
  if top then visit({ document = document, n = n, seen = {} }, node, top, {}) end
end

return shape

-- drawing.lua: directory trees drawn with lines, in prose: which path each name stands for. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'
local text = require 'ifx.text'

local drawing = {}

-- The strokes before a name, in characters of one column each; '' when the line draws nothing.
local function strokes(line)
  local last = 0
  for stop in line:gmatch('[\xE2][\x94\x95][\x80-\xBF]()') do last = stop - 1 end
  if last == 0 then
    last = #(line:match('^[|%s]*[|`+\\]%-%-+') or '')
  end
  return line:sub(1, last)
end

local function drawn(line)
  local prefix = strokes(line)
  if prefix == '' or prefix:find('[%w/]') then return nil end
  local gap, name = line:match('^(%s*)([^%s#]*)', #prefix + 1)
  local column = (utf8.len(prefix) or #prefix) + #gap
  return name:gsub('[,:;]+$', ''), column, #prefix + #gap + 1
end

-- Runs of drawn lines, each with the line before it (which may name their root).
local function blocks(content)
  local out, block, before = {}, nil, nil
  for line, first in text.lines(content) do
    local name, column, offset = drawn(line)
    if name then
      if not block then
        block = { root = before and before[1], root_first = before and before[2], first = first }
        out[#out + 1] = block
      end
      block.last = first + #line - 1
      if name ~= '' and not name:find('^%.%.%.') then
        block[#block + 1] = { name = name, column = column, start = first + offset - 1 }
      end
    else
      block = nil
      before = line:find('%S') and { line, first } or before
    end
  end
  return out
end

-- Each name's path below the root of the drawing: the last name further left is its parent.
local function nest(block)
  local open = {}
  for _, item in ipairs(block) do
    while #open > 0 and open[#open].column >= item.column do table.remove(open) end
    local parent = open[#open]
    item.top = parent == nil
    if parent then parent.inner = true end
    item.path = (parent and parent.path .. '/' or '') .. item.name:gsub('/+$', '')
    open[#open + 1] = item
  end
end

-- Where the drawing can hang: the directory that its first line names, the file's directory, the root.
local function candidates(names, dir, root)
  local list = {}
  root = root and root:gsub('^%./', ''):gsub('/+$', '')
  if root and root ~= '' and root ~= '.' then
    local meaning = names:near(dir, root) or (root:find('/', 1, true) and names:tail(root))
    if meaning and meaning.kind == 'dir' then list[1] = meaning.target end
  end
  list[#list + 1] = dir
  if dir ~= '' then list[#list + 1] = '' end
  return list
end

local function score(tree, base, block)
  local tops, found = 0, 0
  for _, item in ipairs(block) do
    if item.top then
      tops = tops + 1
      found = found + (tree:exists(path.join(base, item.path)) and 1 or 0)
    end
  end
  return found * 2 > tops and found or 0
end

-- The one word of the line before a drawing, and where it stands.
local function root_of(block)
  local before, word = (block.root or ''):match('^([%s`*#>-]*)([^%s`*:]+)[%s`*:]*$')
  if not word then before, word = (block.root or ''):match('^([%s`*#>-]*)([^%s`*:]+/)%s') end
  if not word then return nil end
  local first = block.root_first + #before
  return word, { first, first + #word - 1 }
end

---The names of tree drawings, each with the path it stands for, where most of the drawing's first level exists.
---The second list has the bytes of all drawings, as {first, last}.
---@param content string
---@param dir string directory of the file
---@param names ifx.repo.Names
---@return { start: integer, stop: integer, text: string, target: string, base: string, leaf: boolean }[] found, integer[][] spans
function drawing.find(content, dir, names)
  local found, spans = {}, {}
  if not content:find('\xE2\x94', 1, true) and not content:find('|--', 1, true) and not content:find('`--', 1, true) then
    return found, spans
  end
  for _, block in ipairs(blocks(content)) do
    nest(block)
    local best, most = nil, 0
    local root, span = root_of(block)
    if span then spans[#spans + 1] = span end
    for _, base in ipairs(candidates(names, dir, root)) do
      local points = score(names.tree, base, block)
      if points > most then best, most = base, points end
    end
    for _, item in ipairs(block) do
      local target = best and path.normalize(path.join(best, item.path))
      spans[#spans + 1] = { item.start, item.start + #item.name - 1 }
      if target and names.tree:exists(target) then
        found[#found + 1] = {
          start = item.start, stop = item.start + #item.name - 1, text = item.name, target = target, base = path.dirname(target),
          leaf = not item.inner,
        }
      end
    end
  end
  return found, spans
end

return drawing

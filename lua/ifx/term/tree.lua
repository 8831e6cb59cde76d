-- tree.lua: paths drawn as a tree. SPDX-License-Identifier: Apache-2.0
local clean = require('term').clean

local M = {}

local STYLES = { ['+'] = 'green', ['-'] = 'red', ['~'] = 'yellow' }

-- A node is { is_folder =, mark =, note =, names =, children = }: the last two when something is below it.
local function child(parent, name, is_folder)
  if not parent.children then parent.names, parent.children = {}, {} end
  local node = parent.children[name]
  if not node then
    node = { is_folder = is_folder }
    parent.children[name] = node
    parent.names[#parent.names + 1] = name
  end
  node.is_folder = node.is_folder or is_folder
  return node
end

local function walk(from, path)
  for name, slash in path:gmatch '([^/]+)(/?)' do from = child(from, name, slash == '/') end
  return from
end

local function build(items)
  local root, folders = { is_folder = true }, {}
  for _, item in ipairs(items) do
    local node = type(item) == 'table' and item or { path = item }
    local above, name = (node.path or ''):match '^(.*/)([^/]+)$'
    local at = root
    if node.steps then
      for _, step in ipairs(node.steps) do at = child(at, step, false) end
    elseif above then
      folders[above] = folders[above] or walk(root, above)
      at = child(folders[above], name, false)
    else
      at = walk(root, node.path)
    end
    at.mark, at.note = node.mark or at.mark, node.note or at.note
  end
  return root
end

-- A folder that holds nothing but one folder, both without a mark or note, is one line.
local function join(node, name)
  while node.names and not node.names[2] and not node.mark and not node.note do
    local only = node.children[node.names[1]]
    if not only.is_folder then break end
    name, node = name .. '/' .. node.names[1], only
  end
  return node, name
end

local function line(term, node, name, safe)
  local text = safe(name) .. (node.is_folder and '/' or '')
  if node.mark then text = safe(node.mark) .. ' ' .. text end
  if STYLES[node.mark] then text = term.style(text, STYLES[node.mark]) end
  return node.note and text .. '  ' .. term.style(safe(node.note), 'dim') or text
end

local function draw(term, out, node, indent, safe)
  table.sort(node.names)
  local branch, n = indent .. '├── ', #out
  for i, own in ipairs(node.names) do
    local last = i == #node.names
    local below, name = join(node.children[own], own)
    out[n + 1], out[n + 2], out[n + 3] = last and indent .. '└── ' or branch, line(term, below, name, safe), '\n'
    n = n + 3
    if below.names then
      draw(term, out, below, indent .. (last and '    ' or '│   '), safe)
      n = #out
    end
  end
end

---@param items (string|ifx.term.Node)[]
---@param opts { root?: string, plain?: boolean }
---@param term table the module ifx.term: its styles
---@return string
function M.draw(items, opts, term)
  local out, safe = {}, opts.plain and clean or term.safe
  if opts.root then out[1] = safe(opts.root) .. '\n' end
  local root = build(items)
  if root.names then draw(term, out, root, '', safe) end
  return table.concat(out)
end

return M

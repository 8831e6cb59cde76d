-- tree.lua: paths drawn as a tree. SPDX-License-Identifier: Apache-2.0
local clean = require('term').clean

local M = {}

local STYLES = { ['+'] = 'green', ['-'] = 'red', ['~'] = 'yellow' }

local function folder()
  return { names = {}, children = {}, is_folder = true }
end

local function child(parent, name, is_folder)
  local node = parent.children[name]
  if not node then
    node = folder()
    node.is_folder = is_folder
    parent.children[name] = node
    parent.names[#parent.names + 1] = name
  end
  node.is_folder = node.is_folder or is_folder
  return node
end

local function add(root, item)
  local node = type(item) == 'table' and item or { path = item }
  local at = root
  for name, slash in node.path:gmatch '([^/]+)(/?)' do at = child(at, name, slash == '/') end
  at.mark, at.note = node.mark or at.mark, node.note or at.note
end

local function build(items)
  local root = folder()
  for _, item in ipairs(items) do add(root, item) end
  return root
end

-- A folder that holds nothing but one folder, both without a mark or note, is one line.
local function join(node, name)
  while node.is_folder and #node.names == 1 and not node.mark and not node.note do
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
  for i, own in ipairs(node.names) do
    local last = i == #node.names
    local below, name = join(node.children[own], own)
    out[#out + 1] = indent .. (last and '└── ' or '├── ') .. line(term, below, name, safe) .. '\n'
    if below.names[1] then draw(term, out, below, indent .. (last and '    ' or '│   '), safe) end
  end
end

---@param items (string|ifx.term.Node)[]
---@param opts { root?: string, plain?: boolean }
---@param term table the module ifx.term: its styles
---@return string
function M.draw(items, opts, term)
  local out, safe = {}, opts.plain and clean or term.safe
  if opts.root then out[1] = safe(opts.root) .. '\n' end
  draw(term, out, build(items), '', safe)
  return table.concat(out)
end

return M

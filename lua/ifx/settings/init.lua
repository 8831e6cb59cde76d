-- init.lua: files of settings that are not YAML, asked by path as YAML documents are. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

local settings = {}

---A node has the fields of yaml.Match that a collector uses: path, kind ('scalar', 'map' or 'seq'), value, text, style
---('double' for what knows escapes, nil for what is written as it is), start, stop, inner_start, inner_stop, line,
---column; in JSON5 also quote, the sign that a string stands in.
---@class ifx.Settings
---@field nodes table[] in file order
local Settings = {}
Settings.__index = Settings

local READERS = { json5 = 'ifx.settings.json5', toml = 'ifx.settings.toml', ini = 'ifx.settings.ini' }

---A format's reader adds nodes to this. Nodes are added in the order of their first bytes.
---@param content string
---@return { content: string, nodes: table[], add: function, fail: function }
local function builder(content)
  local position, nodes = text.positions(content), {}
  local build = { content = content, nodes = nodes }
  function build.add(path, node)
    node.path = table.move(path, 1, #path, 1, {})
    node.line, node.column = position(node.start)
    nodes[#nodes + 1] = node
    return node
  end
  function build.fail(at, why)
    error({ settings = true, at = at, why = why }, 0)
  end
  return build
end

---Reads the text of a file.
---@param format 'json5'|'toml'|'ini' json5 reads JSON, and JSON with comments, too
---@param content string
---@return ifx.Settings? settings
---@return { message: string, line: integer, column: integer }? why  it cannot be read
function settings.read(format, content)
  local build = builder(content)
  local ok, failure = pcall(require(READERS[format]), build)
  if ok then return setmetatable({ nodes = build.nodes }, Settings) end
  if type(failure) ~= 'table' or not failure.settings then error(failure, 0) end
  local line, column = text.position(content, math.min(failure.at, #content + 1))
  return nil, { message = failure.why, line = line, column = column }
end

-- Does the path, from step i on, match the pattern from j on?
local function matches(path, i, pattern, j)
  while j <= #pattern do
    local step = pattern[j]
    if step == '**' then
      for from = i, #path + 1 do
        if matches(path, from, pattern, j + 1) then return true end
      end
      return false
    elseif i > #path or step ~= '*' and step ~= path[i] then
      return false
    end
    i, j = i + 1, j + 1
  end
  return i > #path
end

---Every node that a pattern reaches, in file order; '*' stands for one step, '**' for any number of them.
---@param pattern (string|integer)[]
---@return table[]
function Settings:query(pattern)
  local found = {}
  for _, node in ipairs(self.nodes) do
    if matches(node.path, 1, pattern, 1) then found[#found + 1] = node end
  end
  return found
end

---The value of the first scalar at a path; nil where there is none.
---@param path (string|integer)[]
---@return any
function Settings:get(path)
  for _, node in ipairs(self:query(path)) do
    if node.kind == 'scalar' then return node.value end
  end
end

return settings

-- recipes.lua: the lines of a recipe as the shell gets them. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'

local M = {}

-- The width of the indentation of the first line that holds something.
local function indentation(content, lines)
  for _, line in ipairs(lines) do
    local lead = content:sub(line[1], line[2]):match('^(%s+)%S')
    if lead then
      return #lead
    end
  end
  return 0
end

-- The spans of lines, line ends included, each without the indentation of the recipe.
local function spans(content, item)
  local width, out = indentation(content, item.lines), {}
  for i, line in ipairs(item.lines) do
    local lead = #content:sub(line[1], line[2]):match('^%s*')
    out[i] = { line[1] + math.min(lead, width), item.newline[i] }
  end
  return out
end

-- Each line is a script of its own, but one that ends in a backslash goes on in the next.
local function lines_of(content, all)
  local out, open = {}, false
  for _, span in ipairs(all) do
    if not open then
      local marks = #content:sub(span[1], span[2]):match('^[@-]*')
      out[#out + 1] = {}
      span = { span[1] + marks, span[2] }
    end
    table.insert(out[#out], span)
    open = content:sub(span[1], span[2]):find('\\\r?\n$') ~= nil
  end
  return out
end

--- The scripts of a recipe: the whole of it, or its lines.
---@param c ifx.repo.Collector
---@param item just.Item
---@param whole boolean the recipe is one script
---@return ifx.repo.Excerpt[]
function M.scripts(c, item, whole)
  local content, out = c.file.text(), {}
  local all = spans(content, item)
  for i, some in ipairs(whole and { all } or lines_of(content, all)) do
    out[i] = excerpt.spans(c, some)
  end
  return out
end

--- The program that a recipe's first line names; nil when there is none.
---@param content string
---@param item just.Item
---@return string|nil
function M.shebang(content, item)
  local first = item.lines[1]
  return first and content:sub(first[1], first[2]):match('^%s*(#!.*)$')
end

return M

-- hcl_changes.lua: carrying out the changes of transforms on one HCL file. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local hcl = require 'hcl'

local M = {}

---A change to an HCL file. What it changes is named by its number, so that it is found after references were written
---anew: that changes the text of strings, never how many there are.
---@class ifx.layout.HclChange
---@field type 'hcl.replace'|'hcl.set'|'hcl.remove'|'hcl.append'|'hcl.format'
---@field file string
---@field string? integer     replace: the string of this number, from 1; `text` for what is between its quotes
---@field prefix? string      replace: put before what is between the quotes, which stays; `${…}` in it counts from then on
---@field traversal? integer  replace: the traversal of this number; `text` for its leading `old`
---@field old? string         replace: what must stand there
---@field block? { type: string, labels: string[], n: integer }  set, remove: the n-th of its type and labels
---@field name? string        set: the attribute
---@field text? string        set: the expression; append: blocks for the end of the file

local function raise(file, message)
  err.raise { kind = 'plugin', op = 'change ' .. file, file = file, message = message }
end

local function same_labels(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

local function find_block(document, change)
  local wanted, n = change.block, 0
  for _, block in ipairs(document:blocks(wanted.type)) do
    if same_labels(block.labels, wanted.labels) then
      n = n + 1
      if n == wanted.n then return block end
    end
  end
  raise(change.file, ('there is no block %s %s'):format(wanted.type, table.concat(wanted.labels, ' ')))
end

local function replace(document, change)
  local item, start, stop
  if change.traversal then
    item = document:traversals()[change.traversal]
    start, stop = item and item.start, item and item.start + #change.old - 1
  else
    item = document:strings()[change.string]
    start, stop = item and item.inner_start, item and item.inner_stop
  end
  local found = item and document:text():sub(start, stop)
  if not item or change.old and found ~= change.old then
    raise(change.file, ("'%s' does not stand where it was found"):format(change.old or change.prefix))
  end
  document:replace(start, stop, change.prefix and change.prefix .. found or change.text)
end

local APPLY = {
  ['hcl.replace'] = replace,
  ['hcl.set'] = function(document, change) document:set(find_block(document, change), change.name, change.text) end,
  ['hcl.remove'] = function(document, change) document:remove(find_block(document, change)) end,
  ['hcl.append'] = function(document, change) document:append(nil, change.text) end,
}

---Is this a type of change to HCL files?
---@param name any
---@return boolean
function M.known(name) return APPLY[name] ~= nil or name == 'hcl.format' end

---@param file string   for messages
---@param text string
---@param list ifx.layout.HclChange[]  in the order in which they are carried out
---@return string
function M.apply(file, text, list)
  local document, format = nil, false
  for _, change in ipairs(list) do
    if change.type == 'hcl.format' then
      format = true
    elseif M.known(change.type) then
      document = document or hcl.document(text, { file = file })
      APPLY[change.type](document, change)
    end
  end
  text = document and document:text() or text
  return format and hcl.format(text) or text
end

return M

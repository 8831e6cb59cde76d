-- documents.lua: the documents of a YAML stream as bytes, with what stands around them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local yaml = require 'yaml'

local M = {}

-- In YAML these begin a document wherever they stand at the start of a line, block scalars included.
local function is_marker(line) return line:find '^%-%-%-%s' ~= nil or line == '---' end

local function is_idle(text)
  for line in (text .. '\n'):gmatch '([^\n]*)\n' do
    if not line:find '^%s*#' and not line:find '^%s*$' then return false end
  end
  return true
end

local function begins(text, file)
  local found, at = {}, 1
  while at <= #text do
    local stop = text:find('\n', at, true) or #text
    local line = text:sub(at, stop)
    if is_marker(line) then
      found[#found + 1] = at
    elseif line:find '^%%' or line:find '^%.%.%.%s*$' then
      err.raise { kind = 'unsupported', op = 'cut ' .. file, file = file, message = ("'%s' stands between its documents")
        :format(line:match '^%S*'), hint = 'take directives and end marks away first; Kubernetes needs neither' }
    end
    at = stop + 1
  end
  return found
end

local last = {} -- a file that is split into thousands is cut once

---A stream cut where its documents begin: `head` is what stands before the first `---` and is no document (comments), the
---rest are the documents, each with its marker, and with the comments above and below it that stand between markers.
---@param text string
---@param file string  for messages
---@return { head: string, [integer]: string }
---Raises 'parse' as the reader does, 'unsupported' for directives and end marks.
function M.cut(text, file)
  if last.text == text and last.file == file then return last.parts end
  local count, starts = #yaml.document(text, { file = file }), begins(text, file)
  local parts = { head = text:sub(1, (starts[1] or #text + 1) - 1) }
  if not is_idle(parts.head) then
    parts.head = ''
    table.insert(starts, 1, 1)
  end
  for i, start in ipairs(starts) do parts[i] = text:sub(start, (starts[i + 1] or #text + 1) - 1) end
  if #parts ~= count then
    err.raise { kind = 'unsupported', op = 'cut ' .. file, file = file,
      message = ('%d documents where %d begin'):format(count, #parts) }
  end
  last = { text = text, file = file, parts = parts }
  return parts
end

---@class ifx.layout.Part
---@field file string
---@field documents integer[]  from 1
---@field head? boolean        with the comments above the first marker

-- Adds bytes to a stream: in a line of their own, and behind a marker where a document stands above one that has none.
local function add(out, bytes, is_document)
  if bytes == '' then return end
  local above = out[#out]
  if above and above:sub(-1) ~= '\n' then out[#out + 1] = '\n' end
  if is_document then
    if out.any and not is_marker(bytes:match '^[^\n]*\n?') then out[#out + 1] = '---\n' end
    out.any = true
  end
  out[#out + 1] = bytes
end

---The stream that parts of others make, in the order in which they are given.
---@param parts ifx.layout.Part[]
---@param read fun(file: string): string
---@return string
function M.take(parts, read)
  local out = {}
  for _, part in ipairs(parts) do
    local cut = M.cut(read(part.file), part.file)
    if part.head then add(out, cut.head, false) end
    for _, n in ipairs(part.documents) do
      if not cut[n] then
        err.raise { kind = 'argument', op = 'cut ' .. part.file, file = part.file,
          message = ('there is no document %s: it has %d'):format(tostring(n), #cut) }
      end
      add(out, cut[n], true)
    end
  end
  return table.concat(out)
end

return M

-- init.lua: finds the files that configurations of talhelper read. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'

local KINDS = {
  ['talhelper.patch'] = 'a patch of a machine configuration',
  ['talhelper.manifest'] = 'a manifest, or a document to add to a machine configuration',
  ['talhelper.file'] = 'the content of a file on a machine',
}

-- What nodes and their groups may say, below each of these.
local GROUPS = { {}, { 'controlPlane' }, { 'worker' }, { 'nodes', '*' } }

local function below(group, ...)
  local pattern = table.move(group, 1, #group, 1, {})
  return list.append(pattern, { ... })
end

-- talhelper replaces variables in the whole file before it reads a value.
local function add(c, match, kind, from)
  local rest = match.text:sub(from)
  local lead = rest:match('^%s*')
  local written = rest:match('^%s*(.-)%s*$')
  if written:find('$', 1, true) then
    return c:doubt(match, match.text, 'a variable')
  elseif written ~= '' and written:sub(1, 1) ~= '/' then
    c:path(match, {
      kind = kind, base = path.dirname(c.file.path), from = from + #lead, to = from + #lead + #written - 1,
      check = function(_, found) return found == 'dir' and 'a folder where a file is expected' or nil end,
    })
  end
end

-- `always`: the value is a path also without the @ that says so elsewhere.
local function each(c, document, pattern, kind, always)
  for _, match in ipairs(c:query(document, 1, pattern)) do
    local marked = match.kind == 'scalar' and match.text:sub(1, 1) == '@'
    if marked or always and match.kind == 'scalar' and match.text ~= '' then
      add(c, match, kind, marked and 2 or 1)
    end
  end
end

local function find(file, ctx)
  local c = finder.collect('talhelper', file, ctx)
  local document = c:document()
  if not document or #document == 0 then
    return c:result()
  end
  each(c, document, { 'inlineManifests', '*', 'contents' }, 'talhelper.manifest')
  for _, group in ipairs(GROUPS) do
    each(c, document, below(group, 'patches', '*'), 'talhelper.patch')
    each(c, document, below(group, 'extraManifests', '*'), 'talhelper.manifest', true)
    each(c, document, below(group, 'machineFiles', '*', 'content'), 'talhelper.file')
  end
  return c:result()
end

return {
  references = { { kinds = KINDS, files = { '**/talconfig.yaml', '**/talconfig.yml' }, find = find } },
}

-- facts.lua: makes plugins/kustomize/facts of tables taken from kustomize (NOTICE). SPDX-License-Identifier: Apache-2.0
local folder = assert(arg[1], 'usage: lua5.4 scripts/facts.lua FOLDER (with kustomize-*.tsv)')
local out = 'plugins/kustomize/facts/'

local function split(line)
  local cells = {}
  for cell in (line .. '\t'):gmatch('([^\t]*)\t') do
    cells[#cells + 1] = cell
  end
  return cells
end

-- The rows of a table, which begins with comments.
local function rows(name)
  local found = {}
  for line in io.lines(folder .. '/' .. name) do
    if not line:find('^#') then
      found[#found + 1] = split(line)
    end
  end
  return found
end

local function write(name, purpose, body)
  local file <close> = assert(io.open(out .. name .. '.lua', 'w'))
  file:write(('-- %s.lua: %s (scripts/facts.lua). SPDX-License-Identifier: Apache-2.0\nreturn {\n%s}\n')
    :format(name, purpose, body))
end

local function word(s)
  return ("'%s'"):format((s:gsub('\\', '\\\\')))
end

local function key(s)
  return s:find('^[%a_][%w_]*$') and s or ('[%s]'):format(word(s))
end

-- group = 'apps', kind = 'Deployment': what is not empty.
local function named(fields)
  local parts = {}
  for i = 1, #fields, 2 do
    if fields[i + 1] ~= '' then
      parts[#parts + 1] = ('%s = %s'):format(fields[i], word(fields[i + 1]))
    end
  end
  return table.concat(parts, ', ')
end

-- The values of a list by what `name` says of them: names in the order of their first, lists.
local function grouped(list, name)
  local names, by = {}, {}
  for _, item in ipairs(list) do
    local n = name(item)
    if not by[n] then
      names[#names + 1], by[n] = n, {}
    end
    table.insert(by[n], item)
  end
  return names, by
end

local function spec(cells)
  local fields = named { 'group', cells[3], 'version', cells[4], 'kind', cells[5], 'path', cells[6] }
  return ('{ %s%s },\n'):format(fields, cells[7] == 'true' and ', create = true' or '')
end

local function specs_of(list, indent)
  local lines = {}
  for i, cells in ipairs(list) do
    lines[i] = indent .. spec(cells)
  end
  return table.concat(lines)
end

local function references(list)
  local names, by = grouped(list, function(cells) return cells[2] end)
  local blocks = {}
  for i, name in ipairs(names) do
    local group, version, kind = name:match('^(.-)|(.-)|(.*)$')
    blocks[i] = ('    { %s, fieldSpecs = {\n%s    } },\n')
      :format(named { 'group', group, 'version', version, 'kind', kind }, specs_of(by[name], '      '))
  end
  return table.concat(blocks)
end

local function fieldspecs()
  local names, by = grouped(rows 'kustomize-fieldspecs.tsv', function(cells) return cells[1] end)
  table.sort(names)
  local blocks = {}
  for i, name in ipairs(names) do
    local body = name == 'nameReference' and references(by[name]) or specs_of(by[name], '    ')
    blocks[i] = ('  %s = {\n%s  },\n'):format(name, body)
  end
  write('fieldspecs', "fields that transformers look at", table.concat(blocks))
end

local function scopes()
  local names, by = grouped(rows 'kustomize-cluster-scoped.tsv', function(cells) return cells[2] end)
  table.sort(names)
  local lines = {}
  for i, kind in ipairs(names) do
    local versions = {}
    for j, cells in ipairs(by[kind]) do
      versions[j] = ('%s = true'):format(key(cells[1]))
    end
    lines[i] = ('  %s = { %s },\n'):format(key(kind), table.concat(versions, ', '))
  end
  write('scopes', 'kinds without a namespace, their apiVersions', table.concat(lines))
end

fieldspecs()
scopes()

-- run.lua: kustomizations made by chance, as ifx and as kubectl build them. SPDX-License-Identifier: Apache-2.0
-- HERE is the folder of the parts; in the environment: CASES, SEED, KUBECTL (the command), PATCHES (percent of cases that
-- are one object with one patch).
local fs = require 'fs'
local host = require 'host'
local node = require 'node'
local proc = require 'proc'
local render = require 'ifx.render'
local task = require 'ifx.task'

local PARTS, loaded = {}, {}
function PARTS.load(name)
  if loaded[name] == nil then
    local file = fs.join(HERE, name .. '.lua')
    loaded[name] = host.chunk(fs.read(file), '@' .. file, setmetatable({ part = PARTS.load }, { __index = _G }))()
  end
  return loaded[name]
end

local make_tree, make_patch, shrink = PARTS.load 'trees', PARTS.load 'patches', PARTS.load 'shrink'
local count, seed = tonumber(fs.env 'CASES' or '400'), tonumber(fs.env 'SEED' or '1')
local patches = tonumber(fs.env 'PATCHES' or '15')
local BATCH, PROCESSES, MOST = 25, 2, 6
local registry = require('ifx.plugin').registry {}

-- ---- both sides ----

local function ours(dir)
  local ok, result = pcall(function()
    local built = render.folder(registry, require('ifx.render.disk').open(), fs.realpath(dir):sub(2),
      { load_restrictor = 'root', reorder = 'legacy', enable_helm = false })
    return node.print(built.objects)
  end)
  return ok and result or nil, not ok and tostring(result) or nil
end

local command = {}
for word in (fs.env 'KUBECTL'):gmatch '%S+' do command[#command + 1] = word end

local function theirs(dir)
  local argv = table.move(command, 1, #command, 1, {})
  argv[#argv + 1] = dir
  local result = proc.run(argv, { check = false })
  return result.status == 0 and result.stdout or nil, result.status ~= 0 and result.stderr or nil
end

---@class Folder  files to be built, from the folder ''
---@field files table<string, string>

local function in_folder(files, f)
  local dir = fs.tempdir()
  local ok, a, b = pcall(function()
    for path, text in pairs(files) do
      fs.mkdir(fs.dirname(fs.join(dir, path)))
      fs.write(fs.join(dir, path), text)
    end
    return f(dir)
  end)
  fs.remove_tree(dir)
  if not ok then error(a, 0) end
  return a, b
end

-- Nil when both print the same or both refuse, else what is wrong; `only` leaves kubectl alone when it cannot be that.
local function judge(files, only)
  return in_folder(files, function(dir)
    local mine, why = ours(dir)
    if only and only.refused ~= (mine == nil) then return nil end
    local real, error_text = theirs(dir)
    if mine == real then return nil, mine end
    local kind = not mine and 'ifx refuses' or not real and 'kubectl refuses' or 'bytes differ'
    if only and only.kind ~= kind then return nil end
    return { kind = kind, refused = mine == nil, mine = mine or why, real = real or error_text }
  end)
end

-- ---- cases ----

local function make(number)
  math.randomseed(seed, number)
  local tag = tostring(number)
  return { tag = tag, files = (math.random(100) <= patches and make_patch or make_tree)(tag) }
end

-- Cases beside each other, below one root that adds nothing: what one process builds.
local function together(cases)
  local files, roots = {}, {}
  for i, case in ipairs(cases) do
    for path, text in pairs(case.files) do files[fs.join(case.tag, path)] = text end
    roots[i] = '- ' .. case.tag .. '/top\n'
  end
  files['kustomization.yaml'] = 'resources:\n' .. table.concat(roots)
  return files
end

local found, refused, compared = {}, 0, 0

local function note(cases, difference)
  found[#found + 1] = { cases = cases, difference = difference, number = tonumber(cases[1].tag) }
end

-- In halves, when there is a difference or both refuse, which one case may bring about for all.
local function compare(cases)
  if #cases == 0 or #found >= MOST then return end
  local difference, built = judge(together(cases))
  if built or #cases == 1 then compared = compared + #cases end
  if built then return end
  if #cases == 1 then
    if difference then note(cases, difference) else refused = refused + 1 end
    return
  end
  local before, middle = #found, #cases // 2
  compare(table.move(cases, 1, middle, 1, {}))
  compare(table.move(cases, middle + 1, #cases, 1, {}))
  if #found == before and difference and difference.kind == 'bytes differ' then note(cases, difference) end
end

-- What ifx refuses is tried alone, all else at once.
local function compare_batch(first)
  local good, bad = {}, {}
  for number = first, math.min(first + BATCH - 1, count) do
    local case = make(number)
    local into = in_folder(together { case }, ours) and good or bad
    into[#into + 1] = case
  end
  compare(good)
  for _, case in ipairs(bad) do compare { case } end
end

-- ---- what is said ----

local function show(entry)
  local files, difference = shrink(together(entry.cases), entry.difference, judge)
  print(('--- case %d: %s'):format(entry.number, difference.kind))
  local paths = {}
  for path in pairs(files) do paths[#paths + 1] = path end
  table.sort(paths)
  for _, path in ipairs(paths) do print(('=== %s\n%s'):format(path, files[path])) end
  print(('=== ifx\n%s\n=== kubectl\n%s'):format(difference.mine, difference.real))
end

local firsts = {}
for first = tonumber(fs.env 'FIRST' or '1'), count, BATCH do firsts[#firsts + 1] = first end
task.map(firsts, compare_batch, { limit = PROCESSES })
table.sort(found, function(a, b) return a.number < b.number end)
for _, entry in ipairs(found) do show(entry) end
print(('%d cases compared, %d of them refused by both, seed %d: %d differences'):format(compared, refused, seed, #found))
if #found > 0 then error('ifx and kubectl kustomize differ', 0) end

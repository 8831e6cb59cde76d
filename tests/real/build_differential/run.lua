-- run.lua: kustomizations made by chance, as ifx and as kubectl build them. SPDX-License-Identifier: Apache-2.0
-- HERE is the folder of the parts; in the environment: CASES, SEED, FIRST (the first case), KUBECTL (the command), PATCHES
-- (percent of cases that are one object with one patch), TEXTS (percent that are one text, written in odd ways), STATE (a file that lets a run go on where it was stopped), SHOW
-- (how many of the cases that differ are made small and printed).
local fs = require 'fs'
local host = require 'host'
local json = require 'json'
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

local make_tree, make_patch, make_text, shrink = PARTS.load 'trees', PARTS.load 'patches', PARTS.load 'texts', PARTS.load 'shrink'

local function number(name, default) return math.tointeger(tonumber(fs.env(name) or default)) end

local CASES, SEED, FIRST = number('CASES', 400), number('SEED', 1), number('FIRST', 1)
local PATCHES, TEXTS, SHOW, STATE = number('PATCHES', 15), number('TEXTS', 10), number('SHOW', 6), fs.env 'STATE'
local BLOCK, PROCESSES = 100, 2
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

---@class Folder  files to be built, from the folder 'top'
---@field files table<string, string>

local function in_folder(files, f)
  local dir = fs.tempdir()
  local ok, a, b = pcall(function()
    for path, text in pairs(files) do
      fs.mkdir(fs.dirname(fs.join(dir, path)))
      fs.write(fs.join(dir, path), text)
    end
    return f(fs.join(dir, 'top'))
  end)
  fs.remove_tree(dir)
  if not ok then error(a, 0) end
  return a, b
end

-- Nil when both print the same or both refuse, else what is wrong; and whether both built it. `only` leaves kubectl alone
-- when it cannot be that.
local function judge(files, only)
  if not next(files) then return nil end
  return in_folder(files, function(dir)
    local mine, why = ours(dir)
    if only and only.refused ~= (mine == nil) then return nil end
    local real, error_text = theirs(dir)
    if mine == real then return nil, mine ~= nil end
    local kind = not mine and 'ifx refuses' or not real and 'kubectl refuses' or 'bytes differ'
    if only and only.kind ~= kind then return nil end
    return { kind = kind, refused = mine == nil, mine = mine or why, real = real or error_text }
  end)
end

-- ---- cases ----

local function make(case)
  math.randomseed(SEED, case)
  local n = math.random(100)
  return (n <= PATCHES and make_patch or n > 100 - TEXTS and make_text or make_tree)(tostring(case))
end

-- What is known so far: cases below `next` are done.
local function begin()
  local text = STATE and fs.try_read(STATE)
  local known = text and json.decode(text)
  if known and known.seed == SEED and known.first == FIRST then return known end
  return { seed = SEED, first = FIRST, next = FIRST, same = 0, refused = 0, differ = {} }
end

local state = begin()

local function compare(case)
  local difference, built = judge(make(case))
  if difference then
    local why = difference.kind == 'kubectl refuses' and ': …' .. difference.real:sub(-100)
      or difference.kind == 'ifx refuses' and ': ' .. difference.mine:sub(1, 150) or ''
    print(('case %d differs: %s (SEED=%d FIRST=%d CASES=%d)%s'):format(case, difference.kind, SEED, case, case,
      (why:gsub('\n', ' '))))
    table.insert(state.differ, case)
  else
    local verdict = built and 'same' or 'refused'
    state[verdict] = state[verdict] + 1
  end
end

local function counts()
  return ('%d same, %d refused by both, %d differ'):format(state.same, state.refused, #state.differ)
end

while state.next <= CASES do
  local block = {}
  for case = state.next, math.min(state.next + BLOCK - 1, CASES) do block[#block + 1] = case end
  task.map(block, compare, { limit = PROCESSES })
  state.next = block[#block] + 1
  if STATE then fs.write(STATE, json.encode(state)) end
  if (state.next - FIRST) % (10 * BLOCK) == 0 then
    print(('seed %d, up to case %d: %s'):format(SEED, state.next - 1, counts()))
  end
end

-- ---- what is said ----

local function lines_that_differ(difference)
  local dir = fs.tempdir()
  fs.write(fs.join(dir, 'ifx'), difference.mine)
  fs.write(fs.join(dir, 'kubectl'), difference.real)
  local result = proc.run({ 'diff', '-u', 'ifx', 'kubectl' }, { check = false, cwd = dir })
  fs.remove_tree(dir)
  return result.stdout
end

local function show(case)
  local files = make(case)
  local difference = judge(files)
  if not difference then return print(('--- case %d: differs no longer'):format(case)) end
  files, difference = shrink(files, difference, judge)
  print(('--- case %d: %s'):format(case, difference.kind))
  local paths = {}
  for path in pairs(files) do paths[#paths + 1] = path end
  table.sort(paths)
  for _, path in ipairs(paths) do print(('=== %s\n%s'):format(path, files[path])) end
  print(difference.kind == 'bytes differ' and lines_that_differ(difference)
    or ('=== ifx\n%s\n=== kubectl\n%s'):format(difference.mine, difference.real))
end

table.sort(state.differ)
for i = 1, math.min(SHOW, #state.differ) do show(state.differ[i]) end
print(('seed %d, cases %d to %d: %s'):format(SEED, FIRST, state.next - 1, counts()))
if #state.differ > 0 then error('ifx and kubectl kustomize differ', 0) end

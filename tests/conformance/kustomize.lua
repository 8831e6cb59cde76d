-- kustomize.lua: the cases of kustomize's own test-suite, rendered and compared by bytes. SPDX-License-Identifier: Apache-2.0
-- In the environment: IFX_CONFORMANCE (folder of the cases), IFX_CASE (only cases whose name or feature holds this text).
local fs = require 'fs'
local json = require 'json'
local node = require 'node'

local dir = fs.join(fs.env 'IFX_CONFORMANCE' or '../shared/conformance', 'kustomize')
local wanted = fs.env 'IFX_CASE' or ''
local registry = require('ifx.plugin').registry { dir = fs.cwd() }
local render = require 'ifx.render'

local function is_wanted(case)
  if case.name:find(wanted, 1, true) then return true end
  for _, feature in ipairs(case.features or {}) do
    if feature == wanted then return true end
  end
  return false
end

local function cases()
  local list = {}
  for _, entry in ipairs(fs.list(dir)) do
    local case = json.decode(fs.read(fs.join(dir, entry.name, 'case.json')))
    case.name, case.dir = entry.name, fs.join(dir, entry.name)
    if is_wanted(case) then list[#list + 1] = case end
  end
  return list
end

local ORDER = { none = 'none', legacy = 'legacy', unspecified = 'legacy' }

local function build(case)
  local root = fs.realpath(fs.join(case.dir, 'in', (case.root:gsub('^/+', ''))))
  if not root then error("'" .. case.root .. "' doesn't exist", 0) end
  local result = render.folder(registry, require('ifx.render.disk').open(), root:sub(2), {
    load_restrictor = case.options.LoadRestrictions == 'none' and 'none' or 'root',
    reorder = ORDER[case.options.Reorder], enable_helm = false, managed_by = case.options.AddManagedbyLabel == true,
  })
  return node.print(result.objects)
end

local function first_difference(got, expected)
  local a, b = got:gmatch '([^\n]*)\n?', expected:gmatch '([^\n]*)\n?'
  local number = 0
  while true do
    local x, y = a(), b()
    number = number + 1
    if x ~= y or not x then return ('line %d: expected %s, got %s'):format(number, y, x) end
  end
end

-- Nil when the case is as it should be, else why not.
local function judge(case)
  local expected = fs.try_read(fs.join(case.dir, 'expected.yaml'))
  local ok, got = pcall(build, case)
  if expected then
    if not ok then return tostring(got) end
    return got ~= expected and first_difference(got, expected) or nil
  end
  if ok then return 'it builds, but must be refused' end
  if case.text == 'free' then return nil end
  for line in fs.read(fs.join(case.dir, 'expected.err')):gmatch '[^\n]+' do
    if not tostring(got):find(line, 1, true) then return ("it must say '%s', but says: %s"):format(line, tostring(got)) end
  end
end

if not fs.stat(dir) then
  print('pending: no cases at ' .. dir)
  return
end
local passed, failed = 0, 0
for _, case in ipairs(cases()) do
  local why = judge(case)
  if why then
    failed = failed + 1
    print(('FAIL  %s [%s]\n      %s'):format(case.name, table.concat(case.features or {}, ' '), why))
  else
    passed = passed + 1
  end
end
print(('%d passed, %d failed'):format(passed, failed))
if failed > 0 then error(failed .. ' cases of kustomize fail', 0) end

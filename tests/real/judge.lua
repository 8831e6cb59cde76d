-- judge.lua: what the judges of real repositories share; a judge is appended to it. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local git = require 'ifx.repo.git'
local json = require 'json'
local proc = require 'proc'
local yaml = require 'yaml'

local REPO, SHARED, TIP, BASE = fs.env 'REPO', fs.env 'SHARED', fs.env 'TIP', fs.env 'BASE'
local passed, failed = 0, 0

local function ok(name, good, detail)
  if good then
    passed = passed + 1
  else
    failed = failed + 1
    print(('FAILED: %s%s'):format(name, detail and ': ' .. tostring(detail) or ''))
  end
end

local function equal(name, wanted, got)
  ok(name, wanted == got, ('wanted %s, got %s'):format(tostring(wanted), tostring(got)))
end

local function run(...) return (git.run(REPO, { ... }).stdout:gsub('\n$', '')) end

local function oid(rev, path) return git.try_line(REPO, { 'rev-parse', '--verify', '--quiet', rev .. ':' .. path }) end

local function lines(text)
  local out = {}
  for line in (text .. '\n'):gmatch '(.-)\n' do out[#out + 1] = line end
  return out
end

local function file_lines(rev, path) return lines(run('show', rev .. ':' .. path)) end

local function commits_of(rev, path) return #lines(run('log', '--follow', '--format=%H', rev, '--', path)) end

-- Objects of YAML texts by identity, each as text of its parsed content.
local function add_objects(into, text, name)
  for _, object in ipairs(yaml.decode_all(text, { file = name })) do
    if type(object) == 'table' and object.kind then
      local meta = object.metadata or {}
      local id = table.concat({ object.apiVersion, object.kind, meta.namespace or '', meta.name or '' }, ' ')
      ok('one object of each name: ' .. id, into[id] == nil)
      into[id] = json.encode(object)
    end
  end
  return into
end

local function count(map)
  local n = 0
  for _ in pairs(map) do n = n + 1 end
  return n
end

local function equal_objects(name, wanted, got)
  for id, content in pairs(wanted) do
    ok(('%s: %s is there'):format(name, id), got[id] ~= nil)
    ok(('%s: %s has the same content'):format(name, id), got[id] == nil or got[id] == content)
  end
  for id in pairs(got) do ok(('%s: %s was there'):format(name, id), wanted[id] ~= nil) end
end

local function done() print(('%d passed, %d failed'):format(passed, failed)) end

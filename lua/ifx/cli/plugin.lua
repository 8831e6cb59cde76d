-- plugin: list, show, make and test plugins. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local plugin = require 'ifx.plugin'
local term = require 'term'

local M = {
  summary = 'List, show, make and test plugins',
  usage = 'plugin list | info NAME | new NAME | test [NAME]',
  doc = [[
list         every plugin that is found: of this program, of the user, of the repository
info NAME    what it brings, what it may reach, how it is configured
new NAME     make a small plugin with its test, in plugins/ of the repository (or --dir)
test [NAME]  run the specs of a plugin, or of every plugin of the repository]],
  options = {
    { 'C', value = 'DIR', doc = 'the repository (default: the working directory)' },
    { 'dir', value = 'DIR', doc = 'new: the folder that the plugin is made in' },
    { 'trust', doc = 'test: trust the plugin as it is now, then test it' },
    { 'json', doc = 'list, info: one document of the format ifx.plugins/1; test: ifx.test/1' },
    { 'filter', value = 'PATTERN', doc = 'test: only specs whose full name matches this Lua pattern' },
    { 'verbose', doc = 'test: each file with its time, and tracebacks' },
  },
  args = { 1, 2 },
}

local function repository(opts)
  return fs.realpath(opts.C or '.')
    or err.raise { kind = 'not_found', op = 'open the repository', message = 'no such folder: ' .. opts.C }
end

local function write(...)
  term.write(term.clean(table.concat({ ... })) .. '\n')
end

local function as_data(entry)
  local ifx = require 'ifx'
  local m = entry.manifest or {}
  return {
    name = entry.name, source = entry.source, dir = entry.dir, state = entry.state, why = entry.why,
    version = m.version, summary = m.summary, requires = m.requires and ifx.list(m.requires),
    contributes = m.contributes, grants = m.grants,
  }
end

local function write_json(entries)
  local ifx = require 'ifx'
  local list = ifx.list {}
  for _, entry in ipairs(entries) do list[#list + 1] = as_data(entry) end
  term.write(require 'json'.encode({ format = 'ifx.plugins/1', plugins = list }, { pretty = true }) .. '\n')
end

local function list(opts)
  local entries = plugin.registry { dir = repository(opts) }:list()
  if opts.json then return write_json(entries) end
  local rows = {}
  for _, entry in ipairs(entries) do
    local m = entry.manifest or {}
    rows[#rows + 1] = { entry.name, m.version or '', entry.source, entry.state, m.summary or '' }
  end
  term.write(require 'ifx.term'.table(rows, { header = { 'NAME', 'VERSION', 'SOURCE', 'STATE', 'SUMMARY' } }))
  for _, entry in ipairs(entries) do
    if entry.why then write(('%s is %s: %s'):format(entry.name, entry.state, entry.why)) end
  end
end

local function find(registry, name)
  for _, entry in ipairs(registry:list()) do
    if entry.name == name then return entry end
  end
  registry:load(name) -- raises not_found with a suggestion
end

local function section(title, lines)
  if #lines == 0 then return end
  write(title)
  for _, line in ipairs(lines) do write('  ', line) end
end

local function contributions(m)
  local lines = {}
  for sort, names in pairs(m.contributes) do lines[#lines + 1] = ('%s: %s'):format(sort, table.concat(names, ', ')) end
  table.sort(lines)
  return lines
end

local function info(opts, name)
  local registry = plugin.registry { dir = repository(opts) }
  local entry = find(registry, name)
  if opts.json then return write_json { entry } end
  local m = entry.manifest
  write(('%s %s (%s, %s)'):format(entry.name, m and m.version or '?', entry.source, entry.state))
  if entry.why then write('  ', entry.why) end
  write('  ', entry.dir)
  if not m then return end
  write('  ', m.summary)
  section('brings', contributions(m))
  section('reaches', require 'ifx.plugin.manifest'.describe_grants(m))
  if #m.requires > 0 then section('requires', { table.concat(m.requires, ', ') }) end
  local fields = {}
  for _, row in ipairs(require 'ifx.schema'.rows(m.config)) do fields[#fields + 1] = table.concat(row, '  ') end
  section('configuration', fields)
  section('instances', registry.config:instances(name))
end

local function new(opts, name)
  local parent = opts.dir or fs.join(repository(opts), 'plugins')
  local dir = require 'ifx.plugin.template'.write(parent, name)
  write('made ', dir)
  if fs.basename(parent) ~= 'plugins' then return end -- not where a repository's plugins are found
  local consent, trust = require 'ifx.plugin.consent', require 'ifx.plugin.trust'
  trust.record(consent.at(dir)) -- it holds what this program has just written
  write('next: ifx plugin test ', name, ', and after each change: ifx plugin test ', name, ' --trust')
end

-- Tests run the plugin's code: the same trust as for using it.
local function check_trusted(entry, opts)
  if entry.state == 'untrusted' and opts.trust then
    require 'ifx.plugin.trust'.record { require 'ifx.plugin.consent'.of_entry(entry) }
  elseif entry.state == 'untrusted' then
    err.raise { kind = 'trust', op = 'test the plugin ' .. entry.name, message = ('it is not trusted: %s'):format(entry.why),
      file = entry.manifest.file, hint = 'look at it, then: ifx plugin test ' .. entry.name .. ' --trust' }
  elseif entry.state == 'broken' then
    error(entry.error, 0)
  end
end

local function spec_files(entry, opts)
  check_trusted(entry, opts)
  local tests = fs.join(entry.dir, 'tests')
  return fs.stat(tests) and require 'ifx.specs'.find { tests } or {}
end

local function test(opts, name)
  local registry = plugin.registry { dir = repository(opts) }
  local files = {}
  if name then
    files = spec_files(find(registry, name), opts)
  else
    for _, entry in ipairs(registry:list()) do
      if entry.source == 'repository' then
        require 'ifx.list'.append(files, spec_files(entry, opts))
      end
    end
  end
  return require 'ifx.cli.test'.run_files(files, opts)
end

local ACTIONS = { list = { list, 0 }, info = { info, 1 }, new = { new, 1 }, test = { test, 0, 1 } }

function M.run(opts, args)
  local action = ACTIONS[args[1]]
  if not action then
    err.raise { kind = 'argument', usage = true, message = ("'%s' is none of list, info, new, test"):format(args[1]),
      hint = require 'ifx.cli.options'.suggest(args[1], { 'list', 'info', 'new', 'test' }, '`ifx help plugin`') }
  end
  local words = #args - 1
  if words < action[2] or words > (action[3] or action[2]) then
    err.raise { kind = 'argument', usage = true, message = words < action[2] and 'the name of a plugin is missing'
      or ("'%s' is one word too many"):format(args[#args]), hint = 'usage: ifx ' .. M.usage }
  end
  return action[1](opts, args[2])
end

return M

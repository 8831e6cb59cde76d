-- trust: let the code of a repository run, after seeing what it may reach. SPDX-License-Identifier: Apache-2.0
local consent = require 'ifx.plugin.consent'
local err = require 'err'
local term = require 'term'
local trust = require 'ifx.plugin.trust'

local M = {
  summary = 'Let the plugins, recipes and configuration of a repository be used',
  usage = 'trust [PATH] [--yes | --list | --revoke]',
  doc = [[
PATH is a repository (default: the working directory), the folder of a plugin, a recipe or an ifx.yaml.
Shows what each may reach, asks, and records the hash of its files: a changed byte ends the trust.]],
  options = {
    { 'yes', doc = 'do not ask' },
    { 'list', doc = 'show everything that is trusted' },
    { 'revoke', doc = 'trust PATH and what is below it no longer' },
    { 'json', doc = 'with --list: one document of the format ifx.trusted/1' },
  },
  args = { 0, 1 },
}

local function write(text)
  term.write(term.clean(text) .. '\n')
end

local function list(opts)
  local entries = trust.list()
  if opts.json then
    local ifx = require 'ifx'
    term.write(require 'json'.encode({ format = 'ifx.trusted/1', trusted = ifx.list(entries) }, { pretty = true }) .. '\n')
    return
  end
  if #entries == 0 then write('nothing is trusted') end
  for _, entry in ipairs(entries) do
    write(('%s %s  %s'):format(entry.kind, entry.name, entry.path))
    for _, line in ipairs(entry.grants) do write('  ' .. line) end
  end
end

local function revoke(path)
  local gone = trust.revoke(path)
  if #gone == 0 then
    err.raise { kind = 'not_found', op = 'revoke trust', message = 'nothing is trusted at ' .. path,
      hint = '`ifx trust --list` shows what is' }
  end
  for _, known in ipairs(gone) do write('no longer trusted: ' .. known) end
end

local function show(item)
  local state = item.trusted and 'is trusted' or item.why
  write(('%s %s: %s'):format(item.kind, item.name, state))
  write('  ' .. item.path)
  for _, line in ipairs(item.grants) do write('  ' .. line) end
end

local function confirmed(opts, count)
  if opts.yes then return true end
  if not term.isatty('stdin') then
    err.raise { kind = 'argument', op = 'trust', message = 'there is no terminal to ask at',
      hint = 'read what is shown above, then: ifx trust --yes' }
  end
  term.error(('Trust %s? What is granted runs with your rights. [y/N] '):format(count == 1 and 'this' or 'these ' .. count))
  local answer = term.read_line()
  return answer ~= nil and answer:lower():find('^%s*y') ~= nil
end

local function grant(path, opts)
  local items, wanted = consent.at(path), {}
  for _, item in ipairs(items) do
    show(item)
    if not item.trusted then wanted[#wanted + 1] = item end
  end
  if #items == 0 then write('nothing here needs trust: no plugins, no recipes, no ifx.yaml') end
  if #wanted == 0 then return 0 end
  if not confirmed(opts, #wanted) then
    write('nothing was changed')
    return 1
  end
  trust.record(wanted)
  for _, item in ipairs(wanted) do write('trusted: ' .. item.path) end
  return 0
end

function M.run(opts, args)
  local path = args[1] or '.'
  if opts.list then return list(opts) end
  if opts.revoke then return revoke(path) end
  return grant(path, opts)
end

return M

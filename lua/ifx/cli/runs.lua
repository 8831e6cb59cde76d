-- runs: what was run here: list, show, resume, roll back. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local term = require 'term'

local function registry_of(record)
  return require('ifx.plugin').registry { dir = record.dir }
end

-- `last` is the newest run whose directory holds the one that we stand in.
local function id_of(word)
  if word ~= 'last' then
    return word
  end
  local fs = require 'fs'
  local here = fs.realpath(fs.cwd()) .. '/'
  for _, record in ipairs(require('ifx.run').list()) do
    if here:sub(1, #record.dir + 1) == record.dir .. '/' then
      return record.id
    end
  end
  err.raise {
    kind = 'not_found', op = 'find the run', message = 'nothing was run in this directory', hint = 'ifx runs list shows all',
  }
end

local verbs = {}

function verbs.list(opts)
  local runs = require('ifx.run').list()
  if opts.json then
    term.write(require('json').encode({ format = 'ifx.runs/1', runs = runs }, { pretty = true }) .. '\n')
  elseif #runs == 0 then
    term.write('There are no runs yet.\n')
  else
    term.write(require('ifx.show').runs(runs))
  end
end

function verbs.show(opts, id)
  local record = require('ifx.run').show(id)
  require('ifx.cli.apply').show(record, opts)
  if not opts.json then
    term.write('\nThe plan was:\n\n' .. require('ifx.show').plan(record.plan))
  end
end

local function work(opts, id, verb)
  local run, apply = require 'ifx.run', require 'ifx.cli.apply'
  local record = run[verb](id, { registry = registry_of(run.show(id)), notify = apply.notify })
  apply.show(record, opts)
end

function verbs.resume(opts, id)
  work(opts, id, 'resume')
end

function verbs.rollback(opts, id)
  work(opts, id, 'rollback')
end

return {
  summary = 'List, show, resume or roll back runs',
  usage = 'runs list | show ID | resume ID | rollback ID',
  doc = 'ID is the id of a run, its beginning where only one begins so, or `last`: the newest of this directory.',
  options = { { 'json', doc = 'as JSON' } },
  args = { 1, 2 },
  run = function(opts, words)
    local verb, id = words[1], words[2]
    if not verbs[verb] or (verb == 'list') ~= (id == nil) then
      err.raise {
        kind = 'argument', usage = true, message = ("not understood: 'runs %s'"):format(table.concat(words, ' ')),
        hint = 'usage: ifx runs list | show ID | resume ID | rollback ID',
      }
    end
    verbs[verb](opts, id and id_of(id))
    return 0
  end,
}

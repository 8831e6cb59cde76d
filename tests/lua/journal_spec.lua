-- journal_spec.lua: runs and entries from Lua. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local failure = dofile 'tests/lua/support/failure.lua'
local fs = require 'fs'
local ifx = require 'ifx'
local journal = require 'journal'
local task = require 'task'

describe('journal', function()
  local dir, path, j

  before_each(function()
    dir = fs.tempdir 'ifx-journal'
    path = dir .. '/state/ifx/journal.db'
    j = journal.open(path)
    j:begin_run { id = 'run-1', recipe = 'restructure', dir = '/d', plan = '{"operations":[]}' }
  end)

  after_each(function()
    j:close()
    fs.remove_tree(dir)
  end)

  it('keeps runs', function()
    j:begin_run { id = 'run-2', recipe = 'rollout', dir = '/tmp/x é', plan = '{}' }
    j:state('run-1', 'failed')
    local runs = j:runs()
    assert.is_true(ifx.is_list(runs))
    assert.equal('run-2', runs[1].id)
    assert.same({ 'run-1', 'restructure', 'failed' }, { runs[2].id, runs[2].recipe, runs[2].state })
    assert.is_true(runs[2].ended >= runs[2].started)
    assert.is_nil(runs[1].ended)
    assert.is_nil(runs[1].plan)
    assert.equal('/tmp/x é', runs[1].dir)
    assert.equal('/d', j:run('run-1').dir)
    assert.equal('{"operations":[]}', j:run('run-1').plan)
    j:state('run-1', 'running')
    assert.is_nil(j:run('run-1').ended)
  end)

  it('finds a run by the beginning of its id', function()
    assert.equal('run-1', j:run('r').id)
    assert.is_nil(j:run 'x')
    j:begin_run { id = 'run-12', recipe = 'r', dir = '/d', plan = '{}' }
    assert.equal('run-1', j:run('run-1').id)
    local e = failure(j.run, j, 'run')
    assert.same({ 'argument', 'journal.run' }, { e.kind, e.op })
    assert.is_truthy(e.message:find('run-1, run-12', 1, true))
  end)

  it('keeps entries, also over closing', function()
    assert.equal(2, j:record('run-1', { { op = 1, phase = 'begun', data = '\0\xff' }, { op = 2, phase = 'begun' } }))
    assert.equal(3, j:record('run-1', { { op = 1, phase = 'done', data = '' } }))
    assert.equal(3, j:record('run-1', {}))
    j:close()
    j:close()
    j = journal.open(path)
    local entries = j:entries 'run-1'
    assert.equal(3, #entries)
    assert.same({ 1, 1, 'begun', '\0\xff' }, { entries[1].seq, entries[1].op, entries[1].phase, entries[1].data })
    assert.is_nil(entries[2].data)
    assert.equal('', entries[3].data)
    assert.equal('float', math.type(entries[3].at))
  end)

  it('takes calls of many tasks, each whole', function()
    task.scope(function(s)
      for i = 1, 20 do
        s:go(function() j:record('run-1', { { op = i, phase = 'begun' }, { op = i, phase = 'done' } }) end)
      end
    end)
    local entries = j:entries 'run-1'
    assert.equal(40, #entries)
    for i = 1, 40, 2 do
      assert.equal(entries[i].op, entries[i + 1].op)
      assert.equal('done', entries[i + 1].phase)
    end
  end)

  it('completes what was begun when it is closed or the task is cancelled', function()
    local e = failure(task.scope, function(s)
      s:go(function() j:record('run-1', { { op = 1, phase = 'begun' } }) end)
      s:go(function() j:record('run-1', { { op = 2, phase = 'begun' } }) end)
      s:go(function()
        j:close()
        err.raise { kind = 'conflict', op = 'test', message = 'first' }
      end)
    end)
    assert.equal('first', e.message)
    j = journal.open(path)
    assert.equal(2, #j:entries 'run-1')
  end)

  it('refuses what does not fit', function()
    local function kind(method, ...) return failure(j[method], j, ...).kind end
    assert.equal('exists', kind('begin_run', { id = 'run-1', recipe = 'r', dir = '/d', plan = '{}' }))
    assert.equal('argument', kind('begin_run', { id = '', recipe = 'r', dir = '/d', plan = '{}' }))
    assert.equal('argument', kind('begin_run', { id = 'x', dir = '/d', plan = '{}' }))
    assert.equal('argument', kind('begin_run', { id = 'x', recipe = 'r', plan = '{}' }))
    assert.equal('argument', kind('begin_run', 'x'))
    assert.equal('not_found', kind('record', 'nobody', {}))
    assert.equal('not_found', kind('state', 'nobody', 'done'))
    assert.equal('not_found', kind('entries', 'nobody'))
    assert.equal('argument', kind('state', 'run-1', 'finished'))
    assert.equal('argument', kind('record', 'run-1', { { op = 1, phase = 'finished' } }))
    assert.equal('argument', kind('record', 'run-1', { { op = 1.5, phase = 'begun' } }))
    assert.equal('argument', kind('record', 'run-1', { { op = 1 } }))
    assert.equal('argument', kind('record', 'run-1', { { op = 1, phase = 'begun', data = 1 } }))
    assert.equal('argument', kind('record', 'run-1', { 'begun' }))
    assert.equal('argument', kind('record', 'run-1'))
    assert.equal('argument', kind('run', 'a\0b'))
    assert.equal(0, #j:entries 'run-1')
    j:close()
    assert.is_truthy(failure(j.runs, j).message:find('the journal is closed', 1, true))
    assert.equal('argument', failure(j.runs, 1).kind)
    assert.equal('argument', failure(j.close, 1).kind)
  end)

  it('refuses files that are no journal', function()
    local other = dir .. '/text'
    fs.write(other, ('no database at all\n'):rep(100))
    local e = failure(journal.open, other)
    assert.same({ 'unsupported', 'journal.open', other }, { e.kind, e.op, e.file })
    assert.equal('not_found', failure(journal.open, other .. '/journal.db').kind)
    assert.equal('argument', failure(journal.open, '').kind)
    assert.equal('argument', failure(journal.open, path, { timeout = -1 }).kind)
  end)

  it('is private', function()
    assert.equal(tonumber('600', 8), fs.stat(path).mode & tonumber('777', 8))
    assert.equal(tonumber('700', 8), fs.stat(dir .. '/state').mode & tonumber('777', 8))
  end)
end)

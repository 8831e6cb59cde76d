-- run_spec.lua: runs: journalled, resumed, rolled back. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local operations = require 'ifx.operations'
local plan = require 'ifx.plan'
local run = require 'ifx.run'
local show = require 'ifx.show'
local support = dofile 'tests/lua/support/operations.lua'
local task = require 'task'

describe('run', function()
  local dir, registry, log, trouble, opts

  before_each(function()
    dir = fs.realpath(fs.tempdir 'ifx-spec-')
    fs.mkdir(dir .. '/target')
    registry, log, trouble = support.registry()
    opts = { registry = registry, journal = dir .. '/state/journal.db' }
  end)

  after_each(function()
    fs.remove_tree(dir)
  end)

  local function path(name)
    return dir .. '/target/' .. name
  end

  local function make(ops, fields)
    for i, op in ipairs(ops) do
      if type(op) == 'string' then
        ops[i] = { type = 'file.write', args = { path = path(op), text = op } }
      end
    end
    local all = {
      recipe = { name = 'r', path = '/r.lua', sha256 = 'x', summary = 'Do it' }, dir = dir .. '/target',
      created = '2026-11-21T11:00:00Z', operations = ops,
    }
    for key, value in pairs(fields or {}) do
      all[key] = value
    end
    return plan.new(all, operations.open(registry))
  end

  local function raised(kind, text, f, ...)
    local ok, e = pcall(f, ...)
    assert.is_false(ok, 'nothing was raised')
    assert.is_true(err.is(e, kind), tostring(e))
    assert.is_truthy(tostring(e):find(text, 1, true), tostring(e))
    return e
  end

  local function states(record)
    local list = {}
    for i, step in ipairs(record.operations) do
      list[i] = step.state
    end
    return table.concat(list, ' ')
  end

  -- The only run there is.
  local function last()
    local all = run.list(opts)
    return run.show(all[1].id, opts)
  end

  it('applies each operation once, in order, with the results of earlier ones', function()
    local first = { type = 'file.write', args = { path = path 'a', text = 'a' } }
    local p = make { first, { type = 'file.write', args = { path = path 'b', text = { ['$result'] = first, field = 'path' } } } }
    local record = run.apply(p, opts)
    assert.are.equal('done', record.state)
    assert.are.equal('done done', states(record))
    assert.are.same({ 'apply a', 'apply b' }, log)
    assert.are.equal(path 'a', fs.read(path 'b'))
    assert.are.equal(record.id, record.operations[1].result.run)
    assert.are.same(record, run.show(record.id, opts))
    assert.are.equal(record.id, run.list(opts)[1].id)
    assert.is_string(record.ended)
  end)

  it('tells what happens as it happens', function()
    local told = {}
    opts.notify = function(event, step)
      told[#told + 1] = event .. step.id
    end
    local record = run.apply(make { 'a', 'b' }, opts)
    run.rollback(record.id, opts)
    assert.are.same({ 'begin1', 'done1', 'begin2', 'done2', 'undo2', 'undone2', 'undo1', 'undone1' }, told)
  end)

  it('applies nothing when any operation is stale', function()
    fs.write(path 'b', 'there')
    local e = raised('stale', 'operation 2 (file.write): ' .. path 'b' .. ' exists', run.apply, make { 'a', 'b' }, opts)
    assert.are.equal('make the plan again', e.hint)
    assert.are.same({}, log)
    assert.are.same({}, run.list(opts))
  end)

  it('refuses a plan whose sources have moved on', function()
    local repo = dofile('tests/lua/support/repository.lua').new { a = '1' }
    local from = { { what = 'HEAD', id = repo:git('rev-parse', 'HEAD') } }
    local p = make({ 'a' }, { dir = repo.dir, from = from })
    repo:commit { a = '2' }
    raised('stale', 'HEAD was ' .. from[1].id:sub(1, 12), run.apply, p, opts)
    assert.are.same({}, log)
    repo:remove()
  end)

  it('refuses a plan that shows something else than it does', function()
    local p = make { 'a' }
    p.operations[1].args.path = path 'b'
    raised('conflict', "and would do", run.apply, p, opts)
    assert.are.same({}, log)
  end)

  it('refuses a plan that was made with another version of a plugin, or without it', function()
    local p = make { 'a' }
    registry.version = '2.0.0+def'
    raised('stale', 'it was made with plugin file 1.0.0+abc, and here is 2.0.0+def', run.apply, p, opts)
    registry.list = function() return {} end
    raised('stale', 'and here is none', run.apply, p, opts)
    assert.are.same({}, log)
  end)

  it('refuses a blocked plan until the hazard is accepted by name', function()
    local blocked = { { id = 'prune', why = 'apps would be pruned', accept = 'prune' } }
    local e = raised('conflict', 'blocked: apps would be pruned', run.apply, make({ 'a' }, { blocked = blocked }), opts)
    assert.is_truthy(e.hint:find('--set accept=prune', 1, true))
    blocked[2] = { id = 'context', why = 'its context is another', accept = 'context' }
    e = raised('conflict', 'apps would be pruned (and 1 more)', run.apply, make({ 'a' }, { blocked = blocked }), opts)
    assert.is_truthy(e.hint:find('--set accept=prune,context', 1, true))
    blocked[2] = nil
    assert.are.equal('done', run.apply(make({ 'a' }, { blocked = blocked, accepted = { 'prune' } }), opts).state)
  end)

  it('stops at the first failure, says where, and resumes after it is mended', function()
    trouble[path 'b'] = 'before'
    local e = raised('io', 'operation 2 (write ' .. path 'b', run.apply, make { 'a', 'b', 'c' }, opts)
    assert.is_truthy(tostring(e):find('the disk is on fire', 1, true))
    local record = last()
    assert.are.equal('failed', record.state)
    assert.are.equal('done failed waiting', states(record))
    assert.is_truthy(record.operations[2].error:find('on fire', 1, true))
    trouble[path 'b'] = nil
    record = run.resume(record.id, opts)
    assert.are.equal('done done done', states(record))
    assert.is_nil(record.operations[2].error)
    assert.are.same({ 'apply a', 'apply b', 'check b', 'apply b', 'apply c' }, log)
  end)

  it('does not repeat an effect that took place before the failure', function()
    trouble[path 'a'] = 'after'
    raised('io', 'on fire', run.apply, make { 'a', 'b' }, opts)
    local record = run.resume(last().id, opts)
    assert.are.same({ 'apply a', 'check a', 'apply b' }, log)
    assert.is_true(record.operations[1].result.found)
  end)

  it('rolls back in reverse order, also what failed after its effect, and never what was not applied', function()
    trouble[path 'b'] = 'after'
    raised('io', 'on fire', run.apply, make { 'a', 'b', 'c' }, opts)
    local record = run.rollback(last().id, opts)
    assert.are.equal('rolled_back', record.state)
    assert.are.equal('undone undone waiting', states(record))
    assert.are.same({ 'apply a', 'apply b', 'check b', 'undo b', 'undo a' }, log)
    assert.are.same({}, fs.list(dir .. '/target'))
  end)

  it('passes over an operation that was begun and took no effect', function()
    trouble[path 'b'] = 'before'
    raised('io', 'on fire', run.apply, make { 'a', 'b' }, opts)
    assert.are.equal('undone failed', states(run.rollback(last().id, opts)))
  end)

  it('continues a rollback that failed, and refuses to resume meanwhile', function()
    local record = run.apply(make { 'a', 'b' }, opts)
    trouble[path 'a'] = 'undo'
    raised('io', 'operation 1', run.rollback, record.id, opts)
    assert.are.equal('undo begun undone', states(last()))
    raised('conflict', 'it is being rolled back', run.resume, record.id, opts)
    trouble[path 'a'] = nil
    assert.are.equal('undone undone', states(run.rollback(record.id, opts)))
    local e = raised('conflict', 'rolled back already', run.rollback, record.id, opts)
    assert.is_truthy(e.hint:find('ifx runs show ' .. record.id, 1, true))
    raised('conflict', 'it was rolled back', run.resume, record.id, opts)
    assert.are.same({ 'apply a', 'apply b', 'undo b', 'undo a', 'undo a' }, log)
  end)

  it('tells an operation when it was begun before and cut short', function()
    local seen, types = {}, registry:operation 'file.write'
    for _, verb in ipairs { 'apply', 'check', 'undo' } do
      local call = types[verb]
      types[verb] = function(...)
        local context = select(verb == 'undo' and 3 or 2, ...)
        seen[#seen + 1] = verb .. ' ' .. tostring(context.again)
        return call(...)
      end
    end
    trouble[path 'a'] = 'before'
    raised('io', 'on fire', run.apply, make { 'a' }, opts)
    trouble[path 'a'] = 'undo'
    run.resume(last().id, opts)
    raised('io', 'on fire', run.rollback, last().id, opts)
    trouble[path 'a'] = nil
    run.rollback(last().id, opts)
    assert.are.same({ 'apply false', 'check true', 'apply true', 'undo false', 'undo true' }, seen)
  end)

  it('undoes nothing when something cannot be undone', function()
    local record = run.apply(make { 'a', { type = 'file.final', args = { path = path 'z', text = '' } } }, opts)
    raised('unsupported', 'operation 2 (write ' .. path 'z' .. ') cannot be undone: it was sent', run.rollback, record.id, opts)
    assert.are.same({ 'apply a', 'apply z' }, log)
    assert.are.equal('done done', states(last()))
  end)

  it('undoes nothing when any operation cannot be undone as things stand, and stays as it was', function()
    local record = run.apply(make { 'a', 'b', 'c' }, opts)
    registry:operation('file.write').undoable = function(args, result)
      if fs.read(result.path) == fs.basename(args.path) then return true end
      return nil, 'it was changed', 'move it away'
    end
    fs.write(path 'a', 'mine')
    local e = raised('conflict', ('operation 1 (write %s): it was changed'):format(path 'a'), run.rollback, record.id, opts)
    assert.are.equal('move it away', e.hint)
    assert.are.same({ 'apply a', 'apply b', 'apply c' }, log)
    assert.are.equal('done', last().state)
    assert.are.equal('done done done', states(last()))
    fs.write(path 'a', 'a')
    assert.are.equal('rolled_back', run.rollback(record.id, opts).state)
  end)

  it('is undone when what cannot be undone took no effect', function()
    trouble[path 'z'] = 'before'
    local p = make { 'a', { type = 'file.final', args = { path = path 'z', text = '' } } }
    raised('io', 'on fire', run.apply, p, opts)
    assert.are.equal('undone failed', states(run.rollback(last().id, opts)))
  end)

  it('does not resume what is done', function()
    local record = run.apply(make { 'a' }, opts)
    raised('conflict', 'it is done', run.resume, record.id, opts)
  end)

  it('is interrupted, not failed, when its task is cancelled, and can be resumed', function()
    local slow = registry:operation 'file.write'
    local apply = slow.apply
    local reached
    slow.apply = function(args, ctx)
      if args.path == path 'b' then
        reached = true
        task.sleep(30)
      end
      return apply(args, ctx)
    end
    local ok, e = pcall(task.scope, function(scope)
      scope:go(run.apply, make { 'a', 'b' }, opts)
      while not reached do
        task.sleep(0.01)
      end
      error('enough', 0)
    end)
    assert.is_false(ok)
    assert.are.equal('enough', e)
    assert.are.equal('interrupted', last().state)
    assert.are.equal('done begun', states(last()))
    slow.apply = apply
    assert.are.equal('done', run.resume(last().id, opts).state)
    assert.are.same({ 'apply a', 'check b', 'apply b' }, log)
  end)

  it('lets one run at a time work on a directory, and names the first', function()
    local inner
    local types = registry:operation 'file.write'
    local apply = types.apply
    types.apply = function(args, ctx)
      local ok, e = pcall(run.apply, make { 'other' }, opts)
      inner = { ok, e, ctx.run, run.show(ctx.run, opts).state }
      return apply(args, ctx)
    end
    run.apply(make { 'a' }, opts)
    assert.is_false(inner[1])
    assert.is_true(err.is(inner[2], 'conflict'), tostring(inner[2]))
    assert.is_truthy(tostring(inner[2]):find('run ' .. inner[3] .. ' (r, since ', 1, true), tostring(inner[2]))
    assert.are.equal('running', inner[4])
  end)

  it('shows a run whose process is gone as interrupted', function()
    local journal <close> = require('journal').open((function()
      fs.mkdir(dir .. '/state')
      return opts.journal
    end)())
    journal:begin_run { id = 'gone-1', recipe = 'r', dir = dir, plan = plan.encode(make { 'a', 'b' }) }
    journal:record('gone-1', { { op = 1, phase = 'begun', data = '' } })
    assert.are.equal('interrupted', run.show('gone-1', opts).state)
    assert.are.equal('done', run.resume('gone', opts).state)
    assert.are.same({ 'check a', 'apply a', 'apply b' }, log)
  end)

  it('asks for freshness again when nothing had begun', function()
    fs.mkdir(dir .. '/state')
    do
      local journal <close> = require('journal').open(opts.journal)
      journal:begin_run { id = 'gone-1', recipe = 'r', dir = dir, plan = plan.encode(make { 'a' }) }
    end
    fs.write(path 'a', 'mine')
    raised('stale', 'exists', run.resume, 'gone-1', opts)
    assert.are.equal('mine', fs.read(path 'a'))
  end)

  it('groups what belongs together: one commit for each operation and one to end', function()
    local record = run.apply(make { 'a', 'b' }, opts)
    local journal <close> = require('journal').open(opts.journal)
    local phases = {}
    for i, entry in ipairs(journal:entries(record.id)) do
      phases[i] = entry.phase .. entry.op
    end
    assert.are.same({ 'begun1', 'done1', 'begun2', 'done2' }, phases)
  end)

  it('says when there is no such run, or no run at all', function()
    assert.are.same({}, run.list(opts))
    run.apply(make { 'a' }, opts)
    raised('not_found', "there is no run 'nope'", run.show, 'nope', opts)
    raised('not_found', "there is no run 'nope'", run.resume, 'nope', opts)
  end)

  it('holds an operation type to its contract', function()
    local types = registry:operation 'file.write'
    types.apply = function() return 'a string' end
    raised('plugin', 'apply must return a table', run.apply, make { 'a' }, opts)
    types.check = function() return 'perhaps' end
    raised('plugin', "check must return 'done' or 'absent', not perhaps", run.resume, last().id, opts)
  end)

  it('reads well', function()
    trouble[path 'b'] = 'before'
    pcall(run.apply, make { 'a', 'b' }, opts)
    local text = show.run(last())
    for _, part in ipairs { 'failed', 'recipe r', ' 1  done', ' 2  failed', 'on fire', 'path ' .. path 'a' } do
      assert.is_truthy(text:find(part, 1, true), text)
    end
    local listed = show.runs(run.list(opts))
    assert.is_truthy(listed:find(last().id, 1, true))
  end)
end)

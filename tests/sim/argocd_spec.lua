-- argocd_spec.lua: every row that was measured on the real controller of Argo CD. SPDX-License-Identifier: Apache-2.0
local rows = dofile 'tests/sim/rows.lua'
local sim = dofile 'tests/sim/world.lua'
local X, settle, only = rows.X, rows.settle, rows.only
local A, B = 'argocd:argocd/a', 'argocd:argocd/b'
local TRACKING, OPTIONS = 'argocd.argoproj.io/tracking-id', 'argocd.argoproj.io/sync-options'

local function app(name, more)
  local entry = { kind = 'argocd', namespace = 'argocd', name = name, automated = true, prune = true, self_heal = true }
  for key, value in pairs(more or {}) do entry[key] = value end
  entry.objects = entry.objects or { { id = 'ConfigMap/default/keep-' .. name } }
  return entry
end

local function state(where, a, b, x)
  local entries = { app('a', a), app('b', b) }
  for _, entry in ipairs(entries) do
    if where == entry.name then table.insert(entry.objects, { id = X, annotations = x }) end
  end
  return { entries = entries }
end

local function start(world, a, x)
  world:push(state('a', a, nil, x))
  settle(world)
  assert.equal(A, world:owner(X))
  assert.equal('a:/ConfigMap:default/x', world:live(X).annotations[TRACKING])
  return world:live(X).uid
end

local function moved(...)
  local order = { ... }
  return function(world)
    local uid = start(world)
    world:push(state 'b')
    only(world, table.unpack(order))
    settle(world)
    assert.same({ B, 'Synced', 'Synced' }, { world:owner(X), world:status(A).sync, world:status(B).sync })
    return rows.outcome(world, uid)
  end
end

describe('Argo CD: x moves from a to b', function()
  it('both refreshed at once, a named first: never survives', function() rows.always('recreated', moved { A, B }) end)
  it('both at once, b named first: a compared before b had applied', function() rows.always('recreated', moved { B, A }) end)
  it('at times of their own: a race', function() rows.race(moved()) end)

  it('a synced first: deleted, b creates it', function()
    rows.whatever_fails('recreated', function(world)
      local uid = start(world)
      world:push(state 'b')
      only(world, A)
      if not next(world.faults) then assert.equal('gone', rows.outcome(world, uid)) end
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('b synced first, then a: the tracking id is of b, a does not prune', function()
    rows.whatever_fails('survived', moved(B, A))
  end)

  it('Prune=false on x in git, a first: a stays OutOfSync until b has synced', function()
    rows.whatever_fails('survived', function(world)
      local x = { [OPTIONS] = 'Prune=false' }
      local uid = start(world, nil, x)
      world:push(state('b', nil, nil, x))
      only(world, A)
      assert.same({ 'OutOfSync', A }, { world:status(A).sync, world:owner(X) })
      settle(world)
      assert.same({ 'Synced', B }, { world:status(A).sync, world:owner(X) })
      return rows.outcome(world, uid)
    end)
  end)

  for what, off in pairs { ['automated sync'] = { automated = false }, prune = { prune = false } } do
    it(what .. ' off on a, observed, then the move: survives', function()
      rows.whatever_fails('survived', function(world)
        local uid = start(world)
        world:push(state('a', off))
        settle(world)
        world:push(state('b', off))
        settle(world)
        world:push(state 'b')
        settle(world)
        assert.same({ B, 'Synced' }, { world:owner(X), world:status(A).sync })
        return rows.outcome(world, uid)
      end)
    end)
  end
end)

describe('Argo CD: syncs', function()
  it('a manual sync prunes only when it is told to', function()
    local world = sim.new { seed = 1 }
    local manual = { automated = false }
    world:push(state('a', manual))
    settle(world)
    assert.is_nil(world:live(X))
    world:sync(A)
    settle(world)
    local uid = world:live(X).uid
    world:push(state('', manual))
    world:sync(A)
    settle(world)
    assert.equal('survived', rows.outcome(world, uid))
    world:sync(A, { prune = true })
    settle(world)
    assert.equal('gone', rows.outcome(world, uid))
  end)

  it('heals what somebody deleted, and what was changed only where Git says something', function()
    local world = sim.new { seed = 1 }
    start(world, nil, { of_git = '1' })
    world:annotate(X, 'other', 'kept')
    world:annotate(X, 'of_git', '2')
    settle(world)
    assert.same({ other = 'kept', of_git = '1', [TRACKING] = 'a:/ConfigMap:default/x' }, world:live(X).annotations)
    world:delete(X)
    settle(world)
    assert.equal(A, world:owner(X))
  end)

  it('does not empty an Application by itself unless allowEmpty', function()
    rows.whatever_fails('survived', function(world)
      local only_x = { objects = { { id = X } } }
      world:push { entries = { app('a', only_x) } }
      settle(world)
      local uid = world:live(X).uid
      world:push { entries = { app('a', { objects = {} }) } }
      settle(world)
      local outcome = rows.outcome(world, uid)
      world:push { entries = { app('a', { objects = {}, allow_empty = true }) } }
      settle(world)
      assert.equal('gone', rows.outcome(world, uid))
      return outcome
    end)
  end)

  it('does not prune what carries a mark that was made for another object', function()
    local world = sim.new { seed = 1 }
    start(world)
    world:apply('ConfigMap/default/copy', { ['annotations/' .. TRACKING] = 'a:/ConfigMap:default/x' })
    settle(world)
    assert.is_not_nil(world:live 'ConfigMap/default/copy')
  end)

  it('prunes by the mark alone: who is given it by hand may delete before the old one heals', function()
    rows.race(function(world)
      local uid = start(world)
      world:annotate(X, TRACKING, 'b:/ConfigMap:default/x')
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('gives up on a revision after five failures in a row, and goes on at the next', function()
    local world = sim.new { seed = 1 }
    world:push(state 'a')
    settle(world, { faults = { apply = 0.999999 } })
    assert.same({ nil, false }, { world:live(X), world:status(A).last.ok })
    world:push(state 'a')
    settle(world)
    assert.equal(A, world:owner(X))
  end)
end)

describe('Argo CD: an Application is deleted', function()
  local function deleted(more, x)
    return function(world)
      local uid = start(world, more, x)
      world:delete(A)
      settle(world)
      assert.is_nil(world:live 'Application.argoproj.io/argocd/a')
      return rows.outcome(world, uid)
    end
  end
  it('without the finalizer: its objects stay', function() rows.whatever_fails('survived', deleted()) end)
  it('with the finalizer: its objects go', function() rows.whatever_fails('gone', deleted { finalizer = true }) end)
  it('with the finalizer, Delete=false on x: x stays', function()
    rows.whatever_fails('survived', deleted({ finalizer = true }, { [OPTIONS] = 'Prune=true, Delete=false' }))
  end)

  local function leaves_parent(more)
    return function(world)
      local child = app('a', { parent = 'argocd:argocd/root', finalizer = more, objects = { { id = X } } })
      local root = app('root', { objects = { { id = 'ConfigMap/default/keep' } } })
      world:push { entries = { root, child } }
      settle(world)
      local uid = world:live(X).uid
      world:push { entries = { root } }
      settle(world)
      assert.is_nil(world:live 'Application.argoproj.io/argocd/a')
      return rows.outcome(world, uid)
    end
  end
  it('by its parent, without the finalizer: its objects stay', function() rows.whatever_fails('survived', leaves_parent(nil)) end)
  it('by its parent, with the finalizer: its objects go', function() rows.whatever_fails('gone', leaves_parent(true)) end)
end)

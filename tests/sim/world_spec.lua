-- world_spec.lua: the simulator itself: its server, its scheduler, its failures. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local rows = dofile 'tests/sim/rows.lua'
local sim = dofile 'tests/sim/world.lua'
local X, settle, only = rows.X, rows.settle, rows.only
local A, B = 'flux:default/a', 'flux:default/b'
local FAULTS = { request = 0.1, restart = 0.05, interval = 0.05 }

local function flux(name, more)
  local entry = { kind = 'flux', namespace = 'default', name = name, prune = true }
  for key, value in pairs(more or {}) do entry[key] = value end
  return entry
end

local function app(name, more)
  local entry = { kind = 'argocd', namespace = 'argocd', name = name, automated = true, prune = true }
  entry.self_heal, entry.allow_empty = true, true
  for key, value in pairs(more or {}) do entry[key] = value end
  return entry
end

local function moved(from, to, x)
  return function(world)
    from.objects, to.objects = { x or { id = X } }, {}
    world:push { entries = { from, to } }
    settle(world)
    local uid = world:live(X).uid
    from.objects, to.objects = to.objects, from.objects
    world:push { entries = { from, to } }
    return uid
  end
end

local function log_of(seed, faults)
  local world = sim.new { seed = seed, faults = faults }
  moved(flux 'a', flux 'b')(world)
  settle(world)
  local lines = {}
  for at, entry in ipairs(world.log) do
    lines[at] = table.concat({ entry.step, entry.by, entry.did, entry.id, entry.uid or '' }, ' ')
  end
  return table.concat(lines, '\n')
end

describe('the scheduler', function()
  it('makes the same log of the same seed, another one of another', function()
    assert.equal(log_of(7), log_of(7))
    assert.equal(log_of(7, FAULTS), log_of(7, FAULTS))
    assert.are_not.equal(log_of(7), log_of(8))
    assert.are_not.equal(log_of(7), log_of(7, FAULTS))
  end)

  it('makes as many steps as it may, and goes on where it stopped', function()
    local world = sim.new { seed = 1 }
    world:push { entries = { flux('a', { objects = { { id = X } } }) } }
    assert.same({ false, 3 }, { world:run { max_steps = 3 } })
    assert.same({ nil, 3 }, { world:live(X), world.steps })
    assert.is_true((world:run()))
    assert.same({ true, 0 }, { world:run() })
    assert.equal(A, world:owner(X))
  end)

  it('restarts lose what was in memory: a prune that was made is found made', function()
    local world = sim.new { seed = 1 }
    local entry = flux('a', { objects = { { id = X } } })
    world:push { entries = { entry } }
    settle(world)
    entry.objects = {}
    world:push { entries = { entry } }
    repeat world:run { max_steps = 1 } until not world:live(X)
    world:restart 'flux'
    assert.same({ X }, world:status(A).inventory)
    settle(world)
    assert.same({ {}, 1 }, { world:status(A).inventory, #world:deletions(X) })
  end)

  it('has nobody work for a fetch that found nothing new', function()
    local world = sim.new { seed = 1 }
    world:push { entries = { flux('a', { objects = { { id = X } } }) } }
    settle(world)
    world:reconcile 'source:repo'
    assert.same({ true, 1 }, { world:run() })
  end)

  it('refuses what it does not understand', function()
    local world = sim.new { seed = 1 }
    local function says(text, f) assert.matches(text, tostring(failure(f)), 1, true) end
    local function pushes(more) return function() world:push { entries = { flux('a', more) } } end end
    says('flux:default/a: an entry has no "pruned"', pushes { pruned = true })
    says('flux:default/a: no entry is called "flux:default/p"', pushes { parent = 'flux:default/p' })
    says('nothing in this world is called "flux:default/a"', function() world:run { order = { A } } end)
    says('there is no object "ConfigMap/default/x"', function() world:delete(X) end)
    says('there is no object "ConfigMap/default/x"', function() world:annotate(X, 'a', 'b') end)
    says('no entry is called "helm:a/b"', function() world:suspend 'helm:a/b' end)
    world:push { entries = { app 'a' } }
    world:sync 'argocd:argocd/a'
    says('another operation', function() world:sync 'argocd:argocd/a' end)
  end)
end)

describe('the server', function()
  local world
  before_each(function() world = sim.new { seed = 1 } end)

  it('keeps a field until its last manager gives it up', function()
    world:apply(X, { ['labels/a'] = '1', ['labels/b'] = '1' }, 'one')
    world:apply(X, { ['labels/a'] = '1' }, 'two')
    world:apply(X, {}, 'one')
    assert.same({ a = '1' }, world:live(X).labels)
    world:apply(X, {}, 'two')
    assert.same({}, world:live(X).labels)
  end)

  it('gives a field to who changed it', function()
    world:apply(X, { ['labels/a'] = '1' }, 'one')
    world:apply(X, { ['labels/a'] = '2' }, 'two')
    world:apply(X, {}, 'one')
    assert.same({ a = '2' }, world:live(X).labels)
    world:patch(X, { ['labels/a'] = sim.NONE })
    assert.same({}, world:live(X).labels)
  end)

  it('counts a generation for a spec alone, and a version for nothing that is equal', function()
    world:apply(X, { ['spec/a'] = 1 })
    local first = world:live(X)
    world:apply(X, { ['spec/a'] = 1 })
    assert.equal(first.version, world:live(X).version)
    world:patch(X, { ['labels/a'] = '1' })
    assert.same({ 1, first.uid }, { world:live(X).generation, world:live(X).uid })
    world:patch(X, { ['spec/a'] = 2 })
    assert.equal(2, world:live(X).generation)
  end)

  it('keeps what has finalizers until they are gone', function()
    world:apply(X, { ['finalizers/f'] = true })
    world:delete(X)
    assert.is_true(world:live(X).deleting)
    settle(world)
    assert.is_nil(world:live(X))
    local did = {}
    for _, entry in ipairs(world.log) do did[#did + 1] = entry.did end
    assert.same({ 'created', 'deleted', 'changed', 'finalize', 'gone' }, did)
  end)
end)

describe('moves', function()
  it('of an object with finalizers: who applies it while it goes has it no more, until its next run', function()
    rows.race(function(world)
      local uid = moved(flux 'a', flux 'b', { id = X, finalizers = { 'example.com/held' } })(world)
      settle(world)
      world:reconcile()
      settle(world)
      assert.equal(B, world:owner(X))
      return rows.outcome(world, uid)
    end)
  end)

  it('between two sources: dependsOn does not wait for the revision, so it is a race', function()
    rows.race(function(world)
      local uid = moved(flux('a', { source = 'one', depends = { 'b' } }), flux('b', { source = 'two' }))(world)
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('from an Application to a Kustomization: the mark of the old one stays, so no order helps', function()
    rows.always('recreated', function(world)
      local uid = moved(app 'a', flux 'b')(world)
      only(world, 'source:repo', B, 'argocd:argocd/a')
      world:reconcile()
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('from a Kustomization to an Application: likewise', function()
    rows.always('recreated', function(world)
      local uid = moved(flux 'a', app 'b')(world)
      only(world, 'argocd:argocd/b', 'source:repo', A)
      world:reconcile()
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('of a child that its parent renders: what the parent has not applied yet, the child does not know', function()
    local world = sim.new { seed = 1 }
    local parent, child = flux 'p', flux('a', { parent = 'flux:default/p', objects = { { id = X } } })
    world:push { entries = { parent, child } }
    settle(world)
    child.prune = false
    world:push { entries = { parent, child } }
    only(world, 'source:repo', A)
    local live = world:live 'Kustomization.kustomize.toolkit.fluxcd.io/default/a'
    assert.same({ true, true }, { world:ready(A), live.spec.prune })
  end)
end)

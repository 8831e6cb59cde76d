-- flux_spec.lua: every row that was measured on the real controllers of Flux. SPDX-License-Identifier: Apache-2.0
local rows = dofile 'tests/sim/rows.lua'
local sim = dofile 'tests/sim/world.lua'
local X, settle, only = rows.X, rows.settle, rows.only
local A, B, GIT = 'flux:default/a', 'flux:default/b', 'source:repo'
local GROUP = 'kustomize.toolkit.fluxcd.io/'
local OFF = { [GROUP .. 'prune'] = 'disabled' }

local function ks(name, more)
  local entry = { kind = 'flux', namespace = 'default', name = name, prune = true }
  for key, value in pairs(more or {}) do entry[key] = value end
  entry.objects = entry.objects or {}
  return entry
end

-- `where` names the Kustomizations that render x: 'a', 'b' or 'ab'.
local function state(where, a, b, x)
  local entries = { ks('a', a), ks('b', b) }
  for _, entry in ipairs(entries) do
    entry.objects = { { id = 'ConfigMap/default/keep-' .. entry.name } }
    if where:find(entry.name, 1, true) then entry.objects[2] = { id = X, annotations = x } end
  end
  return { entries = entries }
end

local function start(world, a, b, x)
  world:push(state('a', a, b, x))
  settle(world)
  assert.equal(A, world:owner(X))
  return world:live(X).uid
end

local function in_inventory(world, name)
  for _, id in ipairs(world:status(name).inventory) do
    if id == X then return true end
  end
  return false
end

local function owned_by_b_alone(world)
  assert.equal(B, world:owner(X))
  assert.same({ false, true }, { in_inventory(world, A), in_inventory(world, B) })
end

local function moved(a, b)
  return function(world)
    local uid = start(world, a, b)
    world:push(state('b', a, b))
    settle(world)
    return rows.outcome(world, uid)
  end
end

describe('Flux: x moves from A to B', function()
  it('natural order: a coin toss', function() rows.race(moved()) end)

  it('A first (B suspended): x is gone until B runs, then new', function()
    rows.whatever_fails('recreated', function(world)
      local uid = start(world)
      world:suspend(B)
      world:push(state 'b')
      settle(world)
      assert.equal('gone', rows.outcome(world, uid))
      world:resume(B)
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('B first (A suspended): the label goes a to b, A skips it', function()
    rows.whatever_fails('survived', function(world)
      local uid = start(world)
      world:suspend(A)
      world:push(state 'b')
      settle(world)
      assert.equal(B, world:owner(X))
      world:resume(A)
      settle(world)
      owned_by_b_alone(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('A dependsOn B: survives', function()
    rows.whatever_fails('survived', moved { depends = { 'default/b' } })
  end)

  it('B dependsOn A: never survives', function()
    rows.whatever_fails('recreated', moved(nil, { depends = { 'default/a' } }))
  end)

  local function prune_off(order)
    return function(world)
      local uid = start(world)
      world:push(state('a', { prune = false }))
      settle(world)
      world:push(state('b', { prune = false }))
      only(world, table.unpack(order))
      settle(world)
      world:push(state 'b')
      settle(world)
      owned_by_b_alone(world)
      return rows.outcome(world, uid)
    end
  end

  it('prune: false on A, observed, then the move, natural order', function() rows.whatever_fails('survived', prune_off {}) end)
  it('prune: false on A, observed, then the move, A first', function() rows.whatever_fails('survived', prune_off { GIT, A }) end)

  it('prune: false on A while it is under way is too late', function()
    rows.race(function(world)
      local uid = start(world)
      world:push(state 'b')
      only(world, GIT)
      world:run { order = { A }, only_order = true, max_steps = 3 }
      world:push(state('b', { prune = false }))
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)
end)

describe('Flux: prune: disabled on x', function()
  it('in git, A first: keeps its label until B runs, leaves the inventory at once', function()
    rows.whatever_fails('survived', function(world)
      local uid = start(world, nil, nil, OFF)
      world:push(state('b', nil, nil, OFF))
      only(world, GIT, A)
      assert.equal(A, world:owner(X))
      assert.is_false(in_inventory(world, A))
      settle(world)
      owned_by_b_alone(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('by kubectl annotate, then A reconciles: Flux strips it, x is lost', function()
    rows.whatever_fails('recreated', function(world)
      local uid = start(world)
      world:annotate(X, GROUP .. 'prune', 'disabled')
      assert.same(OFF, world:live(X).annotations)
      world:reconcile(A)
      settle(world)
      assert.same({}, world:live(X).annotations)
      world:push(state 'b')
      only(world, GIT, A)
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('by server-side apply of another manager: stays, and must be taken away by it', function()
    rows.whatever_fails('survived', function(world)
      local uid = start(world)
      world:apply(X, { ['annotations/' .. GROUP .. 'prune'] = 'disabled' }, 'ifx')
      world:reconcile(A)
      settle(world)
      world:push(state 'b')
      only(world, GIT, A)
      settle(world)
      world:reconcile()
      settle(world)
      assert.same(OFF, world:live(X).annotations)
      world:apply(X, {}, 'ifx')
      assert.same({}, world:live(X).annotations)
      owned_by_b_alone(world)
      return rows.outcome(world, uid)
    end)
  end)
end)

describe('Flux: x in both A and B', function()
  it('steady: the label is of whoever applied last', function()
    rows.whatever_fails('survived', function(world)
      local uid = start(world)
      world:push(state 'ab')
      settle(world)
      for _, name in ipairs { A, B, B, A } do
        world:reconcile(name)
        only(world, name)
        if not next(world.faults) then assert.equal(name, world:owner(X)) end
      end
      return rows.outcome(world, uid)
    end)
  end)

  local function copied(world)
    local uid = start(world)
    world:push(state 'ab')
    settle(world)
    return uid
  end

  it('copied by one commit, removed from A by the next: a race', function()
    rows.race(function(world)
      local uid = copied(world)
      world:push(state 'b')
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('the same, A applied last and prunes first: deleted', function()
    rows.always('recreated', function(world)
      local uid = copied(world)
      world:reconcile(A)
      settle(world)
      world:push(state 'b')
      only(world, GIT, A)
      assert.equal('gone', rows.outcome(world, uid))
      settle(world)
      return rows.outcome(world, uid)
    end)
  end)

  it('copied, A suspended, B reconciles, removed, A resumed: survives', function()
    rows.whatever_fails('survived', function(world)
      local uid = copied(world)
      world:suspend(A)
      world:reconcile(B)
      settle(world)
      world:push(state 'b')
      settle(world)
      world:resume(A)
      settle(world)
      owned_by_b_alone(world)
      return rows.outcome(world, uid)
    end)
  end)
end)

describe('Flux: a Kustomization is deleted', function()
  local function deleted(prepare, more)
    return function(world)
      local uid = start(world, more)
      prepare(world)
      world:delete(A)
      settle(world)
      assert.is_nil(world:live('Kustomization.' .. GROUP .. 'default/a'))
      return rows.outcome(world, uid), uid
    end
  end
  local function suspended(world) world:suspend(A) end
  local function orphan(world)
    world:patch('Kustomization.' .. GROUP .. 'default/a', { ['spec/deletionPolicy'] = 'Orphan' })
    settle(world)
  end

  for name, prepare in pairs { suspended = suspended, ['deletionPolicy: Orphan'] = orphan } do
    it(name .. ': x stays with its label, and a new A adopts it again', function()
      rows.whatever_fails('survived', function(world)
        local before, uid = deleted(prepare)(world)
        assert.same({ 'survived', A }, { before, world:owner(X) })
        world:push(state 'a')
        settle(world)
        assert.is_true(in_inventory(world, A))
        return rows.outcome(world, uid)
      end)
    end)
  end

  it('prune: true: x is deleted', function() rows.whatever_fails('gone', deleted(function() end)) end)
  it('prune: false: x stays', function() rows.whatever_fails('survived', deleted(function() end, { prune = false })) end)
  it('prune: false and deletionPolicy: Delete: x is deleted', function()
    rows.whatever_fails('gone', deleted(function() end, { prune = false, deletion_policy = 'Delete' }))
  end)
end)

describe('Flux: a parent renames one to two', function()
  local function named(name, policy)
    local child = ks(name, { parent = 'flux:default/p', path = 'c', deletion_policy = policy, objects = { { id = X } } })
    return { entries = { ks 'p', child } }
  end

  local function renamed(policy, order)
    return function(world)
      world:push(named 'one')
      settle(world)
      world:push(named('one', policy))
      settle(world)
      local uid = world:live(X).uid
      world:push(named('two', policy))
      if order then only(world, GIT, order) end
      settle(world)
      assert.is_nil(world:live('Kustomization.' .. GROUP .. 'default/one'))
      return rows.outcome(world, uid)
    end
  end

  local P, ONE, TWO = 'flux:default/p', 'flux:default/one', 'flux:default/two'
  for _, order in ipairs { { P, ONE, TWO }, { TWO, ONE, P }, { P, ONE } } do
    it('in one commit, in turn: never survives: ' .. table.concat(order, ', '), function()
      rows.always('recreated', renamed(nil, order))
    end)
  end

  it('in one commit, in any order: most are lost', function()
    local counts = rows.count(renamed())
    assert.is_true(counts.recreated + counts.gone > counts.survived)
  end)

  it('with deletionPolicy: Orphan on one, observed before the commit: survives', function()
    rows.whatever_fails('survived', function(world)
      local outcome = renamed 'Orphan'(world)
      world:reconcile() -- "one" may have been under way, and applied last
      settle(world)
      assert.equal('flux:default/two', world:owner(X))
      return outcome
    end)
  end)
end)

describe('Flux, read in the code', function()
  it('deletes what it has read as its own, although the other one has taken it over since', function()
    local world = sim.new { seed = 1 }
    local uid = start(world)
    world:push(state 'b')
    only(world, GIT)
    repeat world:run { order = { A }, only_order = true, max_steps = 1 } until world.log[#world.log].did == 'read'
      and world.log[#world.log].id == X
    only(world, B)
    assert.same({ B, uid }, { world:owner(X), world:live(X).uid })
    only(world, A)
    assert.equal('gone', rows.outcome(world, uid))
  end)

  it('prunes nothing while a path does not build', function()
    rows.whatever_fails('survived', function(world)
      local uid = start(world)
      world:push(state('', { path_fails = true }))
      settle(world)
      assert.is_false(world:ready(A))
      return rows.outcome(world, uid)
    end)
  end)

  it('a Kustomization that renders itself and then no more prunes itself with all it has', function()
    rows.whatever_fails('gone', function(world)
      world:push { entries = { ks('a', { parent = A, path = 'own', objects = { { id = X } } }) } }
      settle(world)
      local uid = world:live(X).uid
      world:push { entries = { ks('b', { path = 'own' }) } }
      only(world, GIT) -- or else b might apply what the path rendered before
      settle(world)
      assert.is_nil(world:live('Kustomization.' .. GROUP .. 'default/a'))
      return rows.outcome(world, uid)
    end)
  end)

  it('an unhealthy object holds back who depends on its Kustomization', function()
    local world = sim.new { seed = 1 }
    local first = ks('a', { wait = true, objects = { { id = X, healthy = false } } })
    world:push { entries = { first, ks('b', { depends = { 'a' }, objects = { { id = 'ConfigMap/default/y' } } }) } }
    settle(world)
    assert.same({ true, false }, { in_inventory(world, A), world:ready(A) })
    assert.is_nil(world:live 'ConfigMap/default/y')
    first.objects[1].healthy = nil
    world:push { entries = { first, ks('b', { depends = { 'a' }, objects = { { id = 'ConfigMap/default/y' } } }) } }
    settle(world)
    assert.is_not_nil(world:live 'ConfigMap/default/y')
  end)
end)

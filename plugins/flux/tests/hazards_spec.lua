-- hazards_spec.lua: what Flux would delete, and what it would not. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

local plugin = contract.plugin()

local GROUP = 'kustomize.toolkit.fluxcd.io'

local SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { interval: 1m, url: "https://git.example/own/tree" }\n---\n'

local function kustomization(name, rest, path)
  return ('apiVersion: %s/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { interval: 10m, path: "./%s", sourceRef: { kind: GitRepository, name: own }%s }\n---\n'):format(GROUP, name,
    path or name, rest and ', ' .. rest or '')
end

local function config(name, metadata)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n%s }\n---\n'):format(name,
    metadata and ', ' .. metadata or '')
end

local PRUNE = 'prune: true'

-- A tree with the Kustomizations that `root` renders, and files of theirs.
local function tree(root, files)
  local out = { ['root.yaml'] = kustomization('root', PRUNE, 'top'), ['top/x.yaml'] = SOURCE .. root }
  for name, text in pairs(files) do out[name .. '/x.yaml'] = text end
  return out
end

local function check(before, after, expect)
  return contract.hazards(plugin, { before = before, after = after, expect = expect })
end

local STAY = { a = config 'stays' .. config 'x', b = config 'other' }
local MOVED = { a = config 'stays', b = config 'other' .. config 'x' }

describe('an object that another Kustomization applies from now on', function()
  local both = kustomization('a', PRUNE) .. kustomization('b', PRUNE)

  it('is pruned by its old owner', function()
    local found = check(tree(both, STAY), tree(both, MOVED), { 'flux.prune-moved ConfigMap/n/x' })
    assert.matches('is a toss', found[1].reason, 1, true)
    assert.same({ 'high', 'a/x.yaml', 5 }, { found[1].severity, found[1].file, found[1].line })
    assert.matches('spec.prune: false of Kustomization f/a', found[1].remedy, 1, true)
  end)

  it('is always pruned when the new owner waits for the old one, also through others', function()
    local chain = kustomization('a', PRUNE) .. kustomization('b', PRUNE .. ', dependsOn: [{ name: c }]')
      .. kustomization('c', 'dependsOn: [{ name: a }]')
    local function with(files) return { a = files.a, b = files.b, c = config 'c' } end
    local found = check(tree(chain, with(STAY)), tree(chain, with(MOVED)), { 'flux.prune-moved ConfigMap/n/x' })
    assert.matches('the new owner waits for it, so it always comes first', found[1].reason, 1, true)
  end)

  it('stays where the old owner does not prune', function()
    local none = kustomization 'a' .. kustomization('b', PRUNE)
    check(tree(none, STAY), tree(none, MOVED), {})
    -- Not where it stops pruning in the same commit: it may act on that before.
    check(tree(both, STAY), tree(none, MOVED), { 'flux.prune-moved ConfigMap/n/x' })
    check(tree(none, STAY), tree(both, MOVED), { 'flux.prune-moved ConfigMap/n/x' })
  end)

  it('stays where the old owner has waited for the new one', function()
    local waits = kustomization('a', PRUNE .. ', dependsOn: [{ name: b }]') .. kustomization('b', PRUNE)
    check(tree(waits, STAY), tree(waits, MOVED), {})
    check(tree(both, STAY), tree(waits, MOVED), { 'flux.prune-moved ConfigMap/n/x' })
    -- Nor where the new owner is told another path in the same commit: it may have applied that revision with its old one.
    local other = kustomization('a', PRUNE .. ', dependsOn: [{ name: b }]') .. kustomization('b', PRUNE, 'c')
    check(tree(waits, STAY), tree(other, { a = config 'stays', c = config 'other' .. config 'x' }),
      { 'flux.prune-moved ConfigMap/n/x' })
  end)

  it('is pruned where the old owner waits through one of another source, which is ready from before', function()
    local other = SOURCE:gsub('own', 'other')
    local function chain(from)
      return other .. kustomization('a', PRUNE .. ', dependsOn: [{ name: c }]') .. kustomization('b', PRUNE)
        .. kustomization('c', 'dependsOn: [{ name: b }]'):gsub('name: own', 'name: ' .. from)
    end
    local function with(files) return { a = files.a, b = files.b, c = config 'c' } end
    check(tree(chain 'own', with(STAY)), tree(chain 'own', with(MOVED)), {})
    check(tree(chain 'own2' .. SOURCE:gsub('name: own', 'name: own2'), with(STAY)),
      tree(chain 'own2' .. SOURCE:gsub('name: own', 'name: own2'), with(MOVED)), { 'flux.prune-moved ConfigMap/n/x' })
  end)

  it('stays where the old owner is suspended', function()
    local suspended = kustomization('a', PRUNE .. ', suspend: true') .. kustomization('b', PRUNE)
    check(tree(suspended, STAY), tree(suspended, MOVED), {})
  end)

  it('stays where it says so itself, before the move', function()
    for _, word in ipairs { 'prune: disabled', 'reconcile: Disabled', 'ssa: Ignore' } do
      for _, field in ipairs { 'annotations', 'labels' } do
        local kept = config('x', ('%s: { %s/%s }'):format(field, GROUP, word))
        check(tree(both, { a = config 'stays' .. kept, b = config 'other' }),
          tree(both, { a = config 'stays', b = config 'other' .. kept }), {})
      end
    end
    local marked = config('x', ('annotations: { %s/prune: disabled }'):format(GROUP))
    check(tree(both, STAY), tree(both, { a = config 'stays', b = config 'other' .. marked }),
      { 'flux.prune-moved ConfigMap/n/x' })
  end)
end)

describe('a Kustomization that is renamed', function()
  local function one(rest) return tree(kustomization('a', rest, 'apps'), { apps = config 'x' }) end
  local two = tree(kustomization('b', PRUNE, 'apps'), { apps = config 'x' })

  it('takes along what it applied', function()
    check(one(PRUNE), two, { 'flux.prune-renamed ConfigMap/n/x', ('flux.prune-removed Kustomization.%s/f/a'):format(GROUP) })
    check(one 'deletionPolicy: Delete', two,
      { 'flux.prune-renamed ConfigMap/n/x', ('flux.prune-removed Kustomization.%s/f/a'):format(GROUP) })
  end)

  it('leaves it where it says so before', function()
    for _, rest in ipairs { 'prune: true, deletionPolicy: Orphan', 'prune: false', 'prune: true, suspend: true' } do
      check(one(rest), two, { ('flux.prune-removed Kustomization.%s/f/a'):format(GROUP) })
    end
  end)

  it('goes on where nobody deletes it', function()
    local before, after = { ['x.yaml'] = SOURCE .. kustomization('a', PRUNE, 'apps'), ['apps/x.yaml'] = config 'x' },
      { ['x.yaml'] = SOURCE .. kustomization('b', PRUNE, 'apps'), ['apps/x.yaml'] = config 'x' }
    local found = check(before, after, { ('flux.left-behind Kustomization.%s/f/a'):format(GROUP) })
    assert.equal('medium', found[1].severity)
  end)
end)

describe('a Kustomization that goes while its path is still there', function()
  local KS = ('Kustomization.%s/f/'):format(GROUP)
  local before = tree(kustomization('a', PRUNE, 'apps') .. kustomization('b', PRUNE),
    { apps = config 'x' .. config 'm', b = config 'y' })

  it('prunes what that does not hold any more, before it goes', function()
    local after = tree(kustomization('c', PRUNE, 'apps') .. kustomization('b', PRUNE),
      { apps = config 'x', b = config 'y' .. config 'm' })
    check(before, after, { 'flux.prune-moved ConfigMap/n/m', 'flux.prune-renamed ConfigMap/n/m',
      'flux.prune-renamed ConfigMap/n/x', 'flux.prune-removed ' .. KS .. 'a' })
    -- Not where the path is gone: then it cannot be built.
    local elsewhere = tree(kustomization('c', PRUNE, 'new') .. kustomization('b', PRUNE),
      { new = config 'x', b = config 'y' .. config 'm' })
    local keeps = tree(kustomization('a', PRUNE .. ', deletionPolicy: Orphan', 'apps') .. kustomization('b', PRUNE),
      { apps = config 'x' .. config 'm', b = config 'y' })
    check(keeps, elsewhere, { 'flux.prune-removed ' .. KS .. 'a' })
  end)

  it('takes what the path holds now, and deletes it with itself', function()
    local nothing = tree(kustomization('a', PRUNE, 'apps') .. kustomization('b', PRUNE), { apps = config 'old', b = config 'y' })
    local after = tree(kustomization('b', PRUNE, 'apps'), { apps = config 'y' })
    local found = check(nothing, after, { 'flux.prune-renamed ' .. KS .. 'a', 'flux.prune-removed ConfigMap/n/old',
      'flux.prune-removed ' .. KS .. 'a' })
    assert.matches('it takes what that holds now from its owner', found[1].reason, 1, true)
    local gone = tree(kustomization('b', PRUNE), { b = config 'y' })
    check(nothing, gone, { 'flux.prune-removed ConfigMap/n/old', 'flux.prune-removed ' .. KS .. 'a' })
  end)
end)

describe('a Kustomization with another path', function()
  it('may build the old one once more', function()
    local before = tree(kustomization('a', PRUNE, 'old'), { old = config 'x' })
    local after = tree(kustomization('a', PRUNE, 'new') .. kustomization('b', PRUNE, 'old'),
      { new = config 'x', old = config 'other' })
    local found = check(before, after, { ('flux.path-changed Kustomization.%s/f/a'):format(GROUP) })
    assert.matches('may build its old path old once more', found[1].reason, 1, true)
    check(before, tree(kustomization('a', PRUNE, 'new'), { new = config 'x' }), {})
    -- What it took over from the old path it prunes when it is told to prune as well.
    local none = tree(kustomization('a', nil, 'old'), { old = config 'x' })
    check(none, after, { ('flux.path-changed Kustomization.%s/f/a'):format(GROUP) })
    check(none, tree(kustomization('a', nil, 'new') .. kustomization('b', PRUNE, 'old'), { new = config 'x',
      old = config 'other' }), {})
  end)
end)

describe('an object that nobody renders any more', function()
  it('is deleted by an owner that prunes', function()
    local both, none = kustomization('a', PRUNE), kustomization 'a'
    local volume = config('v'):gsub('ConfigMap', 'PersistentVolumeClaim')
    local before, after = { a = config 'stays' .. config 'x' .. volume }, { a = config 'stays' }
    local found = check(tree(both, before), tree(both, after),
      { 'flux.prune-removed PersistentVolumeClaim/n/v', 'flux.prune-removed ConfigMap/n/x' })
    assert.same({ 'high', 'low' }, { found[1].severity, found[2].severity })
    check(tree(none, before), tree(none, after), {})
  end)

  it('is not deleted while its owner cannot be built', function()
    local both = kustomization('a', PRUNE) .. kustomization('b', PRUNE)
    local broken = tree(both, { b = config 'other' })
    broken['a/kustomization.yaml'] = 'resources: [missing.yaml]\n'
    local found = check(tree(both, STAY), broken, { ('flux.fails Kustomization.%s/f/a'):format(GROUP) })
    assert.matches("'missing.yaml' doesn't exist", found[1].remedy, 1, true)
    check(broken, broken, {})
  end)
end)

describe('a Kustomization that renders itself', function()
  local function own(folder, text)
    return { [folder .. '/sync.yaml'] = SOURCE .. kustomization('own', PRUNE, folder), [folder .. '/x.yaml'] = text }
  end

  it('deletes itself when its path moves away from its definition', function()
    local before = own('c', config 'x')
    local after = { ['c/sync.yaml'] = SOURCE .. kustomization('own', PRUNE, 'd'), ['d/x.yaml'] = config 'x' }
    local found = check(before, after, { ('flux.path-changed Kustomization.%s/f/own'):format(GROUP),
      ('flux.self-pruned Kustomization.%s/f/own'):format(GROUP),
      'flux.prune-removed GitRepository.source.toolkit.fluxcd.io/f/own' })
    assert.matches('prunes itself', found[2].reason, 1, true)
    check(before, own('d', config 'x'), {})
  end)
end)

describe('a Kustomization that goes with what deletes it', function()
  local KS = ('Kustomization.%s/f/'):format(GROUP)
  -- root renders mid, which renders a; `rest` is of mid.
  local function with(rest, of_mid)
    return { ['root.yaml'] = kustomization('root', PRUNE, 'top'), ['apps/x.yaml'] = config 'x',
      ['top/x.yaml'] = SOURCE .. (rest and kustomization('mid', rest) or ''), ['mid/x.yaml'] = rest and of_mid or nil }
  end
  local after = with()
  after['top/x.yaml'] = SOURCE .. kustomization('b', PRUNE, 'apps')

  it('is deleted where its parent is, with all it applied', function()
    check(with('prune: false, deletionPolicy: Delete', kustomization('a', PRUNE, 'apps')), after,
      { 'flux.prune-renamed ConfigMap/n/x', 'flux.prune-removed ' .. KS .. 'a', 'flux.prune-removed ' .. KS .. 'mid' })
  end)

  it('goes on where it says so itself, or its parent is suspended', function()
    local before = kustomization('a', PRUNE, 'apps'):gsub('namespace: f }',
      'namespace: f, annotations: { ' .. GROUP .. '/prune: disabled } }')
    check(tree(before, { apps = config 'x' }), tree(kustomization('b', PRUNE, 'apps'), { apps = config 'x' }),
      { 'flux.left-behind ' .. KS .. 'a' })
    check(with('prune: true, suspend: true', kustomization('a', PRUNE, 'apps')), after,
      { 'flux.left-behind ' .. KS .. 'a', 'flux.prune-removed ' .. KS .. 'mid' })
  end)

  it('deletes itself, where its path is still there without it', function()
    local before = { ['c/sync.yaml'] = SOURCE .. kustomization('own', PRUNE, 'c'), ['c/x.yaml'] = config 'x' }
    check(before, { ['c/sync.yaml'] = SOURCE .. kustomization('new', PRUNE, 'c'), ['c/x.yaml'] = config 'x' },
      { 'flux.prune-renamed ConfigMap/n/x', 'flux.prune-renamed GitRepository.source.toolkit.fluxcd.io/f/own',
        'flux.prune-removed ' .. KS .. 'own' })
  end)
end)

describe('an object of a suspended Kustomization', function()
  it('is not deleted when nobody renders it any more', function()
    local idle = kustomization('a', PRUNE .. ', suspend: true')
    check(tree(idle, { a = config 'stays' .. config 'x' }), tree(idle, { a = config 'stays' }), {})
  end)
end)

describe('an object with two owners', function()
  it('is taken by each from the other from the beginning', function()
    local both = kustomization('a', PRUNE) .. kustomization('b', PRUNE)
    check(tree(both, { a = config 'y', b = config 'z' }),
      tree(both, { a = config 'y' .. config 'x', b = config 'z' .. config 'x' }), { 'flux.two-owners ConfigMap/n/x' })
  end)

  it('is taken by each from the other', function()
    local both = kustomization('a', PRUNE) .. kustomization('b', PRUNE)
    local twice = { a = config 'x' .. config 'stays', b = config 'other' .. config 'x' }
    local found = check(tree(both, STAY), tree(both, twice), { 'flux.two-owners ConfigMap/n/x' })
    assert.matches('Kustomization f/a and Kustomization f/b apply it in turns', found[1].reason, 1, true)
    check(tree(both, twice), tree(both, twice), {})
  end)
end)

-- compare_spec.lua: what changes between two trees, object by object and owner by owner. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local host = require 'host'
local json = require 'json'
local list = require 'ifx.list'
local proc = require 'proc'

local function kustomization(name, path, rest)
  return ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { path: "%s", sourceRef: { kind: GitRepository, name: own }%s }\n---\n'):format(name, path, rest or '')
end

local SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { url: "https://git.example/x/own" }\n---\n'

local function config(name, value)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\ndata: { v: "%s" }\n---\n'):format(name, value or '')
end

local FLUX = SOURCE .. kustomization('one', './one') .. kustomization('two', './two')

local function diff(before, after, ...)
  local words, files = { ... }, {}
  for p, text in pairs(before) do files['before/' .. p] = text end
  for p, text in pairs(after) do files['after/' .. p] = text end
  return contract.with_files(files, function(dir)
    for _, side in ipairs { 'before', 'after' } do fs.mkdir(dir .. '/' .. side, { parents = true }) end
    return proc.run({ host.exe, 'diff', '-C', dir, 'before', 'after', table.unpack(words) }, { check = false })
  end)
end

local function data(before, after, ...)
  local done = diff(before, after, '--json', ...)
  assert.equal(0, done.status, done.stderr)
  return json.decode(done.stdout)
end

-- 'SORT NAME' of each change, '(reowned)' behind it where its owners differ.
local function lines(found)
  return list.map(found.changes, function(change)
    return ('%s %s%s'):format(change.sort, change.name, change.reowned and ' (reowned)' or '')
  end)
end

describe('ifx diff', function()
  it('says what comes, goes, changes and is handed over', function()
    local found = data(
      { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a' .. config 'b' .. config 'c' .. config 'd', ['two/x.yaml'] = config 'z' },
      { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a' .. config('b', 'new') .. config 'e',
        ['two/x.yaml'] = config 'z' .. config 'd' })
    assert.same({ 'changed b', 'removed c', 'reowned d (reowned)', 'added e' }, lines(found))
    assert.same({ same = 4, added = 1, removed = 1, changed = 1, reowned = 1, uncertain = 0 }, found.counts)
    assert.same({ { path = 'data.v', before = '', after = 'new' } }, found.changes[1].fields)
    assert.equal('changed', found.verdict)
  end)

  it('finds nothing when only files move', function()
    local found = data({ ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config 'b' },
      { ['clusters/x.yaml'] = FLUX, ['one/deep/y.yaml'] = config 'a', ['two/b.yaml'] = config 'b' })
    assert.same({ {}, 'equal' }, { lines(found), found.verdict })
  end)

  it('compares what each owner makes of an object', function()
    local both = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config('a', 'v') }
    assert.equal('equal', data(both, both).verdict)
    local other = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config('a', 'w') }
    assert.same({ { path = 'data.v', before = 'v', after = 'w' } }, data(both, other).changes[1].fields)
    local one = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config 'b' }
    local other_owner = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'b', ['two/x.yaml'] = config('a', 'v') }
    assert.same({ 'changed a (reowned)', 'reowned b (reowned)' }, lines(data(other_owner, one)))
  end)

  it('counts what somebody applied by hand', function()
    local found = data({ ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config 'b' },
      { ['x.yaml'] = SOURCE .. kustomization('one', './one') .. kustomization('two', './two', ', prune: true'),
        ['one/x.yaml'] = config 'a', ['two/x.yaml'] = config 'b' })
    assert.same({ 'changed two' }, lines(found))
    assert.same({ { path = 'spec.prune', after = true } }, found.changes[1].fields)
  end)

  it('does not take for gone what is only not known', function()
    local good = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/x.yaml'] = kustomization('low', './low'),
      ['low/x.yaml'] = config 'b' }
    local broken = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/kustomization.yaml'] = 'resources: [missing.yaml]\n' }
    local found = data(good, broken)
    assert.same({ 'uncertain b', 'uncertain low' }, lines(found))
    assert.equal('in-cluster:Kustomization.kustomize.toolkit.fluxcd.io/f/two', found.changes[1].uncertain)
    assert.same({ 'uncertain b', 'uncertain low' }, lines(data(broken, good)))
  end)

  it('says what fails before and after for the same reason, and does not call it a change', function()
    local broken = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/kustomization.yaml'] = 'resources: [missing.yaml]\n' }
    local done = diff(broken, broken, '--exit-code')
    assert.equal(0, done.status)
    assert.matches('Nothing changes: %d objects are the same, with the same owners; what 1 entry point applies is not known on '
      .. 'either side, for the same reason%.\n', done.stdout)
    assert.matches("Kustomization f/two: 'missing.yaml' doesn't exist", done.stdout, 1, true)
    local other = { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a', ['two/kustomization.yaml'] = 'resources: [other.yaml]\n' }
    local found = data(broken, other)
    assert.same({ 'unknown', false }, { found.verdict, found.unknown[1].same })
    assert.equal(2, diff(broken, other, '--exit-code').status)
  end)

  it('takes the only cluster for the same, and others by their names', function()
    local function tree(...)
      local out = { ['apps/x.yaml'] = config 'a', ['more/x.yaml'] = config 'b' }
      for i, name in ipairs { ... } do
        out[name .. '/x.yaml'] = SOURCE .. kustomization('apps', i == 1 and './apps' or './more')
      end
      return out
    end
    assert.equal('equal', data(tree 'old', tree 'new').verdict)
    assert.equal('equal', data(tree('a', 'b'), tree('c', 'b'), '--cluster', 'a=c').verdict)
    assert.equal(4, #data(tree('a', 'b'), tree('c', 'b')).changes)
    for word, why in pairs { ['x=c'] = 'there is no such cluster before', ['a=x'] = 'there is no such cluster after',
      ['a=b'] = 'before is the same one after' } do
      local refused = diff(tree('a', 'b'), tree('c', 'b'), '--cluster', word)
      assert.same({ 1, '' }, { refused.status, refused.stdout })
      assert.matches(why, refused.stderr, 1, true)
    end
    local done = diff(tree 'a', tree 'a', '--cluster', 'a')
    assert.equal(64, done.status)
    assert.matches('--cluster a: it is no BEFORE=AFTER', done.stderr, 1, true)
  end)

  it('says of an Application that a part of it is not known', function()
    local function application(url)
      return { ['x.yaml'] = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\n'
        .. 'metadata: { name: a, namespace: argocd }\nspec:\n'
        .. '  destination: { server: "https://kubernetes.default.svc", namespace: n }\n  project: default\n'
        .. '  sources:\n'
        .. '  - { repoURL: "https://git.example/x/own", path: one }\n  - { repoURL: "' .. url .. '", path: two }\n',
        ['one/x.yaml'] = config 'a' }
    end
    local one, two = application 'https://git.example/x/far', application 'https://git.example/x/other'
    local found = data(one, one)
    assert.same({ 'equal', 1, true }, { found.verdict, #found.unknown, found.unknown[1].same })
    found = data(one, two)
    assert.same({ 1, false }, { #found.unknown, found.unknown[1].same })
  end)

  it('counts what another repository defines, where that is a part of the side', function()
    local url = 'https://git.example/x/other'
    local function far(text) return (text:gsub('name: own', 'name: far'):gsub('x/own', 'x/other')) end
    local other = far(SOURCE .. kustomization('two', './two'))
    local files = {
      ['one/x.yaml'] = SOURCE .. kustomization('one', './one') .. other, ['one/one/x.yaml'] = config 'a',
      ['one/two/x.yaml'] = config 'b', ['left/x.yaml'] = SOURCE .. kustomization('one', './one'),
      ['left/one/x.yaml'] = config 'a',
      ['other/x.yaml'] = other, ['other/two/x.yaml'] = config 'b',
    }
    contract.with_files(files, function(dir)
      local function run(...) return proc.run({ host.exe, 'diff', '-C', dir, 'one', 'left', ... }, { check = false }).stdout end
      assert.matches('2 objects differ: 2 removed', run(), 1, true)
      assert.matches('2 objects differ: 2 removed', run('--repo', url .. '=' .. dir .. '/other'), 1, true)
      local with = run('--repo-after', url .. '=' .. dir .. '/other', '--proof', dir .. '/p.json')
      assert.matches('Nothing changes: 4 objects are the same', with, 1, true)
      local done = proc.run({ host.exe, 'verify', '-C', dir, 'p.json' }, { check = false })
      assert.equal(0, done.status, done.stdout)
    end)
  end)

  it('shows long values from where they differ', function()
    local function tree(tail)
      return { ['x.yaml'] = FLUX, ['one/x.yaml'] = config('a', ('x'):rep(100) .. tail), ['two/x.yaml'] = config 'b' }
    end
    local wanted = 'data.v: …' .. ('x'):rep(15) .. 'old → …' .. ('x'):rep(15) .. 'new\n'
    assert.matches(wanted, diff(tree 'old', tree 'new').stdout, 1, true)
  end)

  it('does not call it equal where there is nothing to compare', function()
    local files = { ['kustomization.yaml'] = 'resources: [x.yaml]\n', ['x.yaml'] = config 'a' }
    local done = diff(files, files, '--exit-code')
    assert.equal(2, done.status)
    assert.equal('Nothing was compared: on neither side there is an entry point, which would say what is applied.\n', done.stdout)
  end)

  it('is read by people', function()
    local done = diff(
      { ['x.yaml'] = FLUX, ['one/x.yaml'] = config 'a' .. config 'b' .. config 'c', ['two/x.yaml'] = config 'd' },
      { ['x.yaml'] = FLUX, ['one/x.yaml'] = config('a', ('x'):rep(70)), ['two/x.yaml'] = config 'd' .. config 'b' .. config 'e' })
    assert.same({ 0, '' }, { done.status, done.stderr })
    assert.equal([[
4 objects differ: 1 removed, 1 added, 1 changed, 1 with another owner; 3 are the same.

in-cluster
  Kustomization f/one
    ~ ConfigMap default/a
        data.v: "" → ]] .. ('x'):rep(59) .. [[…
    - ConfigMap default/c
  Kustomization f/two
    > ConfigMap default/b  from Kustomization f/one to Kustomization f/two
    + ConfigMap default/e
]], done.stdout)
  end)
end)

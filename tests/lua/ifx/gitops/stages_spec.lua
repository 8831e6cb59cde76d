-- stages_spec.lua: the way on which no controller deletes what stays. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local list = require 'ifx.list'
local stages = require 'ifx.gitops.stages'
local trees = require 'ifx.repo.tree'

local GROUP = 'kustomize.toolkit.fluxcd.io'

local SOURCE = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { interval: 1m, url: "https://git.example/own/tree" }\n---\n'

local function kustomization(name, rest, path)
  return ('apiVersion: %s/v1\nkind: Kustomization\nmetadata:\n  name: %s\n  namespace: f\nspec:\n  path: ./%s # its folder\n'
    .. '  sourceRef: { kind: GitRepository, name: own }\n%s---\n'):format(GROUP, name, path or name, rest or '')
end

local PRUNE = '  prune: true\n'

local function config(name)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n }\n---\n'):format(name)
end

local function tree(root, files)
  local out = { ['root.yaml'] = SOURCE .. kustomization('root', PRUNE, 'top'), ['top/x.yaml'] = root }
  for name, text in pairs(files) do out[name .. '/x.yaml'] = text end
  return out
end

local function with_trees(before, after, f)
  return contract.with_files(before, function(one)
    return contract.with_files(after, function(two)
      local first <close> = trees.folder(one)
      local second <close> = trees.folder(two)
      return f { before = first, after = second }
    end)
  end)
end

local registry = require('ifx.plugin').registry { dir = '/' }

local function find(before, after)
  return with_trees(before, after, function(both)
    return stages.find(both, { registry = registry, before = { registry = registry }, after = { registry = registry } })
  end)
end

local function texts(result, name)
  return list.find(result.stages, function(stage) return stage.name == name end).texts
end

local function words(protections)
  return list.sorted(list.map(protections, function(one)
    return ('%s %s=%s'):format(one.entry:match '[^/]*$', table.concat(one.path, '.'), tostring(one.value))
  end))
end

describe('stages', function()
  local both = kustomization('a', PRUNE) .. kustomization('b', PRUNE)

  it('are one step where nothing is in danger', function()
    local found = find(tree(both, { a = config 'x', b = config 'y' }),
      tree(both, { a = config 'x', b = config 'y' .. config 'z' }))
    assert.same({ { 'before', 'release' }, {}, {} }, { list.map(found.stages, 'name'), found.protections, found.open })
  end)

  it('protect an object that moves, also on the way back', function()
    local found = find(tree(both, { a = config 'x' .. config 'm', b = config 'y' }),
      tree(both, { a = config 'x', b = config 'y' .. config 'm' }))
    assert.same({ 'a spec.prune=false', 'b spec.prune=false' }, words(found.protections))
    assert.same({ {}, {} }, { found.open, found.unprotected })
    local kept = kustomization('a', '  prune: false\n') .. kustomization('b', '  prune: false\n')
    assert.same({ ['top/x.yaml'] = kept }, texts(found, 'protect'))
    assert.same({ ['top/x.yaml'] = kept }, texts(found, 'move'))
  end)

  it('let go of what a renamed Kustomization owns', function()
    local before = tree(kustomization('a', PRUNE, 'apps'), { apps = config 'x' })
    local after = tree(kustomization('b', PRUNE, 'apps'), { apps = config 'x' })
    local found = find(before, after)
    assert.same({ 'a spec.deletionPolicy=Orphan', 'b spec.deletionPolicy=Orphan' }, words(found.protections))
    assert.same({ {}, {} }, { found.open, found.unprotected })
    assert.matches('name: a.-prune: true\n  deletionPolicy: Orphan\n', texts(found, 'protect')['top/x.yaml'])
    assert.matches('name: b.-prune: true\n  deletionPolicy: Orphan\n', texts(found, 'move')['top/x.yaml'])
  end)

  it('say what they cannot protect', function()
    -- The parent sets what its children say: an edit of their file has no effect.
    local function patched(files)
      local out = tree(both, files)
      out['top/kustomization.yaml'] = 'resources: [x.yaml]\npatches:\n- target: { kind: Kustomization }\n'
        .. '  patch: |-\n    - { op: replace, path: /spec/prune, value: true }\n'
      return out
    end
    local found = find(patched { a = config 'x' .. config 'm', b = config 'y' },
      patched { a = config 'x', b = config 'y' .. config 'm' })
    assert.equal('flux.prune-moved', found.open[1].id)
    assert.same({}, found.unprotected)
  end)

  it('name what no file of the tree defines', function()
    local function generated(files)
      local out = tree(kustomization('b', PRUNE), files)
      out['top/kustomization.yaml'] = ('resources: [x.yaml, other.yaml]\nnamePrefix: p-\n')
      out['top/other.yaml'] = kustomization('a', PRUNE)
      return out
    end
    local found = find(generated { a = config 'x' .. config 'm', b = config 'y' },
      generated { a = config 'x', b = config 'y' .. config 'm' })
    assert.same({ 'its file does not declare it as it is rendered' }, { found.unprotected[1].why })
    assert.is_true(#found.open > 0)
  end)
end)

describe('stages between Applications', function()
  local function application(name, policy, finalizer)
    return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: %s\n  namespace: argocd\n%sspec:\n'
      .. '  destination: { server: "https://kubernetes.default.svc" }\n'
      .. '  source: { repoURL: "https://git.example/own/tree", path: %s }\n%s---\n'):format(name,
      finalizer and ('  finalizers: [%s]\n'):format(finalizer) or '', name == 'c' and 'a' or name, policy or '')
  end
  local PRUNES = '  syncPolicy:\n    automated: { prune: true, selfHeal: true }\n'
  local STAY, MOVED = { a = config 'stays' .. config 'x', b = config 'y' }, { a = config 'stays', b = config 'y' .. config 'x' }

  it('stop pruning, and make nothing automated that is not', function()
    local found = find(tree(application('a', PRUNES) .. application('b', PRUNES), STAY),
      tree(application 'a' .. application('b', PRUNES), MOVED))
    assert.same({ {}, {} }, { found.open, found.unprotected })
    assert.same({ 'a spec.syncPolicy.automated.prune=false', 'b spec.syncPolicy.automated.prune=false' },
      words(found.protections))
    local protected = application('b', (PRUNES:gsub('prune: true', 'prune: false')))
    assert.equal(application('a', (PRUNES:gsub('prune: true', 'prune: false'))) .. protected,
      texts(found, 'protect')['top/x.yaml'])
    assert.equal(application 'a' .. protected, texts(found, 'move')['top/x.yaml'])
  end)

  it('take the finalizer of what goes, and leave others', function()
    local finalizer = 'example.com/own, resources-finalizer.argocd.argoproj.io'
    local found = find(tree(application('a', '', finalizer), { a = config 'x' }),
      tree(application('c', PRUNES), { a = config 'x' }))
    assert.same({ {}, {} }, { found.open, found.unprotected })
    assert.equal(1, #found.protections)
    assert.matches('example.com/own', texts(found, 'protect')['top/x.yaml'], 1, true)
    assert.is_nil(texts(found, 'protect')['top/x.yaml']:find('resources-finalizer', 1, true))
    assert.same({}, texts(found, 'move'))
  end)
end)

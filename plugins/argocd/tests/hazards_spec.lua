-- hazards_spec.lua: what Argo CD would delete, and what it would not. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local list = require 'ifx.list'

local plugin = contract.plugin()

local URL = 'https://git.example/own/tree'
local APP, SET = 'Application.argoproj.io/argocd/', 'ApplicationSet.argoproj.io/argocd/'
local FINALIZER = 'resources-finalizer.argocd.argoproj.io'
local PRUNE = 'automated: { prune: true, selfHeal: true }'

local function spec(policy, path, more)
  return ('{ project: default, destination: { server: "https://kubernetes.default.svc", namespace: n }, source: { repoURL: "%s", '
    .. 'path: "%s" }, syncPolicy: { %s }%s }'):format(URL, path, policy, more or '')
end

-- more: path, finalizer (its text), annotations (theirs)
local function application(name, policy, more)
  more = more or {}
  local metadata = more.finalizer and (', finalizers: [%s]'):format(more.finalizer) or ''
  if more.annotations then metadata = metadata .. (', annotations: { %s }'):format(more.annotations) end
  return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\n'
    .. 'metadata: { name: %s, namespace: argocd%s }\nspec: %s\n---\n'):format(name, metadata, spec(policy, more.path or name))
end

-- One Application for each of the names, over the folder of that name.
local function set(name, elements, policy)
  return ('apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: %s, namespace: argocd }\nspec:\n'
    .. '  syncPolicy: { %s }\n  generators: [{ list: { elements: [%s] } }]\n'
    .. '  template: { metadata: { name: "{{name}}" }, spec: %s }\n'
    .. '---\n'):format(name, policy or '', table.concat(list.map(elements, function(one) return ('{ name: %s }'):format(one) end),
    ', '), spec(PRUNE, '{{name}}'))
end

local function config(name, annotations)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n%s }\n---\n'):format(name,
    annotations and (', annotations: { %s }'):format(annotations) or '')
end

-- A tree with the definitions that `root` renders, and files of theirs.
local function tree(root, files, root_policy)
  local out = { ['root.yaml'] = application('root', root_policy or PRUNE, { path = 'top' }), ['top/x.yaml'] = root }
  for name, text in pairs(files) do out[name .. '/' .. (text == '' and 'README.md' or 'x.yaml')] = text end
  return out
end

local function check(before, after, expect)
  return contract.hazards(plugin, { before = before, after = after, expect = expect })
end

local function option(text) return ('argocd.argoproj.io/sync-options: "%s"'):format(text) end

local STAY = { a = config 'stays' .. config 'x', b = config 'other' }
local MOVED = { a = config 'stays', b = config 'other' .. config 'x' }
local PRUNED = { 'argocd.prune-moved ConfigMap/n/x' }

local function both(policy, more) return application('a', policy, more) .. application('b', PRUNE) end

describe('an object that another Application applies from now on', function()
  it('is pruned by its old owner', function()
    local found = check(tree(both(PRUNE), STAY), tree(both(PRUNE), MOVED), PRUNED)[1]
    assert.matches('syncs first is a toss', found.reason, 1, true)
    assert.same({ 'high', 'a/x.yaml', 5 }, { found.severity, found.file, found.line })
    local protect = found.protect
    assert.same({ 'in-cluster:' .. APP .. 'a', 'spec.syncPolicy.automated.prune', false, 'spec.syncPolicy.automated' },
      { protect.entry, table.concat(protect.path, '.'), protect.value, table.concat(protect.where, '.') })
  end)

  it('stays where the old owner prunes neither before nor after', function()
    for _, policy in ipairs { '', 'automated: {}', 'automated: { prune: false }', 'automated: { enabled: false, prune: true }',
      'automated: null' } do
      check(tree(both(policy), STAY), tree(both(policy), MOVED), {})
      check(tree(both(policy), STAY), tree(both(PRUNE), MOVED), PRUNED)
      check(tree(both(PRUNE), STAY), tree(both(policy), MOVED), PRUNED)
    end
    local skipped = { annotations = 'argocd.argoproj.io/skip-reconcile: "true"' }
    check(tree(both(PRUNE, skipped), STAY), tree(both(PRUNE, skipped), MOVED), {})
  end)

  it('stays where it says so itself before, or its Application for all', function()
    local kept = { option 'Prune=false', option 'Validate=false, Prune=confirm', 'argocd.argoproj.io/hook: PreSync' }
    for _, annotations in ipairs(kept) do
      local x = config('x', annotations)
      local before = { a = config 'stays' .. x, b = config 'other' }
      check(tree(both(PRUNE), before), tree(both(PRUNE), { a = config 'stays', b = config 'other' .. x }), {})
    end
    check(tree(both(PRUNE), STAY), tree(both(PRUNE), { a = config 'stays', b = config 'other' .. config('x', kept[1]) }), PRUNED)
    local all = PRUNE .. ', syncOptions: [Prune=false]'
    check(tree(both(all), STAY), tree(both(all), MOVED), {})
    local own = { a = config 'stays' .. config('x', option 'Prune=true'), b = config 'other' }
    check(tree(both(all), own), tree(both(all), MOVED), PRUNED)
  end)

  it('takes all it applied along when it is an Application with the finalizer', function()
    local child = application('child', PRUNE, { finalizer = FINALIZER })
    local before = { a = config 'stays' .. child, b = config 'other', child = config 'x' }
    local after = { a = config 'stays', b = config 'other' .. child, child = config 'x' }
    local found = check(tree(both(PRUNE), before), tree(both(PRUNE), after), { 'argocd.prune-moved ' .. APP .. 'child' })
    assert.matches('the finalizer of the Application deletes all', found[1].reason, 1, true)
  end)

  it('stays while its old owner would have nothing left, and refuses that', function()
    local files = { a = config 'x', b = config 'other' }
    local found = check(tree(both(PRUNE), files), tree(both(PRUNE), { a = '', b = config 'other' .. config 'x' }),
      { 'argocd.empty ' .. APP .. 'a' })
    assert.same({ 'low' }, { found[1].severity })
    local allowed = 'automated: { prune: true, selfHeal: true, allowEmpty: true }'
    check(tree(both(allowed), files), tree(both(allowed), { a = '', b = config 'other' .. config 'x' }), PRUNED)
    check(tree(both '', files), tree(both '', { a = '', b = config 'other' .. config 'x' }), {})
  end)
end)

describe('an Application that goes', function()
  local two = tree(application('b', PRUNE, { path = 'apps' }), { apps = config 'x' })
  local function one(more, policy)
    more.path = 'apps'
    return tree(application('a', policy or PRUNE, more), { apps = config 'x' })
  end

  it('leaves what it applied, without the finalizer', function()
    local found = check(one {}, two, { 'argocd.application-removed ' .. APP .. 'a' })
    assert.same({ 'low' }, { found[1].severity })
  end)

  it('takes it along, with the finalizer and its variants', function()
    for _, variant in ipairs { '', '/foreground', '/background' } do
      local found = check(one { finalizer = 'example.com/own, ' .. FINALIZER .. variant }, two,
        { 'argocd.application-removed ' .. APP .. 'a', 'argocd.application-removed ConfigMap/n/x' })
      assert.matches('its finalizer deletes what it applied', found[1].reason, 1, true)
      assert.same({ 'metadata', 'finalizers' }, found[2].protect.path)
      assert.same({ 'example.com/own' }, found[2].protect.value)
    end
    check(one { finalizer = FINALIZER .. '.example.com' }, two, { 'argocd.application-removed ' .. APP .. 'a' })
  end)

  it('takes what its path holds now along, when that is still there', function()
    local function before(more)
      more.path = 'apps'
      return tree(application('a', PRUNE, more) .. application('b', PRUNE), { apps = config 'old', b = config 'y' })
    end
    local after = tree(application('b', PRUNE, { path = 'apps' }), { apps = config 'y' })
    local found = check(before { finalizer = FINALIZER }, after,
      { 'argocd.application-removed ' .. APP .. 'a', 'argocd.prune-removed ConfigMap/n/old' })
    assert.matches('it takes what that holds now from its owner', found[1].reason, 1, true)
    assert.same({ 'metadata', 'finalizers' }, found[1].protect.path)
    found = check(before {}, after, { 'argocd.application-removed ' .. APP .. 'a', 'argocd.prune-removed ConfigMap/n/old' })
    assert.same({ 'low' }, { found[1].severity })
  end)

  it('leaves objects that say so', function()
    for _, kept in ipairs { option 'Delete=false', 'helm.sh/resource-policy: keep' } do
      local files = { old = config('x', kept) }
      local before = tree(application('a', PRUNE, { path = 'old', finalizer = FINALIZER }), files)
      check(before, tree(application('b', PRUNE, { path = 'new' }), { new = config('x', kept) }),
        { 'argocd.application-removed ' .. APP .. 'a' })
    end
  end)

  it('prunes on its way what its path does not hold any more', function()
    local before = tree(application('a', PRUNE, { path = 'apps' }) .. application('b', PRUNE),
      { apps = config 'x', b = config 'y' })
    local after = tree(application('c', PRUNE, { path = 'apps' }) .. application('b', PRUNE),
      { apps = config 'other', b = config 'y' .. config 'x' })
    check(before, after, { 'argocd.prune-moved ConfigMap/n/x', 'argocd.application-removed ' .. APP .. 'a' })
    local elsewhere = tree(application('c', PRUNE, { path = 'new' }) .. application('b', PRUNE),
      { new = config 'other', b = config 'y' .. config 'x' })
    check(before, elsewhere, { 'argocd.application-removed ' .. APP .. 'a' })
  end)

  it('goes on where nobody deletes it', function()
    local root = tree(application('a', PRUNE, { path = 'apps' }), { apps = config 'x' }, '')
    local found = check(root, tree(application('b', PRUNE, { path = 'apps' }), { apps = config 'x' }, ''),
      { 'argocd.application-removed ' .. APP .. 'a' })
    assert.same({ 'medium' }, { found[1].severity })
    found = check(one { annotations = option 'Prune=false' }, two, { 'argocd.application-removed ' .. APP .. 'a' })
    assert.same({ 'medium' }, { found[1].severity })
  end)
end)

describe('an object that nobody renders any more', function()
  local volume = config('v'):gsub('ConfigMap', 'PersistentVolumeClaim')
  local before, after = { a = config 'stays' .. config 'x' .. volume }, { a = config 'stays' }

  it('is deleted by an owner that prunes', function()
    local a = application('a', PRUNE)
    local found = check(tree(a, before), tree(a, after),
      { 'argocd.prune-removed PersistentVolumeClaim/n/v', 'argocd.prune-removed ConfigMap/n/x' })
    assert.same({ 'high', 'low' }, { found[1].severity, found[2].severity })
    check(tree(application('a', ''), before), tree(application('a', ''), after), {})
    check(tree(a, { a = config 'stays' .. config('x', option 'Prune=false') }), tree(a, after), {})
  end)

  it('is deleted with its Application where that has the finalizer', function()
    local kept = config('k', option 'Delete=false')
    local crd = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: a.b }\n---\n'
    check(tree(application('a', PRUNE, { finalizer = FINALIZER }), { a = config 'x' .. kept .. crd }),
      tree(config 'stays', {}), { 'argocd.application-removed ' .. APP .. 'a', 'argocd.prune-removed ConfigMap/n/x' })
    check(tree(application('a', PRUNE), { a = config 'x' }), tree(config 'stays', {}),
      { 'argocd.application-removed ' .. APP .. 'a' })
  end)

  it('is not deleted where its Application goes to another cluster, or cannot be rendered', function()
    local a = application('a', PRUNE)
    local far = a:gsub('https://kubernetes.default.svc', 'https://far.example')
    local found = check(tree(a, { a = config 'stays' }), tree(far, { a = config 'stays' }), {})
    assert.same({}, found)
    local broken = tree(a, {})
    broken['a/kustomization.yaml'] = 'resources: [missing.yaml]\n'
    found = check(tree(a, before), broken, { 'argocd.fails ' .. APP .. 'a' })
    assert.same({ 'medium' }, { found[1].severity })
    check(broken, tree(a, before), {})
  end)
end)

describe('an Application with another path', function()
  local function paths(policy, path) return application('a', policy, { path = path }) end
  local old = tree(paths(PRUNE, 'old'), { old = config 'x' })

  it('may sync the old one once more', function()
    local after = tree(paths(PRUNE, 'new') .. application('b', PRUNE, { path = 'old' }),
      { new = config 'x', old = config 'other' })
    local found = check(old, after, { 'argocd.path-changed ' .. APP .. 'a' })
    assert.matches('may sync its old path old once more', found[1].reason, 1, true)
    check(old, tree(paths(PRUNE, 'new'), { new = config 'x' }), {})
    check(tree(paths('', 'old'), { old = config 'x' }), after, {})
  end)

  it('and take what is there from one that does not heal', function()
    local after = tree(paths(PRUNE, 'new') .. application('b', 'automated: {}', { path = 'old' }),
      { new = config 'x', old = config 'other' })
    local found = check(old, after, { 'argocd.path-changed ' .. APP .. 'a', 'argocd.path-changed ' .. APP .. 'a' })
    local fields = list.sorted(list.map(found, function(one) return one.protect.path[4] end))
    assert.same({ 'prune', 'selfHeal' }, fields)
  end)
end)

describe('an ApplicationSet', function()
  local files = { a = config 'x', b = config 'y' }

  it('deletes what it makes no more, with what that applied', function()
    local found = check(tree(set('s', { 'a', 'b' }), files), tree(set('s', { 'a' }), files),
      { 'argocd.applicationset-removed ' .. APP .. 'b', 'argocd.prune-removed ConfigMap/n/y' })
    assert.same({ 'high' }, { found[1].severity })
    local kept = 'preserveResourcesOnDeletion: true'
    found = check(tree(set('s', { 'a', 'b' }, kept), { a = config 'x', b = config 'y' }),
      tree(set('s', { 'a' }, kept), { a = config 'x' }), { 'argocd.applicationset-removed ' .. APP .. 'b' })
    assert.same({ 'low' }, { found[1].severity })
    for _, policy in ipairs { 'create-only', 'create-update' } do
      policy = 'applicationsSync: ' .. policy
      found = check(tree(set('s', { 'a', 'b' }, policy), files), tree(set('s', { 'a' }, policy), { a = config 'x' }),
        { 'argocd.applicationset-removed ' .. APP .. 'b' })
      assert.same({ 'medium' }, { found[1].severity })
    end
  end)

  it('takes all of them along when it is renamed, but for what it keeps', function()
    local found = check(tree(set('s', { 'a' }), { a = config 'x' }), tree(set('t', { 'a' }), { a = config 'x' }),
      { 'argocd.applicationset-removed ' .. SET .. 's', 'argocd.applicationset-removed ' .. APP .. 'a' })
    assert.same({ 'in-cluster:' .. SET .. 's', 'spec.syncPolicy.preserveResourcesOnDeletion', true },
      { found[2].protect.entry, table.concat(found[2].protect.path, '.'), found[2].protect.value })
    for _, policy in ipairs { 'applicationsSync: create-only', 'preserveResourcesOnDeletion: true' } do
      found = check(tree(set('s', { 'a' }, policy), { a = config 'x' }), tree(set('t', { 'a' }, policy), { a = config 'x' }),
        policy:find 'create' and { 'argocd.applicationset-removed ' .. SET .. 's' }
          or { 'argocd.applicationset-removed ' .. SET .. 's', 'argocd.applicationset-removed ' .. APP .. 'a' })
      for _, one in ipairs(found) do assert.same({ 'low' }, { one.severity }) end
    end
  end)

  it('prunes what moves away from one of its Applications, and is told so in its template', function()
    local more = application('c', PRUNE)
    local found = check(tree(set('s', { 'a' }) .. more, { a = config 'x' .. config 'stays', c = config 'y' }),
      tree(set('s', { 'a' }) .. more, { a = config 'stays', c = config 'y' .. config 'x' }), PRUNED)
    assert.same({ 'in-cluster:' .. SET .. 's', 'spec.template.spec.syncPolicy.automated.prune' },
      { found[1].protect.entry, table.concat(found[1].protect.path, '.') })
  end)
end)

describe('an object with two owners', function()
  it('is taken by each from the other', function()
    local twice = { a = config 'x' .. config 'stays', b = config 'other' .. config 'x' }
    local found = check(tree(both(PRUNE), STAY), tree(both(PRUNE), twice), { 'argocd.two-owners ConfigMap/n/x' })
    assert.matches('Application argocd/a and Application argocd/b both apply it', found[1].reason, 1, true)
    check(tree(both(PRUNE), twice), tree(both(PRUNE), twice), {})
  end)
end)

-- kustomize_watch_spec.lua: files that move out of the folder of their kustomization. SPDX-License-Identifier: Apache-2.0

local list = require 'ifx.list'
local plan = dofile 'tests/lua/support/restructure.lua'

local URL = 'https://git.example.org/o/r.git'

local function service(name)
  return ('apiVersion: v1\nkind: Service\nmetadata: { name: %s }\n'):format(name)
end

-- A resource, patches and the file of a generator, each in the folder of its root.
local function repository(more)
  local files = {
    ['apps/web/kustomization.yaml'] = 'resources: [cm.yaml, s.yaml]\nconfigMapGenerator:\n- name: c\n  files: [key=app.ini]\n',
    ['apps/web/cm.yaml'] = service 'a', ['apps/web/s.yaml'] = service 'b', ['apps/web/app.ini'] = 'a=1\n',
    ['env/prod/kustomization.yaml'] = 'resources: [../../apps/web]\npatches:\n- path: patch.yaml\n',
    ['env/prod/patch.yaml'] = service 'b',
  }
  for file, text in pairs(more or {}) do files[file] = text end
  return files
end

local function application(folder)
  return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: prod, namespace: argocd }\nspec:\n'
    .. '  source: { repoURL: %s, path: %s }\n'):format(URL, folder)
end

local function restricted(out)
  local hazards = list.filter(out.hazards, function(hazard) return hazard.id == 'restrict' end)
  table.sort(hazards, function(a, b) return a.object < b.object end)
  return hazards, list.filter(out.blocked, function(entry) return entry.id == 'restrict' end)
end

describe('kustomize.watch', function()
  local SHAPES = {
    { 'a resource', 'apps/web/cm.yaml', 'shared/cm.yaml', 'apps/web', '../../shared/cm.yaml (apps/web/kustomization.yaml:1)' },
    { 'a patch', 'env/prod/patch.yaml', 'patches/prod.yaml', 'env/prod', '../../patches/prod.yaml' },
    { 'a file of a generator', 'apps/web/app.ini', 'files/app.ini', 'apps/web', 'files/app.ini' },
  }
  for _, shape in ipairs(SHAPES) do
    local what, old, new, folder, text = table.unpack(shape)

    it('says that most builders refuse a root that ' .. what .. ' has left', function()
      local hazards, blocked = restricted(plan(repository(), { [old] = new }))
      assert.equal(1, #hazards)
      assert.equal(folder .. '/kustomization.yaml', hazards[1].object)
      assert.truthy(hazards[1].reason:find(text, 1, true), hazards[1].reason)
      assert.truthy(hazards[1].reason:find('LoadRestrictionsNone', 1, true))
      assert.same({}, blocked)
    end)

    it('blocks the plan when an Application builds it: ' .. what, function()
      local out = plan(repository { ['argo/prod.yaml'] = application 'env/prod' }, { [old] = new })
      local hazards, blocked = restricted(out)
      assert.equal(1, #hazards)
      assert.equal(1, #blocked)
      assert.equal('restrict', blocked[1].accept)
      assert.truthy(blocked[1].why:find('Application argocd/prod', 1, true), blocked[1].why)
      assert.truthy(blocked[1].why:find(folder .. '/kustomization.yaml', 1, true), blocked[1].why)
    end)
  end

  it('says it once for each root', function()
    local hazards = restricted(plan(repository(), {
      ['apps/web/cm.yaml'] = 'shared/cm.yaml', ['apps/web/s.yaml'] = 'shared/s.yaml', ['env/prod/patch.yaml'] = 'patches/p.yaml',
    }))
    assert.same({ 'apps/web/kustomization.yaml', 'env/prod/kustomization.yaml' }, list.map(hazards, 'object'))
    assert.truthy(hazards[1].reason:find('shared/cm.yaml', 1, true))
    assert.truthy(hazards[1].reason:find('shared/s.yaml', 1, true))
  end)

  it('has nothing against files below their root, roots that move whole, and folders elsewhere', function()
    assert.same({}, (restricted(plan(repository(), {
      ['apps/web/cm.yaml'] = 'apps/web/deep/cm.yaml', ['env/prod/kustomization.yaml'] = 'clusters/prod/kustomization.yaml',
      ['env/prod/patch.yaml'] = 'clusters/prod/patch.yaml',
    }))))
  end)

  it('says nothing of what was outside before: its builder allows it', function()
    local files = repository {
      ['x/kustomization.yaml'] = 'resources: [../common/s.yaml]\n', ['common/s.yaml'] = service 'x',
    }
    assert.same({}, (restricted(plan(files, { ['common/s.yaml'] = 'shared/s.yaml' }))))
    assert.same({}, (restricted(plan(files, { ['x/kustomization.yaml'] = 'y/kustomization.yaml' }))))
  end)

  it('sees a root that leaves its files', function()
    local hazards = restricted(plan(repository(), { ['env/prod/kustomization.yaml'] = 'roots/prod/kustomization.yaml' }))
    assert.same({ 'roots/prod/kustomization.yaml' }, list.map(hazards, 'object'))
  end)

  it('leaves additional values to helm, which reads any file, and not the first', function()
    local chart = 'helmCharts:\n- name: x\n  repo: https://charts.example.org\n  valuesFile: v.yaml\n'
      .. '  additionalValuesFiles: [w.yaml]\n'
    local files = { ['h/kustomization.yaml'] = chart, ['h/v.yaml'] = 'a: 1\n', ['h/w.yaml'] = 'a: 2\n' }
    assert.same({}, (restricted(plan(files, { ['h/w.yaml'] = 'values/w.yaml' }))))
    assert.equal(1, #restricted(plan(files, { ['h/v.yaml'] = 'values/v.yaml' })))
  end)
end)

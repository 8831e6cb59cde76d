-- argocd_watch_spec.lua: what live Applications would do when files move. SPDX-License-Identifier: Apache-2.0

local plan = dofile 'tests/lua/support/restructure.lua'

local URL = 'https://git.example.org/o/r.git'
local SET = [[
generators:
  - git:
      repoURL: %s
      directories: [{path: apps/*}, {path: apps/off, exclude: true}]
template:
  metadata: {name: '%s'}
  spec:
    source: {repoURL: %s, path: '{{ .path.path }}'}
    syncPolicy: {automated: {prune: %s}}
%s]]

local function indented(text, by)
  return (text:gsub('[^\n]+', (' '):rep(by) .. '%0'))
end

local function set(o)
  o = o or {}
  return SET:format(URL, o.name or '{{ .path.basename }}', URL, tostring(o.prune ~= false), o.more or '')
end

local function manifest(o)
  return 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all, namespace: argocd}\nspec:\n'
    .. indented(set(o), 2)
end

local function values(o)
  return 'argocd-apps:\n  applicationsets:\n    all:\n      namespace: argocd\n' .. indented(set(o), 6)
end

local function service(name)
  return ('apiVersion: v1\nkind: Service\nmetadata: {name: %s}\n'):format(name)
end

-- A repository with one generator, in a manifest or in the values of a chart.
local function repository(generator)
  local files = { ['apps/off/o.yaml'] = service 'o', ['stock/s.yaml'] = service 's' }
  for _, name in ipairs { 'a', 'b', 'c' } do files[('apps/%s/x.yaml'):format(name)] = service(name) end
  for file, text in pairs(generator) do files[file] = text end
  return files
end

local CHART = 'apiVersion: v2\nname: own\nversion: 0.1.0\ndependencies:\n- {name: argocd-apps, version: 2.0.0}\n'

local BOTH = {
  manifest = function(o) return repository { ['root/set.yaml'] = manifest(o) } end,
  ['values of the chart'] = function(o) return repository { ['root/Chart.yaml'] = CHART, ['root/values.yaml'] = values(o) } end,
}

for where, files in pairs(BOTH) do
  local place = where == 'manifest' and 'spec' or 'argocd%-apps.applicationsets.all'

  describe('argocd.watch of an ApplicationSet in a ' .. where, function()
    it('says which Applications go with their folders, and how they keep what they applied', function()
      local out = plan(files(), { ['apps/a/x.yaml'] = 'old/a/x.yaml', ['apps/b/x.yaml'] = 'old/b/x.yaml' })
      assert.equal(1, #out.hazards)
      local hazard = out.hazards[1]
      assert.equal('prune', hazard.id)
      assert.equal('ApplicationSet argocd/all', hazard.object)
      assert.equal(2, hazard.files)
      assert.matches('no longer makes the Applications a, b: it deletes them .* 2 files with 2 objects', hazard.reason)
      assert.matches(place .. '.syncPolicy.preserveResourcesOnDeletion: true$', hazard.patch)
      assert.matches('applications.argoproj.io a b %-o', hazard.check)
    end)

    it('counts the files of a chart, which hold no objects', function()
      local all = files()
      all['apps/chart/Chart.yaml'], all['apps/chart/values.yaml'] = 'name: chart\nversion: 0.1.0\n', 'a: 1\n'
      local out = plan(all, { ['apps/chart/Chart.yaml'] = 'old/Chart.yaml', ['apps/chart/values.yaml'] = 'old/values.yaml' })
      assert.matches('the Application chart: .* 2 files with 0 objects', out.hazards[1].reason)
    end)

    it('knows a folder that another of its globs finds under the same name', function()
      local more = files()
      for file, text in pairs(more) do more[file] = text:gsub('{path: apps/%*}', '%0, {path: "more/*"}') end
      assert.same({}, plan(more, { ['apps/a/x.yaml'] = 'more/a/x.yaml' }).hazards)
      assert.equal(1, #plan(more, { ['apps/a/x.yaml'] = 'more/other/x.yaml' }).hazards)
    end)

    it('says what an Application that stays prunes, and nothing where it does not prune', function()
      local function split(o)
        local all = files(o)
        all['apps/a/y.yaml'] = service 'y'
        return plan(all, { ['apps/a/y.yaml'] = 'old/y.yaml' })
      end
      local out = split()
      assert.equal('Application argocd/a', out.hazards[1].object)
      assert.matches('set ' .. place .. '.*syncPolicy.automated.prune: false', out.hazards[1].remedy)
      assert.same({}, split({ prune = false }).hazards)
    end)

    it('has nothing to say where the set keeps what its Applications applied', function()
      for _, policy in ipairs { 'preserveResourcesOnDeletion: true', 'applicationsSync: create-update' } do
        local kept = files { more = ('syncPolicy: {%s}\n'):format(policy) }
        assert.same({}, plan(kept, { ['apps/a/x.yaml'] = 'old/a/x.yaml' }).hazards)
      end
    end)

    it('says nothing of what a template takes from elsewhere, or does not say', function()
      for _, field in ipairs { "path: 'charts/{{ .path.basename }}'", 'chart: web', 'path: 1', '' } do
        local other = files()
        for file, text in pairs(other) do other[file] = text:gsub("path: '{{ .path.path }}'", field) end
        assert.same({}, plan(other, { ['apps/a/x.yaml'] = 'old/a/x.yaml' }).hazards)
      end
    end)

    it('blocks what a glob would newly find', function()
      local out = plan(files(), { ['stock/s.yaml'] = 'apps/s/s.yaml' })
      assert.equal('activate', out.blocked[1].accept)
      assert.matches('apps/s/s.yaml', out.blocked[1].why)
    end)
  end)
end

describe('argocd.watch', function()
  it('does not take a chart of another name for one that makes Applications', function()
    local files = repository { ['root/Chart.yaml'] = 'name: argocd-apps-like\nversion: 0.1.0\n', ['root/values.yaml'] = values() }
    assert.same({}, plan(files, { ['apps/a/x.yaml'] = 'old/a/x.yaml' }).hazards)
  end)
end)

describe('argocd.watch of a split', function()
  local NEW = 'https://git.example.org/o/apps'

  local function project(repos)
    return ('apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: web}\nspec: {sourceRepos: [%s]}\n')
      :format(repos)
  end

  local function needs(repos, there)
    local files = {
      ['project.yaml'] = project(repos), ['web/x.yaml'] = service 'x',
      ['app.yaml'] = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app, namespace: argocd}\nspec:\n'
        .. ('  project: web\n  source: {repoURL: "%s", path: web}\n'):format(URL),
    }
    local away = { ['web/x.yaml'] = 'web/x.yaml', ['app.yaml'] = there and 'app.yaml' or nil }
    local gone = {}
    for old in pairs(away) do gone[old] = true end
    local out = plan(files, {}, {}, {
      gone = gone, name = 'r', url = URL, branch = 'main',
      repositories = { { repository = { id = 'apps', name = 'apps', url = NEW, dir = '/nowhere' }, moves = away } },
    })
    return (there and out.repositories[1] or out).needs
  end

  it('names projects that do not allow the other repository, and what to add', function()
    for _, there in ipairs { false, true } do
      local found = needs(('"%s"'):format(URL), there)
      assert.equal(1, #found)
      assert.matches('AppProject web %(project.yaml%) does not allow https://git.example.org/o/apps, where Application '
        .. 'argocd/app takes', found[1])
      assert.matches('\n    %- https://git.example.org/o/apps$', found[1])
    end
  end)

  it('reads patterns as Argo CD does', function()
    for _, repos in ipairs { '"*"', '"https://git.example.org/o/*"', '"https://git.example.org/**"', '"' .. NEW .. '.git"' } do
      assert.same({}, needs(repos))
    end
    for _, repos in ipairs { '"https://git.example.org/*"', '"*", "!' .. NEW .. '"', '' } do assert.equal(1, #needs(repos)) end
  end)
end)

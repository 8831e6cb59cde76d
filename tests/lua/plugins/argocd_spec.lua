-- argocd_spec.lua: what Argo CD's objects name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/argocd'

describe('the finder of Argo CD', function()
  it('finds every field of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'argocd.txt', kit.lines(kit.graph(FIXTURE, 'argocd')))
  end)

  it('makes paths, globs, list elements and the beginnings of templates that are written anew', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'argocd', { kustomize = 'overlays', ['charts/web'] = 'helm/web' })
    assert.are.same({
      'apps/web/application.yaml:101 kustomize/web -> overlays/web',
      'apps/web/application.yaml:9 charts/web -> helm/web',
      'sets/directories.yaml:12 kustomize/* -> overlays/*',
      'sets/directories.yaml:13 kustomize/tls -> overlays/tls',
      'sets/list.yaml:18 kustomize -> overlays',
      'sets/list.yaml:28 kustomize/tls -> overlays/tls',
      'sets/list.yaml:48 kustomize/web -> overlays/web',
      'sets/list.yaml:54 kustomize -> overlays',
      'umbrella/values.yaml:13 kustomize/* -> overlays/*',
      'umbrella/values.yaml:14 kustomize/tls -> overlays/tls',
      'umbrella/values.yaml:27 kustomize/tls -> overlays/tls',
      'umbrella/values.yaml:31 kustomize/web -> overlays/web',
    }, edits)
    assert.are.same({}, plan.problems)
    for _, line in ipairs(listed) do assert.matches('pinned to the revision v1.4.0', line) end
  end)

  it('resolves values files from the chart, the root of the repository and the source of a ref', function()
    local edits = kit.moves(FIXTURE, 'argocd', { ['apps/web/values'] = 'values' })
    assert.are.same({
      'apps/web/application.yaml:15 ../../apps/web/values/prod.yaml -> ../../values/prod.yaml',
      'apps/web/application.yaml:16 apps/web/values/prod.yaml -> values/prod.yaml',
      'apps/web/application.yaml:17 ../../apps/web/values/*.yaml -> ../../values/*.yaml',
      'apps/web/application.yaml:47 apps/web/values/prod.yaml -> values/prod.yaml',
    }, edits)
  end)

  it('takes a repository for this one on the evidence of its folders, placeholder owners included', function()
    local function application(name, url, path)
      return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: %s}\n'):format(name)
        .. ('spec:\n  source: {repoURL: "%s", path: %s}\n---\n'):format(url, path)
    end
    local files = {
      ['apps.yaml'] = application('a', 'https://github.com/your-org/infra', 'gitops/a')
        .. application('b', 'https://github.com/somebody/charts', 'gitops')
        .. application('c', 'https://github.com/me/old', 'gitops/a')
        .. application('d', 'https://github.com/me/old', 'gitops/b'),
      ['gitops/a/x.yaml'] = '', ['gitops/b/x.yaml'] = '',
    }
    local said = table.concat(kit.of(files, 'argocd', { 'https://github.com/me/infra' }), '\n')
    assert.matches('your%-org/infra %-> repository', said)
    assert.matches('somebody/charts %-> remote', said)
    assert.matches('me/old %-> repository %-: ok, taken for this repository: 2 of the 2 folders', said)
  end)

  it('renames the element of a list, and says what cannot leave its folder', function()
    local edits = kit.moves(FIXTURE, 'argocd', { ['kustomize/web'] = 'kustomize/shop' })
    assert.matches('sets/list.yaml:9 web %-> shop', table.concat(edits, '\n'))
    local _, listed = kit.moves(FIXTURE, 'argocd', { ['kustomize/web'] = 'shop', ['apps/web/values'] = 'values' })
    local said = table.concat(listed, '\n')
    assert.matches('sets/list.yaml:9 web: one segment of a path below kustomize', said)
    assert.matches('root.yaml:30 web/values/%*: a glob of files below the folder of the source', said)
  end)
end)

describe('argocd.make_applications', function()
  local plan = dofile 'tests/lua/support/restructure.lua'

  local function application(name, path)
    return ('apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: %s, namespace: argocd}\nspec:\n  source: '
      .. '{repoURL: "https://git.example.org/o/r.git", path: %s}\n'):format(name, path or 'x')
  end

  local function made(files, below)
    return plan(files, {}, { { use = 'argocd.make_applications', with = { folder = 'root', below = below } } })
  end

  it('lists Applications beside themselves, and their folders in the root', function()
    local out = made({
      ['a/one/application.yaml'] = application 'one', ['a/one/values.yaml'] = 'x: 1\n', ['b/two.yaml'] = application 'two',
      ['a/three/deploy.yaml'] = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n', ['root/own.yaml'] = application 'own',
    }, { 'a', 'b', 'root' })
    assert.matches('resources:\n  %- application.yaml\n$', out.created['a/one/kustomization.yaml'])
    assert.matches('resources:\n  %- two.yaml\n$', out.created['b/kustomization.yaml'])
    assert.matches('resources:\n  %- own.yaml\n  %- ../a/one\n  %- ../b\n$', out.created['root/kustomization.yaml'])
    assert.is_nil(out.created['a/three/kustomization.yaml'])
    assert.equal('activate', out.blocked[1].accept)
    assert.matches('^3 files of Applications', out.blocked[1].why)
  end)

  it('switches nothing on that is rendered already, and makes nothing twice', function()
    local files = { ['a/one/application.yaml'] = application 'one', ['top.yaml'] = application('top', 'a/one') }
    local out = made(files, { 'a' })
    assert.same({}, out.blocked)
    for _, file in ipairs { 'a/one/kustomization.yaml', 'root/kustomization.yaml' } do files[file] = out.created[file] end
    assert.is_nil(next(made(files, { 'a' }).created))
    assert.matches('no Application lies below c', made(files, { 'c' }).notes[1])
  end)
end)

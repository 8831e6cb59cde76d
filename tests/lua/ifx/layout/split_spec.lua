-- split_spec.lua: one tree that becomes several repositories: references across the border. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local plan = dofile 'tests/lua/support/restructure.lua'
local restructure = require 'ifx.layout.restructure'

local HERE, THERE = 'https://git.example.org/o/r.git', 'https://git.example.org/o/platform'

local function application(name, path, more)
  return ([[
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: %s, namespace: argocd }
spec:
  project: default
  source:
    repoURL: %s
    targetRevision: main
    path: %s
%s  destination: { server: https://kubernetes.default.svc, namespace: x }
]]):format(name, HERE, path, more or '')
end

local CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: x }\n'

-- A split into this repository and `platform`; `away` is what goes there, `here` what moves or (false) stays here too.
local function split(files, away, more, here)
  local gone, moves = {}, {}
  for old in pairs(away) do gone[old] = true end
  for old, new in pairs(here or {}) do
    gone[old] = nil
    if new then moves[old] = new end
  end
  local job = {
    gone = gone, text = true, name = 'r', url = HERE, branch = 'trunk', watchers = {},
    repositories = { {
      repository = { id = 'platform', name = 'platform-gitops', url = THERE, dir = '/nowhere' }, moves = away,
    } },
  }
  for key, value in pairs(more or {}) do job[key] = value end
  local outcome = plan(files, moves, more and more.actions, job)
  return outcome, outcome.repositories[1]
end

local function listed(outcome)
  local out = {}
  for _, item in ipairs(outcome.listed) do
    out[#out + 1] = ('%s: %s -> %s'):format(item.reference.file, item.reference.text, item.proposal or item.target or '?')
  end
  return out
end

describe('a split', function()
  it('gives each repository its files, and points addresses and paths to where things are', function()
    local files = {
      ['apps/root.yaml'] = application('root', 'apps/web'), ['apps/infra.yaml'] = application('infra', 'clusters/mgmt'),
      ['apps/web/x.yaml'] = CONFIG:format 'web', ['clusters/mgmt/c.yaml'] = CONFIG:format 'c',
      ['stay.yaml'] = application('stay', 'apps/web'),
    }
    local here, there = split(files, {
      ['apps/root.yaml'] = 'argocd/root.yaml', ['apps/infra.yaml'] = 'argocd/infra.yaml', ['apps/web/x.yaml'] = 'web/x.yaml',
    }, nil, { ['clusters/mgmt/c.yaml'] = 'clusters/management/c.yaml' })
    assert.equal(application('root', 'web'):gsub('o/r%.git', 'o/platform'), there.changed['argocd/root.yaml'].new)
    assert.equal(application('infra', 'clusters/management'), there.changed['argocd/infra.yaml'].new)
    assert.equal(application('stay', 'web'):gsub('o/r%.git', 'o/platform'), here.changed['stay.yaml'].new)
    assert.same({}, here.cut)
    assert.same({}, there.cut)
    assert.is_nil(here.tree:entry 'apps/root.yaml')
    assert.is_nil(there.tree:entry 'stay.yaml')
    assert.equal('file', there.tree:exists 'web/x.yaml')
  end)

  it('writes names and addresses of the other repository into prose, both ways', function()
    local files = {
      ['README.md'] = 'See apps/web/x.yaml, [it](apps/web/x.yaml), [all](apps/web/), [rooted](/apps/web/x.yaml)\n'
        .. 'and https://git.example.org/o/r/-/blob/main/apps/web/x.yaml and apps/web/.\n',
      ['apps/web/README.md'] = 'Back to docs/guide.md or [there](../../docs/guide.md).\n',
      ['apps/web/x.yaml'] = CONFIG:format 'web', ['docs/guide.md'] = 'A guide.\n',
    }
    local here, there = split(files, { ['apps/web/x.yaml'] = 'web/x.yaml', ['apps/web/README.md'] = 'web/README.md' })
    assert.equal('See platform-gitops/web/x.yaml, [it](https://git.example.org/o/platform/blob/main/web/x.yaml), '
      .. '[all](https://git.example.org/o/platform/tree/main/web), [rooted](/apps/web/x.yaml)\n'
      .. 'and https://git.example.org/o/platform/-/blob/main/web/x.yaml and platform-gitops/web/.\n',
      here.changed['README.md'].new)
    assert.same({ 'README.md: apps/web/x.yaml -> platform-gitops/web/x.yaml' }, listed(here))
    assert.equal('Back to r/docs/guide.md or [there](https://git.example.org/o/r/blob/trunk/docs/guide.md).\n',
      there.changed['web/README.md'].new)
    local left = {}
    for _, item in ipairs(here.left) do left[#left + 1] = item.text .. ' ' .. item.new end
    assert.same({ '/apps/web/x.yaml platform-gitops/web' }, left) -- what names the other repository is no old name
  end)

  it('calls nothing an old name that was just written, or that a tool looks for in the other repository', function()
    local files = {
      ['apps/infra.yaml'] = application('infra', 'clusters/mgmt'), ['apps/stay.yaml'] = application('stay', 'docs/stay'),
      ['clusters/mgmt/c.yaml'] = CONFIG:format 'c', ['docs/stay/s.yaml'] = CONFIG:format 's',
    }
    local _, there = split(files, { ['apps/infra.yaml'] = 'argocd/infra.yaml', ['apps/stay.yaml'] = 'argocd/stay.yaml' }, nil, {
      ['clusters/mgmt/c.yaml'] = 'clusters/management/c.yaml', ['docs/stay/s.yaml'] = false,
    })
    assert.matches('path: clusters/management\n', there.changed['argocd/infra.yaml'].new)
    assert.is_nil(there.changed['argocd/stay.yaml'])
    assert.same({ {}, {} }, { there.left, there.nowhere })
  end)

  it('lists what a tool reads and cannot name over there, and does not count it as broken by mistake', function()
    local root = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ../apps/x.yaml\n- own.yaml\n'
    local here = split({
      ['root/kustomization.yaml'] = root, ['root/own.yaml'] = CONFIG:format 'own', ['apps/x.yaml'] = CONFIG:format 'x',
    }, { ['apps/x.yaml'] = 'x.yaml' })
    assert.equal(1, #here.cut)
    assert.same({ 'root/kustomization.yaml: ../apps/x.yaml -> platform-gitops/x.yaml' }, listed(here))
    assert.same({}, here.changed)
  end)

  it('lets `redirects` say where a split folder is, and lists it otherwise', function()
    local files = {
      ['app.yaml'] = application('all', 'apps'), ['apps/a.yaml'] = CONFIG:format 'a', ['apps/b.yaml'] = CONFIG:format 'b',
      ['notes.md'] = 'In apps/ and apps.\n',
    }
    local away, stays = { ['apps/a.yaml'] = 'argocd/a.yaml', ['app.yaml'] = 'app.yaml' }, { ['apps/b.yaml'] = 'base/b.yaml' }
    local here, there = split(files, away, nil, stays)
    assert.equal(1, #there.cut)
    assert.truthy(there.cut[1].why:find('base, platform-gitops/argocd', 1, true) or there.cut[1].why:find('r/base', 1, true))
    assert.same({}, here.cut)
    assert.equal('its files went to different places: base, platform-gitops/argocd', here.listed[1].why)
    local redirects = { apps = { repository = 'platform', path = 'argocd' } }
    here, there = split(files, away, { redirects = redirects }, stays)
    assert.equal(application('all', 'argocd'):gsub('o/r%.git', 'o/platform'), there.changed['app.yaml'].new)
    assert.equal('In platform-gitops/argocd/ and apps.\n', here.changed['notes.md'].new)
    redirects.appps = { path = 'base' }
    here = split(files, away, { redirects = redirects }, stays)
    assert.same({ 'redirects: appps is not there, so nothing is redirected' }, here.notes)
    redirects.apps.path = 'missing'
    local ok, e = pcall(split, files, away, { redirects = redirects }, stays)
    assert.is_false(ok)
    assert.is_true(err.is(e, 'conflict'), tostring(e))
  end)

  it('names a few of the places that the files of a folder went to, and counts the others', function()
    local files, away = { ['README.md'] = 'See apps/.\n' }, {}
    for i = 1, 12 do
      files[('apps/a%02d/x.yaml'):format(i)] = CONFIG:format('a' .. i)
      away[('apps/a%02d/x.yaml'):format(i)] = ('team%02d/x.yaml'):format(i)
    end
    local here = split(files, away)
    assert.matches('platform%-gitops/team01, .*, platform%-gitops/team08 and 4 more$', here.listed[1].why)
  end)

  it('follows generators of an ApplicationSet with their address', function()
    local set = ([[
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  generators:
    - git:
        repoURL: %s
        revision: HEAD
        directories: [{ path: 'apps/*' }]
  template:
    metadata: { name: '{{path.basename}}' }
    spec:
      project: default
      source: { repoURL: "%s", targetRevision: HEAD, path: 'apps/{{path.basename}}' }
      destination: { server: https://kubernetes.default.svc, namespace: x }
]]):format(HERE, HERE)
    local files = { ['set.yaml'] = set, ['apps/a/x.yaml'] = CONFIG:format 'a', ['apps/b/x.yaml'] = CONFIG:format 'b' }
    local here, there = split(files, {
      ['set.yaml'] = 'set.yaml', ['apps/a/x.yaml'] = 'web/a/x.yaml', ['apps/b/x.yaml'] = 'web/b/x.yaml',
    })
    assert.same({}, there.cut)
    assert.same({}, here.cut)
    assert.equal((set:gsub('o/r%.git', 'o/platform'):gsub('apps/', 'web/')), there.changed['set.yaml'].new)
  end)

  it('says what the other repository would newly apply', function()
    local files = {
      ['app.yaml'] = application('on', 'apps/on'), ['apps/on/a.yaml'] = CONFIG:format 'a',
      ['apps/off/b.yaml'] = CONFIG:format 'b',
    }
    local away = { ['app.yaml'] = 'app.yaml', ['apps/on/a.yaml'] = 'all/a.yaml', ['apps/off/b.yaml'] = 'all/b.yaml' }
    local _, there = split(files, away, { watchers = { { use = 'argocd.watch', with = {} } } })
    assert.equal(1, #there.blocked)
    assert.equal('activate', there.blocked[1].id)
    assert.truthy(there.blocked[1].why:find('all/b.yaml', 1, true), there.blocked[1].why)
  end)

  it('changes no address that serves paths of both', function()
    local values = '    helm: { valueFiles: [/values/one.yaml, /values/two.yaml] }\n'
    local files = {
      ['app.yaml'] = application('chart', 'chart', values), ['chart/Chart.yaml'] = 'name: c\nversion: 1.0.0\napiVersion: v2\n',
      ['values/one.yaml'] = 'a: 1\n', ['values/two.yaml'] = 'a: 2\n',
    }
    local _, there = split(files, { ['app.yaml'] = 'app.yaml', ['values/one.yaml'] = 'one.yaml' })
    assert.equal(1, #there.cut)
    assert.equal('other paths at the same address are not in that repository', there.cut[1].why)
    assert.same({}, there.changed)
  end)

  it('keeps a file in both places when it is told to, each with its own references', function()
    local list = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- x.yaml\n'
    local here, there = split({ ['k/kustomization.yaml'] = list, ['k/x.yaml'] = CONFIG:format 'x' },
      { ['k/kustomization.yaml'] = 'p/kustomization.yaml', ['k/x.yaml'] = 'p/sub/x.yaml' }, nil,
      { ['k/kustomization.yaml'] = false, ['k/x.yaml'] = 'k2/x.yaml' })
    assert.equal((list:gsub('x%.yaml', '../k2/x.yaml')), here.changed['k/kustomization.yaml'].new)
    assert.equal((list:gsub('x%.yaml', 'sub/x.yaml')), there.changed['p/kustomization.yaml'].new)
    local work = restructure.operations(there, function(old) return 'blob of ' .. old end)
    assert.same({ {}, {} }, { work.renames, work.remove })
    assert.equal('blob of k/kustomization.yaml', work.edits[1].blob)
  end)

  it('runs transforms and writes files where they are said to be', function()
    local files = { ['a/x.yaml'] = CONFIG:format 'x', ['b/y.yaml'] = CONFIG:format 'y' }
    local here, there = split(files, { ['a/x.yaml'] = 'n/x.yaml' }, {
      actions = { { use = 'kustomize.make_root', with = { folder = 'n' }, repository = 'platform' } },
      generate = { { path = 'README.md', text = 'P\n', repository = 'platform' }, { path = 'R.md', text = 'R\n' } },
    })
    assert.equal('P\n', there.created['README.md'])
    assert.truthy(there.created['n/kustomization.yaml']:find('- x.yaml', 1, true))
    assert.same({ ['R.md'] = 'R\n' }, here.created)
  end)

  it('does not move entries across the border: one repository has the old list, another the new', function()
    local files = {
      ['kustomization.yaml'] = 'resources:\n  - web.yaml\n  - rest.yaml\n', ['web.yaml'] = CONFIG:format 'web',
      ['rest.yaml'] = CONFIG:format 'rest',
    }
    for _, repository in ipairs { 'platform', false } do
      local e = assert.has_error(function()
        split(files, { ['web.yaml'] = 'apps/web.yaml' }, { actions = {
          { use = 'kustomize.move_entries', with = { to = 'apps' }, repository = repository or nil },
        } })
      end)
      assert.matches('kustomize.move_entries to apps: kustomization.yaml lists web.yaml, and they are in two repositories '
        .. 'afterwards', tostring(e))
      assert.matches('kustomize.make_root', e.hint or e.cause.hint)
    end
  end)

  it('moves entries within the other repository', function()
    local _, there = split({
      ['k/kustomization.yaml'] = 'resources:\n  - web.yaml\n  - rest.yaml\n', ['k/web.yaml'] = CONFIG:format 'web',
      ['k/rest.yaml'] = CONFIG:format 'rest',
    }, { ['k/kustomization.yaml'] = 'k/kustomization.yaml', ['k/rest.yaml'] = 'k/rest.yaml', ['k/web.yaml'] = 'apps/web.yaml' }, {
      actions = { { use = 'kustomize.move_entries', with = { to = 'apps' }, repository = 'platform' } },
    })
    assert.equal('resources:\n  - rest.yaml\n', there.changed['k/kustomization.yaml'].new)
    assert.matches('%- web.yaml', there.created['apps/kustomization.yaml'])
  end)

  it('refuses targets that its own ignore file leaves out', function()
    local ok, e = pcall(split, { ['a.tf'] = '', ['x.log'] = '' }, { ['a.tf'] = '.gitignore', ['x.log'] = 'x.log' })
    assert.is_true(ok, tostring(e))
    ok, e = pcall(split, { ['a'] = '*.log\n', ['x.log'] = '' }, { ['a'] = '.gitignore', ['x.log'] = 'y.log' })
    assert.is_false(ok)
    assert.truthy(tostring(e):find("ignored by .gitignore:1 '*.log'", 1, true), tostring(e))
  end)
end)

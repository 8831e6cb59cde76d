-- flux_spec.lua: what Flux objects name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/flux'

describe('the finder of Flux', function()
  it('finds every field of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'flux.txt', kit.lines(kit.graph(FIXTURE, 'flux')))
  end)

  it('makes paths that are written anew from the root of their source', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'flux', {
      ['charts/web'] = 'charts/shop', infrastructure = 'base', ['components/tls'] = 'tls',
    })
    assert.are.same({
      'apps/web/releases.yaml:31 ./charts/web -> ./charts/shop',
      'apps/web/releases.yaml:37 ./charts/web/values.yaml -> ./charts/shop/values.yaml',
      'apps/web/releases.yaml:59 charts/web -> charts/shop',
      'apps/web/releases.yaml:67 charts/web -> charts/shop',
      'clusters/prod/apps.yaml:20 ../../components/tls -> ../../tls',
      'clusters/prod/apps.yaml:7 infrastructure/ -> base/',
    }, edits)
    assert.are.same({}, plan.problems)
    for _, line in ipairs(listed) do assert.matches('it stays, but some of its files went to', line) end
  end)

  it('follows the folder that a component is relative to, and leaves a pinned source alone', function()
    local edits, listed = kit.moves(FIXTURE, 'flux', { apps = 'workloads/all' })
    local said = table.concat(edits, '\n')
    assert.matches('clusters/prod/apps.yaml:18 apps/web %-> workloads/all/web', said)
    assert.matches('clusters/prod/apps.yaml:20 %.%./%.%./components/tls %-> %.%./%.%./%.%./components/tls', said)
    assert.matches('apps/web/automation.yaml:11 %./apps %-> %./workloads/all', said)
    assert.matches('sources.yaml:84 ./apps/web: the source is pinned to tag v1.0.0', table.concat(listed, '\n'))
  end)

  it('leaves a path inside an artifact to the rule that copies the folder', function()
    local edits, listed = kit.moves(FIXTURE, 'flux', { ['artifacts/parts'] = 'parts' })
    assert.are.same({
      'artifacts/generator.yaml:17 artifacts/parts -> parts', 'artifacts/generator.yaml:21 artifacts/parts/web -> parts/web',
      'artifacts/generator.yaml:23 artifacts/parts/base -> parts/base',
    }, edits)
    assert.matches('artifacts/apps.yaml:5 ./web: a path inside an artifact', table.concat(listed, '\n'))
  end)

  it('does not let a path follow the file that names it', function()
    local edits, _, plan = kit.moves(FIXTURE, 'flux', { ['clusters/prod/apps.yaml'] = 'apps.yaml' })
    assert.are.same({}, edits)
    assert.are.same({}, plan.problems)
  end)

  local function source(name, url)
    return ('apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: %s}\nspec: {url: "%s"}\n---\n')
      :format(name, url)
  end

  local function kustomization(name, path, from)
    return ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s}\nspec:\n  path: %s\n')
      :format(name, path) .. ('  sourceRef: {kind: GitRepository, name: %s}\n---\n'):format(from)
  end

  local function paths(lines)
    local found = {}
    for _, line in ipairs(lines) do
      if line:find('flux.path', 1, true) then found[#found + 1] = line:match('flux.path (.*)$') end
    end
    return found
  end

  -- A root whose patch with this target gives the source `all` to one Kustomization with these labels.
  local function with_patch(target, labels, patch)
    patch = patch or '\'{spec: {sourceRef: {kind: GitRepository, name: all}}}\''
    local root = kustomization('root', './apps', 'all'):gsub('%-%-%-\n$', '')
    return paths(kit.of({
      ['root.yaml'] = source('all', 'https://github.com/example/fixture') .. root
        .. ('  patches:\n  - target: %s\n    patch: %s\n'):format(target, patch),
      ['apps/one.yaml'] = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: one, labels: {'
        .. labels .. '}}\nspec:\n  path: ./apps\n',
    }, 'flux'))[1]
  end

  it('takes a source from a patch that selects the Kustomization', function()
    local is, none = './apps -> dir apps: ok', './apps -> remote -: ? nothing in this tree says which source it is in'
    for _, case in ipairs {
      { '{kind: Kustomization}', '', is }, { '{kind: HelmRelease}', '', none }, { '{kind: Kust.*, name: o.e}', '', is },
      { '{name: on}', '', none }, { '{name: "["}', '', none }, { '{version: v2}', '', none },
      { '{namespace: elsewhere}', '', is },
      { '{labelSelector: "a=b"}', 'a: b', is }, { '{labelSelector: "a==b,c"}', 'a: b', none },
      { '{labelSelector: "a != b"}', 'a: b', none }, { '{labelSelector: "a!=b"}', '', is },
      { '{labelSelector: "a in (b, c)"}', 'a: c', is }, { '{labelSelector: "a in (b, c)"}', '', none },
      { '{labelSelector: "a notin (b, c),d"}', 'd: ""', is }, { '{labelSelector: "a notin (b)"}', 'a: b', none },
      { '{labelSelector: "!a"}', 'a: b', none }, { '{labelSelector: "a > 1"}', 'a: "2"', none },
      { '{annotationSelector: "a=b"}', 'a: b', none }, { '{labelSelector: [a]}', 'a: b', none },
    } do
      assert.equal(case[3], with_patch(case[1], case[2]), case[1] .. ' ' .. case[2])
    end
    for patch, expected in pairs {
      ['\'[{op: add, path: /spec/sourceRef, value: {kind: GitRepository, name: all}}]\''] = is,
      ['\'[{op: add, path: /spec, value: {sourceRef: {kind: GitRepository, name: all}}}]\''] = is,
      ['\'[{op: remove, path: /spec/sourceRef}, text, {op: add, path: [x]}]\''] = none,
      ['\'{spec: [sourceRef\''] = none, ['\'spec: {sourceRef: text}\''] = none, ['[sourceRef]'] = none,
      ['\'{spec: {sourceRef: {kind: GitRepository, name: "${NAME}"}}}\''] = none,
    } do
      assert.equal(expected, with_patch('{kind: Kustomization}', '', patch), patch)
    end
  end)

  it('judges a declaration by the paths that are taken from it, and an address with a variable by its name', function()
    local new, old = kustomization('new', './clusters/new', 'main'), kustomization('old', './clusters/old', 'main')
    local function tree(url)
      return {
        ['clusters/new/a.yaml'] = source('main', 'https://git.example.org/me/fleet') .. new .. source('mirror', url)
          .. kustomization('copy', './clusters/new', 'mirror'),
        ['old/one/a.yaml'] = source('main', 'https://git.example.org/me/fleet') .. old,
        ['old/two/a.yaml'] = source('main', 'https://git.example.org/else/where') .. old,
      }
    end
    local gone = './clusters/old -> path clusters/old: BROKEN does not exist, '
      .. 'the address of a source that is taken for this repository'
    local away = './clusters/old -> remote -: ? in another repository'
    local note = './clusters/new -> dir clusters/new: ok, taken for this repository: 1 of the 1 folders named exist here'
    assert.are.same({ note, './clusters/new -> remote -: ? in another repository', gone, away },
      paths(kit.of(tree 'ssh://git@${HOST}/fleet-apps', 'flux', {})))
    assert.are.same({ note, note, gone, away }, paths(kit.of(tree 'ssh://git@${HOST}/fleet', 'flux', {})))
    assert.are.same({ note, note, gone, away }, paths(kit.of(tree '${ADDRESS}', 'flux', {})))
  end)

  it('takes a source for this tree on the evidence of its paths, where no remote says so', function()
    local files = {
      ['cluster/all.yaml'] = source('fleet', 'https://example.org/me/fleet') .. kustomization('a', './apps/a', 'fleet')
        .. kustomization('b', './apps/b', 'fleet') .. kustomization('c', './apps/gone', 'fleet')
        .. source('other', 'https://example.org/me/other') .. kustomization('d', './deploy', 'other'),
      ['apps/a/x.yaml'] = '', ['apps/b/x.yaml'] = '',
    }
    local note = ', taken for this repository: 2 of the 3 folders named exist here'
    assert.are.same({
      './apps/a -> dir apps/a: ok' .. note, './apps/b -> dir apps/b: ok' .. note,
      './apps/gone -> path apps/gone: BROKEN does not exist' .. note, './deploy -> remote -: ? in another repository',
    }, paths(kit.of(files, 'flux', {})))
  end)

  it('asks the nearest declaration when several clusters declare a source of one name', function()
    local files = {
      ['clusters/a/source.yaml'] = source('apps', 'https://github.com/me/mine'),
      ['clusters/b/source.yaml'] = source('apps', 'https://github.com/me/other'),
      ['clusters/a/x.yaml'] = kustomization('x', './web', 'apps'),
      ['clusters/b/x.yaml'] = kustomization('x', './web', 'apps'),
      ['web/x.yaml'] = '',
    }
    assert.are.same({ './web -> dir web: ok', './web -> remote -: ? in another repository' },
      paths(kit.of(files, 'flux', { 'git@github.com:me/mine.git' })))
  end)

  it('counts what a real repository is known to hold', function()
    local repository = kit.repository 'pesuga+homelab'
    if not repository then return pending('IFX_REPOS has no pesuga+homelab') end
    local counts = kit.counts(repository, 'c302d62', 'flux')
    assert.are.same({ 3, 3, 4, 1, 0 }, {
      counts['flux.path'], counts['flux.source_ref'], counts['flux.health_checks'], counts['flux.url'], counts.broken or 0,
    })
  end)
end)

-- helm_spec.lua: what Helm's charts name. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local fs = require 'fs'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'
local list = require 'ifx.list'
local rewrite = require 'ifx.repo.rewrite'

local FIXTURE = 'tests/fixtures/refs/helm'

local function moved(files, moves)
  local tree, opts = fixture.tree(files), kit.options 'helm'
  return rewrite.plan(tree, moves, graphs.build(tree, opts), opts)
end

-- What the templates of a chart at the root name.
local function template(content)
  return graphs.build(fixture.tree {
    ['Chart.yaml'] = 'name: x\n', ['templates/a.yaml'] = content, ['files/a'] = '', ['files/b/c'] = '', ['templates/b.yaml'] = '',
  }, kit.options 'helm')
end

describe('the finder of helm', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'helm.txt', kit.lines(kit.graph(FIXTURE, 'helm')))
  end)

  it('points at exactly the bytes that name a path', function()
    for _, ref in ipairs(kit.graph(FIXTURE, 'helm').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('lets dependencies follow charts, and gives the lock file the digest that Helm wants', function()
    local edits, _, plan = kit.moves(FIXTURE, 'helm', {
      ['charts/common'] = 'library/common', ['charts/legacy'] = 'apps/old/legacy',
    })
    assert.are.same({}, plan.problems)
    assert.are.same({
      'charts/legacy/requirements.lock:3 ../common/ -> ../../../library/common/',
      'charts/legacy/requirements.lock:5 sha256:b4090c287b93c1fa6749c3b0444d744c322481d1da0651a890e3e44b131c1ed1'
        .. ' -> sha256:d46ee5b1b2eb9ea8964863f7047d7d321f74e6d3cf6f95153f0a572c4fc51578',
      'charts/legacy/requirements.yaml:4 ../common/ -> ../../../library/common/',
      'charts/web/Chart.lock:3 ../common -> ../../library/common',
      'charts/web/Chart.yaml:7 ../common -> ../../library/common',
    }, edits)
    local lock = list.find(plan.graph.references, function(ref) return ref.kind == 'helm.lock_digest' and ref.resolved end)
    assert.are.equal('apps/old/legacy/requirements.lock', lock.file)
  end)

  it('keeps a digest where nothing moves, or all of it together', function()
    local files = {
      ['a/Chart.yaml'] = 'name: a\ndependencies:\n- { name: b, version: 1.0.0, repository: "file://../a/../b/" }\n',
      ['a/Chart.lock'] = 'dependencies:\n- name: b\n  repository: file://../a/../b/\n  version: 1.0.0\n'
        .. 'digest: sha256:c8427536f796d2ea9d3e01de9870396f2118aefc048031adf5eb0281d2109b7f\n',
      ['b/Chart.yaml'] = 'name: b\n', ['c/Chart.yaml'] = 'name: c\n',
    }
    assert.are.same({}, moved(files, { ['c/Chart.yaml'] = 'd/Chart.yaml' }).edits)
    local _, _, plan = kit.moves(FIXTURE, 'helm', { ['charts/common'] = 'x/common', ['charts/legacy'] = 'x/legacy' })
    assert.is_nil(plan.files['x/legacy/requirements.lock'])
    assert.are.same({}, plan.problems)
  end)

  it('writes files and templates anew inside of their chart, and refuses to take them out', function()
    local edits, _, plan = kit.moves(FIXTURE, 'helm', { ['charts/web/files'] = 'charts/web/config' })
    assert.are.same({}, plan.problems)
    assert.truthy(table.concat(edits, '\n'):find('configmap.yaml:5 files/app.ini -> config/app.ini', 1, true))
    assert.truthy(table.concat(edits, '\n'):find('configmap.yaml:11 files/conf.d/*.conf -> config/conf.d/*.conf', 1, true))
    assert.truthy(table.concat(edits, '\n'):find('configmap.yaml:16 files/conf.d -> config/conf.d', 1, true))
    local listed
    edits, listed, plan = kit.moves(FIXTURE, 'helm', { ['charts/web/files/app.ini'] = 'app.ini' })
    assert.are.same({}, edits)
    assert.matches('leave its chart', table.concat(listed, '\n'))
    assert.is_true(#plan.problems > 0)
    plan = moved({ ['c/Chart.yaml'] = '', ['c/templates/x'] = '{{ .Files.Get "a" }}', ['c/a'] = '' }, { ['c/a'] = 'c/"a' })
    assert.matches('escapes', plan.listed[1].why)
    edits = kit.moves(FIXTURE, 'helm', { ['charts/web'] = 'web' })
    assert.are.same({ '.github/ct.yaml:3 charts/web -> web', 'charts/web/Chart.lock:3 ../common -> ../charts/common',
      'charts/web/Chart.yaml:7 ../common -> ../charts/common' }, edits)
  end)

  it('counts from where Chart.yaml goes when a chart moves in parts', function()
    for _, chart in ipairs { 'c/', '' } do
      local plan = moved({
        [chart .. 'Chart.yaml'] = 'name: c\n', [chart .. 'files/a'] = '', [chart .. 'templates/y.yaml'] = '',
        [chart .. 'templates/x.yaml'] = '{{ .Files.Get "files/a" }}{{ include (print $.Template.BasePath "/y.yaml") . }}\n',
      }, {
        [chart .. 'Chart.yaml'] = 'd/Chart.yaml', [chart .. 'files/a'] = 'd/config/a',
        [chart .. 'templates/x.yaml'] = 'd/templates/x.yaml', [chart .. 'templates/y.yaml'] = 'd/templates/deep/y.yaml',
      })
      assert.are.same({}, plan.problems)
      assert.are.equal('{{ .Files.Get "config/a" }}{{ include (print $.Template.BasePath "/deep/y.yaml") . }}\n',
        plan.files['d/templates/x.yaml'])
    end
  end)

  it('holds a chart in the folder charts, by its name', function()
    local files = {
      ['c/Chart.yaml'] = 'dependencies:\n- name: sub\n- name: packed\n- { name: made, repository: "" }\n- name: gone\n',
      ['c/charts/folder/Chart.yaml'] = 'name: sub\n', ['c/charts/packed-1.0.0.tgz'] = '', ['.gitignore'] = 'c/charts/made\n',
      ['c/charts/deep/gone/Chart.yaml'] = 'name: gone\n', ['c/charts/README.md'] = '',
    }
    assert.are.same({
      'c/Chart.yaml:2:9 helm.vendored_dependency sub -> dir -: ok',
      'c/Chart.yaml:3:9 helm.vendored_dependency packed -> file -: ok',
      'c/Chart.yaml:4:11 helm.vendored_dependency made -> path -: ? ignored by .gitignore:1',
      'c/Chart.yaml:5:9 helm.vendored_dependency gone -> path -: BROKEN no chart of this name in the folder charts',
    }, kit.of(files, 'helm'))
    assert.are.same({}, moved(files, { ['c/charts/folder/Chart.yaml'] = 'c/charts/other/Chart.yaml' }).problems)
    assert.are.equal('sub', moved(files, { ['c/charts/folder/Chart.yaml'] = 'd/Chart.yaml' }).problems[1].reference.text)
  end)

  it('reads globs as Helm does', function()
    for pattern, found in pairs {
      ['files/*'] = true, ['files/**'] = true, ['fi**/c'] = true, ['**c'] = true, ['files/{a,x}'] = true, ['*/c'] = false,
      ['files/**x'] = false, ['[z-a]'] = false,
    } do
      local ref = template(('{{ .Files.Glob "%s" }}'):format(pattern)).references[1]
      assert.are.equal(found or nil, ref.resolved, pattern)
      assert.are.equal('glob', ref.target_kind)
    end
  end)

  it('leaves what is no template of a chart, and what is no configuration of a tool', function()
    assert.are.same({}, kit.of({
      ['templates/x.yaml'] = '{{ .Files.Get "a" }}\n', ['c/Chart.yaml'] = 'name: c\n', ['c/x/y.yaml'] = '{{ .Files.Get "a" }}\n',
      ['requirements.yaml'] = 'dependencies: [{name: x, repository: "file://../x"}]\n', ['values.schema.json'] = '{"$ref": 1}',
      ['ct.yaml'] = 'chart-dirs: [x]\nname: y\n', ['x_test.yaml'] = 'tests: []\nasserts: []\n',
    }, 'helm'))
  end)

  it('never takes a template for broken YAML', function()
    local graph = graphs.build(fixture.tree {
      ['Chart.yaml'] = 'name: x\n', ['templates/a.yaml'] = 'a: [\n{{- if .x }}\n}\n{{ .Files.Get "b" }}\n',
      ['templates/b_test.yaml'] = 'asserts: [',
    }, kit.options 'helm')
    assert.are.same({}, graph.errors)
    assert.are.equal(1, #graph.references)
  end)

  it('survives what is cut off', function()
    for _, content in ipairs {
      '{{ .Files.Get', '{{ .Files.Get }}', '{{ .Files.Get "" }}', '{{ .Files.Glob ( }}', '{{ .Files.Get ("a',
      '{{ | .Files.Get }}', '{{ "a" | .Files.Get }}', '{{ print $.Template.BasePath }}', '{{ $.Template.BasePath "/" }}',
      '{{ printf "%s/" $.Template.BasePath }}', '{{ range .Files.Glob }}', '{{ range }}', '{{ .Files.None "a" }}',
      '{{ .Files.Get (printf "%") }}', '{{ .Files.Get "../../x" }}',
    } do assert.are.same({}, template(content).errors) end
    for _, content in ipairs {
      'dependencies: 1\n', 'dependencies: [1, {repository: 2}, {repository: "file://"}]\ndigest: 1\n',
      'dependencies: {a: b}\ndigest: x\n',
      'digest: x\ndependencies: [{name: [a], repository: "file://x"}]\n',
    } do
      local tree = fixture.tree { ['Chart.yaml'] = content, ['Chart.lock'] = content }
      assert.are.same({}, graphs.build(tree, kit.options 'helm').errors)
    end
  end)
end)

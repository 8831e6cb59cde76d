-- helmfile_spec.lua: what helmfiles name. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local fs = require 'fs'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'
local rewrite = require 'ifx.repo.rewrite'

local FIXTURE = 'tests/fixtures/refs/helmfile'

local function moved(files, moves)
  local tree, opts = fixture.tree(files), kit.options 'helmfile'
  return rewrite.plan(tree, moves, graphs.build(tree, opts), opts)
end

describe('the finder of helmfile', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'helmfile.txt', kit.lines(kit.graph(FIXTURE, 'helmfile')))
  end)

  it('points at exactly the bytes that name a path, in templates too', function()
    for _, ref in ipairs(kit.graph(FIXTURE, 'helmfile').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('writes paths anew from the folder that they count from', function()
    local edits, _, plan = kit.moves(FIXTURE, 'helmfile', {
      ['apps/web'] = 'teams/web', env = 'environments', ['charts/web'] = 'library/web', scripts = 'tools/scripts',
    })
    assert.are.same({}, plan.problems)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'apps/web/helmfile.yaml:4 ../../charts/web -> ../../library/web', 'helmfile.yaml:40 ./charts/web -> ./library/web',
      'bases/environments.yaml:3 env/default.yaml -> environments/default.yaml', 'helmfile.yaml:14 env -> environments',
      'helmfile.yaml:76 apps/web -> ./teams/web', 'helmfile.yaml:50 ./scripts/hook.sh -> ./tools/scripts/hook.sh',
      'helmfile.yaml:95 ./scripts/hook.sh -> ./tools/scripts/hook.sh', 'helmfile.yaml:57 scripts -> tools/scripts',
      'helmfile.yaml:58 ../values/all.yaml -> ../../values/all.yaml',
    } do assert.truthy(said:find(edit, 1, true), edit .. '\n' .. said) end
  end)

  it('keeps the dot that makes a chart a folder, and refuses a name that reads otherwise', function()
    local files = { ['a/helmfile.yaml'] = 'releases: [{name: x, chart: ../b}]\n', ['b/Chart.yaml'] = '' }
    assert.truthy(moved(files, { ['b/Chart.yaml'] = 'a/c/Chart.yaml' }).files['a/helmfile.yaml']:find('chart: ./c}', 1, true))
    assert.matches('need quotes', moved(files, { ['b/Chart.yaml'] = 'a/c d/Chart.yaml' }).listed[1].why)
    files = { ['helmfile.yaml'] = 'a: {{ readFile "b" }}\n', b = '' }
    assert.matches('escapes', moved(files, { b = 'b"c' }).listed[1].why)
  end)

  it('tells folders from charts of repositories as helmfile does', function()
    for chart, target in pairs {
      ['./x'] = 'path x', ['../a/x'] = 'path -', x = 'path x', ['a/b/c/d'] = 'path a/b/c/d', ['repo/x'] = 'remote -',
      ['none/x'] = 'remote -', ['none/x/y'] = 'remote -', ['here/chart'] = 'dir here/chart', ['oci://h/x'] = 'remote -',
      ['git::https://h/x@y'] = 'remote -', ['repo/chart'] = 'remote -',
    } do
      local lines = kit.of({
        ['helmfile.yaml'] = ('repositories: [{name: repo}]\nreleases: [{name: n, chart: "%s"}]\n'):format(chart),
        ['here/chart/Chart.yaml'] = '', ['repo/chart/Chart.yaml'] = '',
      }, 'helmfile')
      assert.truthy(lines[1]:find((' %s -> %s:'):format(chart, target), 1, true), lines[1])
    end
  end)

  it('reads a base from the folder of each helmfile that names it, and every part of a folder of helmfiles', function()
    assert.are.same({
      'a/helmfile.yaml:1:9 helmfile.bases ../base.txt -> file base.txt: ok',
      'b/helmfile.yaml:1:9 helmfile.bases ../base.txt -> file base.txt: ok',
      'base.txt:1:10 helmfile.environment_values one.yaml -> file a/one.yaml: ok',
      'base.txt:1:20 helmfile.environment_values two.yaml -> file b/two.yaml: ok',
      'base.txt:1:30 helmfile.environment_values three.yaml -> path a/three.yaml: BROKEN does not exist',
    }, kit.of({
      ['a/helmfile.yaml'] = 'bases: [../base.txt]\n', ['b/helmfile.yaml'] = 'bases: [../base.txt]\n',
      ['base.txt'] = 'values: [one.yaml, two.yaml, three.yaml]\n', ['a/one.yaml'] = '', ['b/two.yaml'] = '',
    }, 'helmfile'))
    assert.are.equal(4, #kit.of({
      ['helmfile.yaml'] = 'helmfiles: [parts]\n', ['parts/1.yaml'] = 'bases: [x]\n', ['parts/2.yml.gotmpl'] = 'bases: [x]\n',
      ['parts/3.txt'] = 'bases: [x]\n', ['parts/deep/4.yaml'] = 'bases: [x]\n', ['parts/x'] = 'values: [y]\n', ['parts/y'] = '',
    }, 'helmfile'))
  end)

  it('finds a helmfile by its releases, with what it names', function()
    local lines = kit.of({
      ['b/x.yaml'] = 'bases: [../a.yaml]\nreleases: [{ name: one, chart: ./why }]\n', ['b/v.yaml'] = '',
      ['a.yaml'] = 'releases: [{ name: two, values: [v.yaml], chart: ./c }]\n', ['b/c/x'] = '', ['docs/helmfile.md'] = '',
    }, 'helmfile')
    assert.are.same({
      'a.yaml:1:34 helmfile.values v.yaml -> file b/v.yaml: ok',
      'a.yaml:1:50 helmfile.chart ./c -> dir b/c: ok',
      'b/x.yaml:1:9 helmfile.bases ../a.yaml -> file a.yaml: ok',
      'b/x.yaml:2:32 helmfile.chart ./why -> path b/why: BROKEN does not exist',
    }, lines)
  end)

  it('reads a template from its own folder, or from that of the helmfile that reads it', function()
    assert.are.same({
      'a/helmfile.yaml:1:27 helmfile.template t/x.gotmpl -> file a/t/x.gotmpl: ok',
      'a/t/x.gotmpl:1:14 helmfile.template here -> file a/t/here: ok',
      'a/t/x.gotmpl:1:35 helmfile.template there -> file a/there: ok',
      'a/t/x.gotmpl:1:57 helmfile.template gone -> path a/t/gone: BROKEN does not exist',
    }, kit.of({
      ['a/helmfile.yaml'] = 'values: {{ tpl (readFile "t/x.gotmpl") . }}\n', ['a/t/here'] = '', ['a/there'] = '',
      ['a/t/x.gotmpl'] = '{{ readFile "here" }}{{ readFile "there" }}{{ readFile "gone" }}\n',
    }, 'helmfile'))
  end)

  it('reads options of hooks, and what is piped into a function', function()
    assert.are.same({
      'helmfile.yaml:1:14 helmfile.template a.txt -> file a.txt: ok',
      'helmfile.yaml:2:54 helmfile.hook crds/x.yaml -> file crds/x.yaml: ok',
    }, kit.of({
      ['helmfile.yaml'] = '# {{ printf "a.txt" | readFile }}{{ "%s" | readFile }}{{ .x "a.txt" | readFile }}\n'
        .. 'hooks: [{ command: kubectl, args: [apply, --filename=crds/x.yaml, --x=none/y, -l=a/b] }]\n',
      ['a.txt'] = '', ['crds/x.yaml'] = '',
    }, 'helmfile'))
  end)

  it('reads the first branch of a condition where both say the same', function()
    assert.are.same({
      'helmfile.yaml:2:9 helmfile.bases a -> path a: BROKEN does not exist',
      'helmfile.yaml:3:1 unknown {{ else }}: a branch beside one that is read',
    }, kit.of({ ['helmfile.yaml'] = '{{ if .x }}\nbases: [a]\n{{ else }}\nbases: [b]\n{{ end }}\n' }, 'helmfile'))
  end)

  it('takes no other file with releases for a helmfile', function()
    for _, content in ipairs {
      'releases: [{name: x}]\n', 'releases: [{name: x, chart: ./y}, {version: 1}]\n', 'releases: {}\n', 'releases: {{ x }}\n',
      'apiVersion: v1\nreleases: [{name: x, chart: ./y}]\n', 'releases:\n', 'bases: x\nreleases: [{name: x}]\n',
    } do assert.are.same({}, kit.of({ ['helmfile/x.yaml'] = content }, 'helmfile')) end
    local releases = 'releases: [{name: x, chart: ./why}]\n'
    assert.are.equal(1, #kit.of({ ['x.yaml'] = releases, ['helmfile.md'] = '' }, 'helmfile'))
    assert.are.equal(1, #kit.of({ ['helmfile/x.yaml'] = 'bases: [gone]\nreleases: [{name: x}]\n' }, 'helmfile'))
    assert.are.same({}, kit.of({ ['x.yaml'] = releases }, 'helmfile')) -- no path speaks of helmfile: nobody uses it here
    assert.are.same({}, kit.of({
      ['helmfile.md'] = '', ['c/Chart.yaml'] = '', ['c/templates/x.yaml'] = 'releases: [{name: x, chart: ./why}]\n',
    }, 'helmfile'))
  end)

  it('survives files of other forms, files in a circle and files that are cut off', function()
    for _, content in ipairs {
      'helmfiles: [.]\nbases: [helmfile.yaml, ".", "../..", "*", "{{ x }}"]\n', 'helmfiles: {a: b}\nreleases: 1\n',
      '{{', '{{ "', '',
      'releases: [1, ~, {chart: [x], values: {a: b}, hooks: [{command: 1, args: [~, 2, {a: b}]}, x], set: [1]}]\n',
      'environments: [a]\ntemplates: x\nrepositories: {a: b}\nvalues: [1, [2], ~]\nlockFilePath: 3\n',
      'releases: [{name: a, chart: "", valuesPathPrefix: 1, values: [x], unitTests: [x]}]\n',
      'releases: [{name: a, chart: b, hooks: [{command: bash, args: [-c]}, {command: sh, args: [-c, "$("]}]}]\n',
      '{{ readFile }}{{ readFile "" }}{{ readFile | x }}{{ readFile (printf "%") }}{{ exec (list) }}{{ readFile "\\"" }}\n',
    } do
      assert.are.same({}, graphs.build(fixture.tree {
        ['helmfile.yaml'] = content, ['helmfile.d/a.yaml.gotmpl'] = content, ['values.gotmpl'] = content,
      }, kit.options 'helmfile').errors)
    end
  end)
end)

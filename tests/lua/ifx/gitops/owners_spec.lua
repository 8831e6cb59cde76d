-- owners_spec.lua: who applies each object, and what nobody applies. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
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

local function object(kind, name, rest)
  return ('apiVersion: %s\nkind: %s\nmetadata: { name: %s%s }\n---\n'):format(kind == 'Wide' and 'g.test/v1' or 'v1', kind, name,
    rest or '')
end

local CRD = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: wides.g.test }\n'
  .. 'spec: { group: g.test, scope: Cluster, names: { kind: Wide } }\n---\n'

-- What `ifx owners` prints in a folder of these files.
local function owners(files, ...)
  local words = { ... }
  return contract.with_files(files, function(dir)
    local done = proc.run({ host.exe, 'owners', '-C', dir, table.unpack(words) }, { check = false })
    assert.equal(0, done.status, done.stderr)
    return done.stdout
  end)
end

local function data(files, ...) return json.decode(owners(files, '--json', ...)) end

-- 'ID < OWNER OWNER' of each object.
local function lines(found)
  return list.sorted(list.map(found.objects, function(one)
    local names = list.map(one.owners, function(owner) return owner.id:match '[^/]*$' end)
    return ('%s < %s'):format(one.id, table.concat(names, ' '))
  end))
end

describe('ifx owners', function()
  it('tells objects apart as an API server does', function()
    local found = data {
      ['clusters/x.yaml'] = SOURCE .. kustomization('apps', './apps')
        .. kustomization('moved', './apps', ', targetNamespace: other'),
      ['crds/x.yaml'] = CRD,
      ['apps/x.yaml'] = object('ConfigMap', 'a') .. object('Node', 'n', ', namespace: nonsense') .. object('Wide', 'w'),
    }
    assert.same({
      'in-cluster:ConfigMap/default/a < apps',
      'in-cluster:ConfigMap/other/a < moved',
      'in-cluster:Node//n < apps moved',
      'in-cluster:Wide.g.test//w < apps moved',
    }, lines(found))
  end)

  it('keeps clusters apart', function()
    local found = data {
      ['one/x.yaml'] = SOURCE .. kustomization('apps', './apps'), ['two/x.yaml'] = SOURCE .. kustomization('apps', './apps'),
      ['apps/x.yaml'] = object('ConfigMap', 'a'),
    }
    assert.same({ 'one:ConfigMap/default/a < apps', 'two:ConfigMap/default/a < apps' }, lines(found))
    assert.same({ 'one', 'two' }, found.clusters)
  end)

  it('says where an object comes from', function()
    local found = data {
      ['clusters/x.yaml'] = SOURCE .. kustomization('apps', './apps'),
      ['apps/kustomization.yaml'] = 'resources: [x.yaml]\nconfigMapGenerator: [{ name: g, literals: [a=b] }]\n',
      ['apps/x.yaml'] = object('ConfigMap', 'a') .. object('ConfigMap', 'b'),
    }
    local places = list.map(found.objects, function(one)
      return ('%s %s:%s'):format(one.name, one.owners[1].file, one.owners[1].line)
    end)
    assert.same({ 'a apps/x.yaml:1', 'b apps/x.yaml:5' }, { places[1], places[2] })
    assert.matches('^g%-%w+ apps/kustomization.yaml:', places[3])
  end)

  it('lists what lies in files that no entry point reads', function()
    local found = data {
      ['clusters/x.yaml'] = SOURCE .. kustomization('apps', './apps'),
      ['apps/kustomization.yaml'] = 'resources: [x.yaml]\npatches: [{ path: patch.yaml }]\n',
      ['apps/x.yaml'] = object('ConfigMap', 'a'),
      ['apps/patch.yaml'] = object('ConfigMap', 'a', ', labels: { l: v }'),
      ['apps/left.yaml'] = object('ConfigMap', 'first') .. object('Secret', 'second', ', namespace: s'),
      ['values.yaml'] = 'kind: some\nname: values\n', ['broken.yaml'] = 'apiVersion: [\n',
    }
    local names = list.map(found.unowned, function(one)
      return ('%s %s:%d %s'):format(one.kind, one.file, one.line, one.namespace or '')
    end)
    -- The source is an object too: somebody applied it by hand.
    assert.same({ 'ConfigMap apps/left.yaml:1 ', 'Secret apps/left.yaml:5 s', 'GitRepository clusters/x.yaml:1 f' }, names)
  end)

  it('says of which entry points nothing is known, and why', function()
    local text = owners { ['x.yaml'] = SOURCE .. kustomization('apps', './apps') .. kustomization('own', './own'),
      ['apps/kustomization.yaml'] = 'resources: [missing.yaml]\n', ['own/x.yaml'] = object('ConfigMap', 'a') }
    assert.matches('what these apply is not known %(1%)\nKustomization f/apps  x.yaml:6  \'missing.yaml\' doesn\'t exist', text)
    assert.matches('in%-cluster  Kustomization f/own  ConfigMap default/a  own/x.yaml:1', text)
    assert.matches('\n1 object of 2 entry points in 1 cluster; 1 in a file that no entry point reads; what 1 entry point applies '
      .. 'is not known\n$', text)
  end)

  it('draws who renders whom', function()
    local files = { ['top/x.yaml'] = SOURCE .. kustomization('low', './low') .. kustomization('top', './top'),
      ['low/x.yaml'] = object('ConfigMap', 'a'), ['more.yaml'] = kustomization('more', './low') }
    assert.equal([[
└── in-cluster
    ├── Kustomization f/more  more.yaml:1
    │   └── ConfigMap default/a  low/x.yaml:1, also Kustomization f/low
    └── Kustomization f/top  top/x.yaml:11
        ├── GitRepository f/own  top/x.yaml:1
        ├── Kustomization f/low  top/x.yaml:6
        │   └── ConfigMap default/a  low/x.yaml:1, also Kustomization f/more
        └── Kustomization f/top  top/x.yaml:11

4 objects of 3 entry points in 1 cluster; 1 has more than one owner
]], owners(files, '--tree'))
  end)

  it('says of nothing that it is nothing', function()
    assert.equal('0 objects of 0 entry points in 0 clusters\n', owners { ['a.txt'] = 'x' })
  end)
end)

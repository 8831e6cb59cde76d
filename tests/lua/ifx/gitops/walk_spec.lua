-- walk_spec.lua: from entry points to what they render, whatever the tool. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local err = require 'err'
local find = require 'ifx.gitops.find'
local fs = require 'fs'
local gitops = require 'ifx.gitops'
local proc = require 'proc'
local trees = require 'ifx.repo.tree'

-- A controller that applies the files of a folder; 'NAME of KIND' in spec.say is looked up in its cluster.
local function read(object, world)
  local at = find.text_at
  local folder = at(object.node, 'spec', 'folder')
  if not folder then return nil, 'it has no folder' end
  local source = { kind = 'Git', url = at(object.node, 'spec', 'url'), path = folder, revision = at(object.node, 'spec', 'rev') }
  source.tree = not source.url or nil
  local _, why = world.files(source)
  local wait = at(object.node, 'spec', 'wait')
  return { source = source, parameters = { folder = folder }, cluster = at(object.node, 'spec', 'into'), why = why,
    depends = wait and { { name = wait } } or nil }
end

local function render(entry, world)
  local files, out, say = world.files(entry.source), {}, find.text_at(entry.object.node, 'spec', 'say')
  if files:kind(entry.source.path) ~= 'dir' then
    err.raise { kind = 'not_found', message = 'no folder', file = entry.source.path }
  end
  for _, name in ipairs(files:list(entry.source.path)) do
    local at = entry.source.path .. '/' .. name
    for _, object in ipairs(find.objects(files:read(at), at)) do out[#out + 1] = object end
  end
  local found = say and world.object('ConfigMap', 'default', say)
  local note = say and world.doubt('ConfigMap', 'default', say)
  return { objects = out, warnings = say and { (found and found.node:get('data', 'v') or 'nothing') .. (note and '?' or '') } }
end

local TYPES = { folder = { kinds = { ['Folder.test'] = 'a folder' }, read = read, render = render } }

local registry = {
  contributions = function() return { { plugin = 'test', name = 'folder', value = TYPES.folder } } end,
}

local function folder(name, path, rest)
  return ('apiVersion: test/v1\nkind: Folder\nmetadata: { name: %s }\nspec: { folder: %s%s }\n---\n'):format(name, path,
    rest and ', ' .. rest or '')
end

local function config_map(name, value)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\ndata: { v: "%s" }\n---\n'):format(name, value or '')
end

local function walk(dir, repositories)
  local tree <close> = trees.open(dir)
  local result = gitops.walk(tree, { registry = registry, repositories = repositories })
  local _ <close> = result.repositories
  return result
end

local function of(files, repositories)
  return contract.with_files(files, function(dir) return walk(dir, repositories) end)
end

-- 'CLUSTER:NAME' of each entry point, with the names of what it renders.
local function shown(result)
  local out = {}
  for i, entry in ipairs(result.entries) do
    local names = {}
    for n, object in ipairs(entry.objects) do names[n] = object.node:get('metadata', 'name') end
    out[i] = ('%s:%s = %s'):format(entry.home, entry.name, table.concat(names, ' '))
  end
  return out
end

local function kinds(entry)
  local out = {}
  for i, problem in ipairs(entry.problems) do out[i] = problem.kind end
  return out
end

describe('the walk', function()
  it('goes from what nobody renders to what that renders', function()
    local result = of {
      ['root.yaml'] = folder('root', 'a'), ['a/x.yaml'] = folder('next', 'b') .. config_map 'one',
      ['b/x.yaml'] = config_map 'two', ['patch.yaml'] = 'apiVersion: test/v1\nkind: Folder\nmetadata: { name: patch }\n',
      ['broken.yaml'] = 'kind: Folder.test\n a: [',
    }
    assert.same({ 'in-cluster:root = next one', 'in-cluster:next = two' }, shown(result))
    assert.same({ 'in-cluster:Folder.test/default/root' }, result.entries[2].parents)
    assert.same({ 'in-cluster' }, result.clusters)
  end)

  it('ends at what renders itself, and at rings', function()
    assert.same({ 'in-cluster:self = self' }, shown(of { ['a/x.yaml'] = folder('self', 'a') }))
    assert.same({ 'in-cluster:two = one', 'in-cluster:one = two' },
      shown(of { ['a/x.yaml'] = folder('two', 'b'), ['b/x.yaml'] = folder('one', 'a') }))
  end)

  it('tells clusters apart by what cannot be twice in one', function()
    local result = of {
      ['c/one/x.yaml'] = folder('root', 'a', 'say: v'), ['c/two/deep/x.yaml'] = folder('root', 'b', 'say: v'),
      ['c/two/y.yaml'] = folder('more', 'b'), ['z/x.yaml'] = folder('far', 'a', 'into: away'),
      ['a/x.yaml'] = folder('child', 'd') .. config_map('v', 'A'), ['b/x.yaml'] = folder('child', 'd') .. config_map('v', 'B'),
      ['d/x.yaml'] = config_map 'd',
    }
    assert.same({ 'c/one:root = child v', 'c/two:root = child v', 'c/two:more = child v', 'in-cluster:far = child v',
      'c/one:child = d', 'c/two:child = d', 'in-cluster/away:child = d' }, shown(result))
    assert.same({ { 'A' }, { 'B' } }, { result.entries[1].warnings, result.entries[2].warnings })
    assert.same({ 'c/one', 'c/two', 'in-cluster', 'in-cluster/away' }, result.clusters)
    assert.same(2, #result.by_id['c/two:Folder.test/default/child'].parents)
  end)

  it('says what nobody renders, and what is not there', function()
    local result = of { ['x.yaml'] = folder('one', 'a', 'say: v') .. folder('two', 'a', 'say: none'),
      ['v.yaml'] = config_map('v', 'V'), ['a/x.yaml'] = config_map 'a' }
    assert.same({ { 'V?' }, { 'nothing' } }, { result.entries[1].warnings, result.entries[2].warnings })
  end)

  it('keeps what failed and what is waited for', function()
    local result = of { ['x.yaml'] = folder('one', 'none', 'wait: two') .. folder('two', 'a', 'wait: one')
      .. folder('three', 'a', 'wait: four') .. folder('self', 'a', 'wait: self'), ['a/x.yaml'] = config_map 'a' }
    assert.same({ { 'failed' }, { 'dependency-cycle' }, { 'missing-dependency' }, { 'dependency-cycle' } },
      { kinds(result.entries[1]), kinds(result.entries[2]), kinds(result.entries[3]), kinds(result.entries[4]) })
    assert.same({ 'no folder', 'none' }, { result.entries[1].problems[1].message, result.entries[1].problems[1].file })
    assert.equal('it waits for itself: one -> two -> one', result.entries[2].problems[1].message)
    assert.is_true(err.is(result.entries[1].failed, 'not_found'))
  end)

  it('names two definitions of one', function()
    local result = of { ['x.yaml'] = folder('one', 'a') .. folder('two', 'b'), ['a/x.yaml'] = folder('child', 'c'),
      ['b/x.yaml'] = folder('child', 'd'), ['c/x.yaml'] = config_map 'c', ['d/x.yaml'] = config_map 'd' }
    assert.same({ 'in-cluster:one = child', 'in-cluster:two = child', 'in-cluster:child = c' }, shown(result))
    assert.same({ 'two-definitions' }, kinds(result.entries[3]))
  end)
end)

describe('repositories', function()
  local URL = 'https://git.example/infra'

  it('are those that are given', function()
    local files = { ['tree/x.yaml'] = folder('one', 'a', 'url: ' .. URL), ['infra/a/x.yaml'] = config_map 'there' }
    contract.with_files(files, function(dir)
      local result = walk(dir .. '/tree')
      assert.same({ 'not-checkable' }, kinds(result.entries[1]))
      assert.matches('--repo ' .. URL .. '=DIR', result.entries[1].why, 1, true)
      local given = { 'git@git.example:infra.git=' .. dir .. '/infra' }
      assert.same({ 'in-cluster:one = there' }, shown(walk(dir .. '/tree', given)))
    end)
  end)

  it('are of a revision where one is named', function()
    contract.with_files({ ['tree/x.yaml'] = folder('one', 'a', 'url: ' .. URL .. ', rev: v1'),
      ['infra/a/x.yaml'] = config_map 'old' }, function(dir)
      local infra = dir .. '/infra'
      local function git(...)
        proc.run({ 'git', '-C', infra, '-c', 'user.name=A', '-c', 'user.email=a@b', ... })
      end
      git('init', '-q')
      git('add', '.')
      git('commit', '-qm', 'one')
      git('tag', 'v1')
      fs.write(infra .. '/a/x.yaml', config_map 'new', { sync = false })
      git('commit', '-qam', 'two')
      git('tag', 'v2')
      local given = URL .. '=' .. infra
      assert.same({ 'in-cluster:one = old' }, shown(walk(dir .. '/tree', { given })))
      assert.same({ 'in-cluster:one = new' }, shown(walk(dir .. '/tree', { given .. '@v2' })))
      git('tag', '-d', 'v1')
      assert.matches('its revision v1 is not in ' .. URL, walk(dir .. '/tree', { given }).entries[1].why, 1, true)
    end)
  end)

  it('are refused when they are none', function()
    for _, words in ipairs { { 'x' }, { '=x' }, { URL .. '=' }, { 'name=.' }, { URL .. '=/nonexistent' },
      { URL .. '=.', URL .. '.git=.' } } do
      local ok, e = pcall(of, {}, words)
      assert.is_false(ok)
      assert.is_true(err.is(e), tostring(e))
    end
  end)

  it('takes a copy of what renders itself for the same cluster', function()
    local result = of { ['bootstrap.yaml'] = folder('top', 'all'), ['all/x.yaml'] = folder('top', 'all') .. config_map 'a' }
    assert.same({ 'in-cluster:top = top a' }, shown(result))
  end)
end)

-- kustomize_remotes_spec.lua: what a kustomization names elsewhere, and needs of its tree. SPDX-License-Identifier: Apache-2.0
local archive = require 'ifx.vendor.archive'
local fs = require 'fs'
local view = require 'ifx.render.view'

local function find(text, more)
  local files = { { path = 'app/kustomization.yaml', mode = '100644', bytes = text } }
  for path, bytes in pairs(more or {}) do files[#files + 1] = { path = path, mode = '100644', bytes = bytes } end
  local registry = require('ifx.plugin').registry { dir = fs.cwd(), bringing = 'remotes' }
  local finder
  for _, item in ipairs(registry:contributions 'remotes') do
    if item.plugin == 'kustomize' then finder = item.value end
  end
  return finder(view.open(archive.tree(files)), 'app')
end

local function source(reference)
  return find(('resources:\n- "%s"\n'):format(reference)).remotes[1]
end

describe('a reference to a repository', function()
  for reference, wanted in pairs {
    ['https://github.com/org/repo//config/default?ref=v1'] = { 'https://github.com/org/repo', 'config/default', 'v1' },
    ['github.com/org/repo/path?ref=v1'] = { 'https://github.com/org/repo', 'path', 'v1' },
    ['github.com/org/repo'] = { 'https://github.com/org/repo', '', nil },
    ['git@github.com:org/repo.git/path?ref=v1'] = { 'git@github.com:org/repo.git', 'path', 'v1' },
    ['ssh://github.com/org/repo/path'] = { 'github.com:org/repo', 'path', nil },
    ['git@host.example:2222/org/repo//p'] = { 'git@host.example:2222/org/repo', 'p', nil },
    ['ssh://git@host.example:22/org/repo.git//p?ref=x/y'] = { 'ssh://git@host.example:22/org/repo.git', 'p', 'x/y' },
    ['git::https://host.example/a/b/c.git/p?version=v2'] = { 'https://host.example/a/b/c.git', 'p', 'v2' },
    ['https://host.example/a/b/c?ref=a&version=b'] = { 'https://host.example/a/b', 'c', 'a' },
    ['https://me@dev.azure.com/o/p/_git/repo/a/b?ref=v1'] = { 'https://me@dev.azure.com/o/p/_git/repo', 'a/b', 'v1' },
    ['file:///srv/repo.git//p'] = { 'file:///srv/repo.git', 'p', nil },
    ['https://host.example/org/repo//a/../b?ref=v%2F1'] = { 'https://host.example/org/repo', 'b', 'v/1' },
  } do
    it(reference, function()
      local got = source(reference)
      assert.same({ wanted[1], wanted[2], wanted[3] }, { got.repository, got.path, got.ref })
      assert.equal(reference, got.reference)
      assert.same({ 'app/kustomization.yaml', 2, 3 }, { got.file, got.line, got.column })
    end)
  end

  for _, text in ipairs { '../base', 'base.yaml', '/abs//x', 'gitlab.com/org/repo', 'a@b', 'github.com/org', 'git@host:org',
    'git@host.example:org/repo//../out', 'ftp://host/a/b' } do
    it('is not ' .. text, function() assert.is_nil(source(text)) end)
  end

  it('says how long git may take, and about submodules', function()
    assert.equal(61, source('github.com/o/r?timeout=61').timeout)
    assert.equal(90, source('github.com/o/r?timeout=1m30s').timeout)
    assert.is_nil(source('github.com/o/r?timeout=soon').timeout)
    assert.is_nil(source('github.com/o/r?timeout=0').timeout)
    assert.is_true(source('github.com/o/r?submodules=true').submodules)
    assert.is_false(source('github.com/o/r?submodules=0').submodules)
    assert.is_nil(source('github.com/o/r?submodules=yes').submodules)
  end)
end)

describe('an address of a single file', function()
  for _, address in ipairs { 'https://host.example/x/install.yaml', 'http://host.example/a/b/c.json',
    'https://github.com/o/r/releases/download/v1/install.yaml', 'https://raw.githubusercontent.com/o/r/v1/x.yaml' } do
    it(address, function() assert.equal(address, source(address).address) end)
  end

  it('may stand where files are named', function()
    local found = find [[
configurations: ["https://h.example/c.yaml"]
patches: [{path: "https://h.example/p"}, {patch: "x"}]
configMapGenerator: [{name: a, files: ["https://h.example/f"], literals: ["u=https://h.example/no"]}]
images: [{name: a, newName: "https://h.example/no"}]
]]
    local out = {}
    for i, remote in ipairs(found.remotes) do out[i] = remote.address end
    assert.same({ 'https://h.example/c.yaml', 'https://h.example/p', 'https://h.example/f' }, out)
  end)
end)

describe('what a kustomization needs', function()
  it('is every file that a text of it is, also inside of other YAML', function()
    local found = find([[
resources: [a.yaml, ../base, ../nowhere]
patches: [{path: p.yaml}]
configMapGenerator: [{name: a, files: [key=data/k.txt]}]
transformers: ["kind: PatchTransformer\npath: inline.yaml\n", t.yaml]
]], { ['app/a.yaml'] = '', ['app/p.yaml'] = '', ['app/data/k.txt'] = '', ['app/inline.yaml'] = '', ['app/other.yaml'] = '',
      ['app/t.yaml'] = 'path: named.yaml\n', ['app/named.yaml'] = '', ['base/kustomization.yaml'] = '' })
    table.sort(found.files)
    assert.same({ 'app/a.yaml', 'app/data/k.txt', 'app/inline.yaml', 'app/kustomization.yaml', 'app/named.yaml', 'app/p.yaml',
      'app/t.yaml' }, { table.unpack(found.files) })
    assert.same({ 'base' }, { table.unpack(found.folders) })
  end)

  it('is nothing where there is none', function()
    local registry = require('ifx.plugin').registry { dir = fs.cwd(), bringing = 'remotes' }
    for _, item in ipairs(registry:contributions 'remotes') do
      assert.is_nil((item.value(view.open(archive.tree {}), 'app')))
    end
  end)
end)

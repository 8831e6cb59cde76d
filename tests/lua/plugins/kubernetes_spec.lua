-- kubernetes_spec.lua: files of objects split and joined, byte for byte. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local plan = dofile 'tests/lua/support/restructure.lua'

local HEAD = '# Rules of the house.\n\n'
local DENY = [[
---
# deny by default
apiVersion: v1
kind: NetworkPolicy   # of the core
metadata: {name: deny, namespace: web}
]]
local SPACE = '---\napiVersion: v1\nkind: Namespace\nmetadata:\n    name: web\n# until here\n\n'
local NOTE = '---\r\napiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: note}\r\ndata:\r\n  text: |\r\n    --- no marker\r\n'
local ALL = HEAD .. DENY .. SPACE .. NOTE

local function root(...)
  local head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- '
  return head .. table.concat({ ... }, '\n- ') .. '\n'
end

local function split(files, with, moves)
  return plan(files, moves or {}, { { use = 'kubernetes.split', with = with } })
end

local function join(files, with)
  return plan(files, {}, { { use = 'kubernetes.join', with = with } })
end

local function refused(kind, text, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.truthy(tostring(e):find(text, 1, true), tostring(e))
end

local function again(out, with)
  local files = {}
  for _, entry in ipairs(out.tree:files()) do files[entry.path] = out.tree:read(entry.path) end
  local second = split(files, with)
  assert.is_nil(next(second.changed) or next(second.created) or next(second.removed))
end

describe('kubernetes.split', function()
  it('takes documents out by selections, with their bytes and comments', function()
    local with = {
      file = 'p/all.yaml', keep = { kinds = { 'Namespace' } },
      into = { { to = 'p/deny.yaml', namespaces = { 'web' } }, { to = 'q/rest.yaml', documents = { 3 } } },
    }
    local out = split({ ['p/all.yaml'] = ALL }, with)
    assert.equal(HEAD .. SPACE, out.changed['p/all.yaml'].new)
    assert.equal(DENY, out.created['p/deny.yaml'])
    assert.equal(NOTE, out.created['q/rest.yaml'])
    assert.same({}, out.removed)
    again(out, with)
  end)

  it('splits by kind, namespace and name', function()
    local function made(by)
      local out = split({ ['p/all.yaml'] = ALL }, { file = 'p/all.yaml', by = by })
      assert.same({ 'p/all.yaml' }, require('ifx.list').keys(out.removed))
      again(out, { file = 'p/all.yaml', by = by })
      return require('ifx.list').keys(out.created)
    end
    assert.same({ 'p/configmap.yaml', 'p/namespace.yaml', 'p/networkpolicy.yaml' }, made 'kind')
    assert.same({ 'p/cluster.yaml', 'p/web.yaml' }, made 'namespace')
    assert.same({ 'p/configmap-note.yaml', 'p/namespace-web.yaml', 'p/networkpolicy-deny.yaml' }, made 'name')
  end)

  it('splits a file that moves, and keeps what a copy elsewhere does not', function()
    local with = { file = 'q/all.yaml', keep = { kinds = { 'Namespace', 'ConfigMap' } }, elsewhere = { names = { 'deny' } } }
    local out = split({ ['p/all.yaml'] = ALL }, with, { ['p/all.yaml'] = 'q/all.yaml' })
    assert.equal(HEAD .. SPACE .. NOTE, out.changed['q/all.yaml'].new)
    out = split({ ['p/all.yaml'] = ALL }, { file = 'q/all.yaml', by = 'kind' }, { ['p/all.yaml'] = 'q/all.yaml' })
    assert.is_nil(out.tree:entry 'q/all.yaml')
    assert.equal(HEAD .. DENY, out.created['q/networkpolicy.yaml'])
  end)

  it('lists the parts where the whole was listed', function()
    local files = { ['p/all.yaml'] = ALL, ['p/kustomization.yaml'] = root('all.yaml', 'b.yaml'), ['p/b.yaml'] = '' }
    local out = split(files, { file = 'p/all.yaml', keep = { kinds = { 'Namespace' } }, into = {
      { to = 'p/x/rest.yaml', kinds = { 'NetworkPolicy', 'ConfigMap' } },
    } })
    assert.equal(root('all.yaml', 'b.yaml', 'x/rest.yaml'), out.changed['p/kustomization.yaml'].new)
    out = split(files, { file = 'p/all.yaml', by = 'namespace' })
    assert.equal(root('b.yaml', 'web.yaml', 'cluster.yaml'), out.changed['p/kustomization.yaml'].new)
  end)

  it('loses no comment: not of the file, and not between its documents', function()
    local files = { ['a.yaml'] = HEAD .. '---\n# first\n' .. DENY .. '---\n# between\n' .. SPACE .. '---\n# last\n' }
    local function parts(with)
      local out = split(files, with)
      assert.same({ 'a.yaml' }, require('ifx.list').keys(out.removed))
      assert.equal(HEAD .. '---\n# first\n' .. DENY .. '---\n# between\n', out.created['networkpolicy.yaml'])
      assert.equal(SPACE .. '---\n# last\n', out.created['namespace.yaml'])
    end
    parts { file = 'a.yaml', by = 'kind' }
    parts { file = 'a.yaml', into = {
      { to = 'networkpolicy.yaml', kinds = { 'NetworkPolicy' } }, { to = 'namespace.yaml', names = { 'web' } },
    } }
    local out = split({ ['a.yaml'] = '# nothing\n---\n# at all\n' }, { file = 'a.yaml', by = 'kind' })
    assert.same({}, out.removed)
  end)

  it('refuses to lose a document, and says which', function()
    local files = { ['a.yaml'] = ALL }
    refused('conflict', 'document 3 of a.yaml: ConfigMap note', split, files,
      { file = 'a.yaml', keep = { kinds = { 'Namespace', 'NetworkPolicy' } } })
    refused('conflict', 'b.yaml is there already', split, { ['a.yaml'] = ALL, ['b.yaml'] = '' },
      { file = 'a.yaml', keep = { kinds = { 'Namespace' } }, into = { { to = 'b.yaml', documents = { 1, 3 } } } })
    refused('config', "'kind' selects nothing", split, files, { file = 'a.yaml', keep = { kind = 'Namespace' } })
    refused('config', 'a selection names', split, files, { file = 'a.yaml', keep = {} })
    for _, to in ipairs { '../b.yaml', '/b.yaml' } do
      refused('config', 'is no path inside the repository', split, files,
        { file = 'a.yaml', into = { { to = to, documents = { 1, 2, 3 } } } })
    end
    refused('config', "'size' is nothing to split by", split, files, { file = 'a.yaml', by = 'size' })
    refused('unsupported', "'...' stands between", split, { ['a.yaml'] = ALL .. '...\n' }, { file = 'a.yaml', by = 'kind' })
    refused('parse', 'a.yaml:2', split, { ['a.yaml'] = 'a: b\n\t- c: "\n' }, { file = 'a.yaml', by = 'kind' })
  end)

  it('never cuts what SOPS encrypted', function()
    local secret = '---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nsops: {mac: "ENC[x]"}\n'
    refused('conflict', 'encrypted by SOPS', split, { ['a.yaml'] = DENY .. secret }, { file = 'a.yaml', by = 'kind' })
    refused('conflict', 'encrypted by SOPS', join, { ['a.yaml'] = DENY, ['b.yaml'] = secret },
      { files = { 'a.yaml', 'b.yaml' }, to = 'a.yaml' })
  end)

  it('tells which objects another file declares too', function()
    local out = split({ ['p/all.yaml'] = ALL, ['p/same.yaml'] = DENY }, { file = 'p/all.yaml', by = 'kind' })
    assert.matches('^p/same.yaml declares 1 of the same objects %(NetworkPolicy/web/deny', out.notes[1])
  end)

  it('says that an owner loses what leaves a file that it goes on to apply', function()
    local sync = [[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: p, namespace: flux-system}
spec: {interval: 10m, sourceRef: {kind: GitRepository, name: flux-system}, path: ./p, prune: true}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: https://git.example.org/o/r.git, interval: 1m}
]]
    local function hazards(to)
      return split({ ['c/p.yaml'] = sync, ['p/all.yaml'] = ALL },
        { file = 'p/all.yaml', keep = { kinds = { 'ConfigMap' } }, into = { { to = to, documents = { 1, 2 } } } }).hazards
    end
    assert.same({}, hazards 'p/rest.yaml')
    assert.matches('1 file with 2 objects %(Namespace web%) leave p', hazards('q/rest.yaml')[1].reason)
  end)
end)

describe('kubernetes.join', function()
  it('keeps the bytes of all, and puts markers where they are missing', function()
    local bare = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}'
    local files = { ['p/a.yaml'] = bare, ['p/b.yaml'] = ALL, ['p/c.yaml'] = bare:gsub('name: a', 'name: c'),
      ['p/kustomization.yaml'] = root('a.yaml', 'b.yaml', 'c.yaml') }
    local out = join(files, { files = { 'p/a.yaml', 'p/b.yaml', 'p/c.yaml' }, to = 'p/all.yaml' })
    assert.equal(bare .. '\n' .. ALL .. '---\n' .. files['p/c.yaml'], out.created['p/all.yaml'])
    assert.equal(root 'all.yaml', out.changed['p/kustomization.yaml'].new)
    assert.same({ ['p/a.yaml'] = 'p/all.yaml', ['p/b.yaml'] = 'p/all.yaml', ['p/c.yaml'] = 'p/all.yaml' }, out.removed)
  end)

  it('joins into one of the files, once', function()
    local with = { files = { 'a.yaml', 'b.yaml' }, to = 'a.yaml' }
    local out = join({ ['a.yaml'] = DENY, ['b.yaml'] = SPACE }, with)
    assert.equal(DENY .. SPACE, out.changed['a.yaml'].new)
    local second = join({ ['a.yaml'] = DENY .. SPACE }, with)
    assert.is_nil(next(second.changed) or next(second.removed))
  end)

  it('refuses an object that two files declare, and a file that would be written over', function()
    refused('conflict', 'a.yaml and b.yaml both declare NetworkPolicy/web/deny', join, { ['a.yaml'] = DENY, ['b.yaml'] = DENY },
      { files = { 'a.yaml', 'b.yaml' }, to = 'a.yaml' })
    refused('conflict', 'c.yaml is there already', join, { ['a.yaml'] = DENY, ['b.yaml'] = SPACE, ['c.yaml'] = '' },
      { files = { 'a.yaml', 'b.yaml' }, to = 'c.yaml' })
    refused('conflict', 'b.yaml is not there', join, { ['a.yaml'] = DENY }, { files = { 'a.yaml', 'b.yaml' }, to = 'c.yaml' })
  end)
end)

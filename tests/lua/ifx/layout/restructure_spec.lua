-- restructure_spec.lua: from moves and transforms to the tree they make. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local list = require 'ifx.list'
local plan = dofile 'tests/lua/support/restructure.lua'
local restructure = require 'ifx.layout.restructure'

local function object(kind, name)
  return ('apiVersion: v1\nkind: %s\nmetadata: { name: %s, namespace: x }\n'):format(kind, name)
end

local function root(...)
  local head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- '
  return head .. table.concat({ ... }, '\n- ') .. '\n'
end

local function sync(name, path, more)
  return ([[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: %s, namespace: flux-system }
spec:
  interval: 10m
  sourceRef: { kind: GitRepository, name: flux-system }
  path: ./%s
  prune: true
%s]]):format(name, path, more or '')
end

local SOURCE = [[
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { url: https://git.example.org/o/r.git, interval: 1m }
]]

local function refused(kind, text, ...)
  local ok, e = pcall(plan, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.truthy(tostring(e):find(text, 1, true), tostring(e))
end

local function cluster(more)
  local files = {
    ['c/source.yaml'] = SOURCE, ['c/infra.yaml'] = sync('infra', 'infra'),
    ['infra/kustomization.yaml'] = root('web/pvc.yaml', 'db.yaml'),
    ['infra/web/pvc.yaml'] = object('PersistentVolumeClaim', 'web'), ['infra/web/idle.yaml'] = object('Service', 'idle'),
    ['infra/db.yaml'] = object('Service', 'db'),
  }
  for file, text in pairs(more or {}) do files[file] = text end
  return files
end

local MOVES = { ['infra/web/pvc.yaml'] = 'apps/web/pvc.yaml', ['infra/web/idle.yaml'] = 'apps/web/idle.yaml' }
local ACTIONS = {
  { use = 'kustomize.make_root', with = { folder = 'apps/web' } }, { use = 'kustomize.move_entries', with = { to = 'apps' } },
  { use = 'flux.make_entry', with = { path = 'apps', name = 'apps' } },
}

describe('ifx.layout.restructure', function()
  it('edits symbolic links that follow what they name, whether they move or not', function()
    local files = { ['a/x.txt'] = '', ['l/stays'] = '../a/x.txt', ['m/moves'] = '../a/x.txt' }
    local outcome = plan(files, { ['a/x.txt'] = 'b/c/x.txt', ['m/moves'] = 'n/o/moves' }, nil,
      { links = { ['l/stays'] = true, ['m/moves'] = true } })
    assert.same({}, outcome.created)
    local work = restructure.operations(outcome, function(old) return 'blob of ' .. old end)
    assert.same({}, work.create)
    assert.same({ 'l/stays', 'n/o/moves' }, { work.edits[1].path, work.edits[2].path })
    assert.same({ 'blob of l/stays', 'blob of m/moves' }, { work.edits[1].blob, work.edits[2].blob })
    assert.same({ old = '../a/x.txt', new = '../../b/c/x.txt' }, outcome.changed['n/o/moves'])
  end)

  it('gives what is applied a root and an entry point of its own', function()
    local out = plan(cluster(), MOVES, ACTIONS)
    assert.equal(root 'db.yaml', out.changed['infra/kustomization.yaml'].new)
    assert.equal(root 'web', out.created['apps/kustomization.yaml'])
    assert.matches('\n  %- pvc.yaml\n$', out.created['apps/web/kustomization.yaml'])
    assert.matches('path: ./apps\n  prune: false\n', out.created['c/apps.yaml'])
    assert.matches('dependsOn:\n  %- name: infra\n', out.created['c/apps.yaml'])
    assert.matches('apps/web/idle.yaml is not applied today and stays so', out.notes[1])
    assert.equal(1, #out.hazards)
    assert.matches('1 file with 1 object %(PersistentVolumeClaim x/web%) leave infra', out.hazards[1].reason)
    assert.same({}, out.blocked)
    local work = restructure.operations(out, function() return 'blob' end)
    assert.same({ { 'infra/web/idle.yaml', 'apps/web/idle.yaml' }, { 'infra/web/pvc.yaml', 'apps/web/pvc.yaml' } },
      work.renames)
    assert.equal('infra/kustomization.yaml', work.edits[1].path)
    assert.equal(3, #work.create)
  end)

  it('finds nothing left to do in its own result', function()
    local out, files = plan(cluster(), MOVES, ACTIONS), {}
    for _, entry in ipairs(out.tree:files()) do files[entry.path] = out.tree:read(entry.path) end
    local again = plan(files, {}, ACTIONS)
    assert.is_nil(next(again.changed) or next(again.created))
    assert.same({}, again.hazards)
  end)

  it('keeps a root that is there, and adds to it', function()
    local more = { ['apps/kustomization.yaml'] = root 'old.yaml', ['apps/old.yaml'] = object('Service', 'old') }
    local out = plan(cluster(more), MOVES, ACTIONS)
    assert.equal(root('old.yaml', 'web'), out.changed['apps/kustomization.yaml'].new)
  end)

  it('takes over what decides how objects are applied, components from the new folder', function()
    local more = '  suspend: true\n  targetNamespace: team\n  components: [../parts/tls]\n'
    local out = plan(cluster {
      ['c/infra.yaml'] = sync('infra', 'infra', more), ['parts/tls/s.yaml'] = object('Secret', 's'),
      ['parts/tls/kustomization.yaml'] = root('s.yaml'):gsub('v1beta1\nkind: Kustomization', 'v1alpha1\nkind: Component'),
    }, MOVES, ACTIONS)
    for _, text in ipairs { 'suspend: true', 'targetNamespace: team', '- ../parts/tls' } do
      assert.truthy(out.created['c/apps.yaml']:find(text, 1, true), text)
    end
  end)

  it('says which fields of the old root no longer reach what leaves it', function()
    local old = root('web/pvc.yaml', 'db.yaml') .. 'namePrefix: a-\n'
    local out = plan(cluster { ['infra/kustomization.yaml'] = old }, MOVES, ACTIONS)
    assert.equal('context', out.blocked[1].accept)
    assert.matches('infra/kustomization.yaml: namePrefix', out.blocked[1].why)
  end)

  it('moves a root itself without listing it in itself', function()
    local files = cluster {
      ['infra/kustomization.yaml'] = root('web', 'db.yaml'), ['infra/web/kustomization.yaml'] = root 'pvc.yaml',
    }
    local out = plan(files, {
      ['infra/web/pvc.yaml'] = 'web/pvc.yaml', ['infra/web/idle.yaml'] = 'web/idle.yaml',
      ['infra/web/kustomization.yaml'] = 'web/kustomization.yaml',
    }, { { use = 'kustomize.move_entries', with = { to = 'web' } } })
    assert.equal(root('../web', 'db.yaml'), out.changed['infra/kustomization.yaml'].new)
    assert.same({}, out.hazards)
    assert.is_nil(next(out.created))
  end)

  it('says of a file that its tool no longer finds just that, once', function()
    local files = {
      ['k/a'] = '', ['k/b'] = '', ['.mise/config.toml'] = '[env]\nA = "{{config_root}}/k/a"\nB = "{{config_root}}/k/b"\n',
    }
    local ok, e = pcall(plan, files, { ['.mise/config.toml'] = 'tools/mise.txt' })
    assert.is_false(ok)
    assert.truthy(e.message:find("as 'tools/mise.txt' its tool no longer finds this file", 1, true), e.message)
    assert.is_nil(e.message:find '\n')
  end)

  it('refuses what would be broken, and leaves alone what was', function()
    local generate = { { path = 'infra/more/kustomization.yaml', text = root 'gone.yaml' } }
    refused('conflict', 'infra/more/kustomization.yaml:4:3: kustomize.resources gone.yaml', cluster(), {}, {},
      { generate = generate })
    local broken = cluster { ['infra/more/kustomization.yaml'] = root 'gone.yaml' }
    local out = plan(broken, { ['infra/more/kustomization.yaml'] = 'z/kustomization.yaml' })
    assert.is_nil(next(out.changed))
  end)

  it('refuses a watcher that changes files', function()
    local function call() return { changes = { { type = 'create', file = 'a', text = '' } } } end
    refused('plugin', 'it watches', cluster(), {}, {}, { watchers = { { use = 'x.y', with = {} } }, call = call })
  end)

  it('combines references written anew and entries taken away in one file', function()
    local out = plan(cluster { ['infra/kustomization.yaml'] = root('web/pvc.yaml', 'db.yaml', 'web/idle.yaml') }, {
      ['infra/web/pvc.yaml'] = 'apps/web/pvc.yaml', ['infra/web/idle.yaml'] = 'apps/web/idle.yaml',
      ['infra/db.yaml'] = 'infra/data/db.yaml',
    }, ACTIONS)
    assert.equal(root 'data/db.yaml', out.changed['infra/kustomization.yaml'].new)
  end)

  it('blocks on an entry point whose folder comes to it through an artifact', function()
    local files = cluster {
      ['c/packed.yaml'] = 'apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\n'
        .. 'metadata: { name: parts, namespace: flux-system }\nspec:\n'
        .. '  sources: [{ alias: repo, kind: GitRepository, name: flux-system }]\n'
        .. '  artifacts: [{ name: part, copy: [{ from: "@repo/infra/**", to: "@artifact/" }] }]\n---\n'
        .. sync('packed', ''):gsub('GitRepository, name: flux%-system', 'ExternalArtifact, name: part'),
    }
    files['infra/over/c/kustomization.yaml'] = root '../../db.yaml'
    local out = plan(files, {}, { { use = 'flux.set_path', with = { from = 'infra', to = 'infra/over/c' } } })
    assert.is_nil(out.changed['c/packed.yaml'])
    assert.matches('path: ./infra/over/c\n', out.changed['c/infra.yaml'].new)
    local blocked = list.find(out.blocked, function(item) return item.id == 'artifact' end)
    assert.matches('c/packed.yaml:14 applies infra as a folder of the artifact part', blocked and blocked.why)
  end)

  describe('with a base and an overlay', function()
    local FULL = {
      { use = 'kustomize.make_root', with = { folder = 'infra/base' } },
      { use = 'kustomize.make_root', with = { folder = 'infra/over/c', of = 'infra/base' } },
      { use = 'kustomize.move_entries', with = { to = 'infra/base' } },
      { use = 'kustomize.make_root', with = { folder = 'apps/base/web' } },
      { use = 'kustomize.make_root', with = { folder = 'apps/over/c', of = 'apps/base' } },
      { use = 'kustomize.move_entries', with = { to = 'apps/over/c', of = 'apps/base' } },
      { use = 'flux.make_entry', with = { path = 'apps/over/c', of = 'apps/base', name = 'apps' } },
      { use = 'flux.set_path', with = { from = 'infra', to = 'infra/over/c' } },
      { use = 'kustomize.remove_root', with = { folder = 'infra', by = 'infra/over/c' } },
    }
    local TO = {
      ['infra/web/pvc.yaml'] = 'apps/base/web/pvc.yaml', ['infra/web/idle.yaml'] = 'apps/base/web/idle.yaml',
      ['infra/db.yaml'] = 'infra/base/db.yaml',
    }

    it('gives the base what is applied, the overlay the base, and the app an entry point', function()
      local out = plan(cluster(), TO, FULL)
      assert.matches('\n  %- db.yaml\n$', out.created['infra/base/kustomization.yaml'])
      assert.matches('resources:\n  %- ../../base\n$', out.created['infra/over/c/kustomization.yaml'])
      assert.matches('resources:\n  %- ../../base/web\n$', out.created['apps/over/c/kustomization.yaml'])
      assert.matches('path: ./apps/over/c\n  prune: false\n', out.created['c/apps.yaml'])
      assert.matches('\n  path: ./infra/over/c\n', out.changed['c/infra.yaml'].new)
      assert.same({ ['infra/kustomization.yaml'] = 'infra/over/c/kustomization.yaml' }, out.removed)
      assert.same({ 'infra/kustomization.yaml' }, restructure.operations(out, function() return 'blob' end).remove)
      assert.is_nil(out.tree:entry 'infra/kustomization.yaml')
      assert.same({}, out.blocked)
      assert.equal(1, #out.hazards)
      assert.matches('1 file with 1 object %(PersistentVolumeClaim x/web%) leave infra', out.hazards[1].reason)
    end)

    it('finds nothing left to do in its own result', function()
      local out, files = plan(cluster(), TO, FULL), {}
      for _, entry in ipairs(out.tree:files()) do files[entry.path] = out.tree:read(entry.path) end
      local again = plan(files, {}, FULL)
      assert.is_nil(next(again.changed) or next(again.created) or next(again.removed))
    end)

    it('keeps a root that still lists or says something, and tells why', function()
      local function notes(text)
        local more = object('Service', 'more')
        local out = plan(cluster { ['infra/kustomization.yaml'] = text, ['infra/more.yaml'] = more }, TO, FULL)
        assert.same({}, out.removed)
        return table.concat(out.notes, '\n')
      end
      assert.matches('infra/kustomization.yaml stays: it lists more.yaml', notes(root('web/pvc.yaml', 'db.yaml', 'more.yaml')))
      local says = root('web/pvc.yaml', 'db.yaml') .. 'namespace: x\n'
      assert.matches('infra/kustomization.yaml stays: it says namespace', notes(says))
    end)

    it('says where an old name of a removed root still stands, and refuses to break what lists it', function()
      local out = plan(cluster { ['README.md'] = 'See infra/kustomization.yaml.\n' }, TO, FULL)
      assert.equal('infra/kustomization.yaml', out.left[1].old)
      assert.equal('infra/over/c/kustomization.yaml', out.left[1].new)
      refused('conflict', 'kustomize.resources ../infra', cluster { ['z/kustomization.yaml'] = root '../infra' }, TO, FULL)
    end)

    it('names components from the new path', function()
      local out = plan(cluster {
        ['c/infra.yaml'] = sync('infra', 'infra', '  components: [../parts/tls]\n'), ['parts/tls/s.yaml'] = object('Secret', 's'),
        ['parts/tls/kustomization.yaml'] = root('s.yaml'):gsub('v1beta1\nkind: Kustomization', 'v1alpha1\nkind: Component'),
      }, TO, FULL)
      assert.matches('components: %[../../../parts/tls%]', out.changed['c/infra.yaml'].new)
    end)
  end)

  describe('about words that lead nowhere', function()
    local function nowhere(text, more)
      local files = { ['README.md'] = text, ['tf/main.tf'] = '', ['tf/keep'] = '', ['docs/x.md'] = 'x\n' }
      local out = plan(files, { ['tf/main.tf'] = 'modules/m/main.tf' }, nil, more)
      local rows = {}
      for i, item in ipairs(out.nowhere) do
        rows[i] = ('%d:%d %s in %s, now %s'):format(item.line, item.column, item.text, item.old, item.new)
      end
      return rows, out
    end

    it('lists those below folders whose files move, as relative paths, commands and addresses', function()
      assert.same({ '1:4 tf/boot in tf, now modules/m', '2:3 ./tf/b.yaml in tf, now modules/m' },
        nowhere('cd tf/boot\n- ./tf/b.yaml, and docs/gone, tf/keep, other/tf/x, tf/*.tf, tf/${x}, tf/v1beta1\n'))
      local address = 'https://raw.example.org/who/r/main/tf/a.json'
      local found = nowhere(address .. ' https://example.org/else/main/tf/a.json\n', { url = 'https://git.example.org/o/r.git' })
      assert.equal(1, #found)
      assert.matches('who/r/main/tf/a.json in tf', found[1])
    end)

    it('lists names of a folder that stays without its own files', function()
      local _, out = nowhere('Go to `tf/` and look.\n')
      assert.equal(1, #out.listed)
      assert.equal('it stays, but some of its files went to modules/m', out.listed[1].why)
    end)
  end)

  it('lists one of two files that declare the same objects, and says so', function()
    local a, c = object('Service', 'a'), object('Service', 'c')
    local out = plan({ ['p/a.yaml'] = a, ['p/b.yaml'] = a, ['p/c.yaml'] = c }, {},
      { { use = 'kustomize.make_root', with = { folder = 'p' } } })
    assert.matches('resources:\n  %- a.yaml\n  %- c.yaml\n$', out.created['p/kustomization.yaml'])
    assert.matches('^p/b.yaml declares objects that p/a.yaml declares, too', out.notes[1])
  end)

  it('writes names in drawings anew while they stay below what they are drawn below, and keeps remarks aligned', function()
    local drawing = 'r/\n├── tf/           # one\n├── web/\n│   └── x/        # two\n└── docs/         # three\n'
    local out = plan({ ['README.md'] = drawing, ['tf/a'] = 'a', ['web/x/b'] = 'b', ['docs/c'] = 'c' },
      { ['tf/a'] = 'terraform/a', ['web/x/b'] = 'other/x/b', ['docs/c'] = 'docs/more/c' }, nil, { text = true })
    local wanted = 'r/\n├── terraform/    # one\n├── web/\n│   └── x/        # two\n└── docs/more/    # three\n'
    assert.equal(wanted, out.changed['README.md'].new)
    assert.equal('web/', out.listed[1].reference.text)
  end)
end)

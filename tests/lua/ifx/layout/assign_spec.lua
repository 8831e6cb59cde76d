-- assign_spec.lua: layouts read, filled in, and carried over files. SPDX-License-Identifier: Apache-2.0
local assign = require 'ifx.layout.assign'
local classes = require 'ifx.layout.classes'
local err = require 'err'
local fs = require 'fs'
local layouts = require 'ifx.layout'
local base = require 'ifx.repo.base'

local OBJECT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n'
local CLASSES = {
  { name = 'source', files = { '**/*.go' } }, { name = 'workload', objects = { 'Deployment' } },
  { name = 'kubernetes', objects = { '*' } }, { name = 'docs', files = { '**/*.md' } },
  { name = 'play', among = { '**/*.yml' }, text = function(text) return text:find 'hosts:' ~= nil end },
}

local function tree(files)
  local entries = {}
  for file in pairs(files) do entries[#entries + 1] = { path = file, mode = '100644' } end
  return base.new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
end

local function read(text, others)
  return layouts.read('layout: 1\nname: x\nsummary: y\n' .. text, 'x.yaml', function(name)
    return { text = others[name], path = name .. '.yaml' }
  end)
end

local function assigned(files, text, given)
  local layout, t = read(text), tree(files)
  return assign.assign(t, layouts.rows(layout, (layouts.values(layout, given or {}))), classes.open(CLASSES, t))
end

local REPOSITORIES = [[
params:
  platform_url: { type: string, required: true }
  name: { type: string, default: platform-gitops }
repositories:
  platform: { name: '${name}', url: '${platform_url}' }
]]

local function raised(kind, pattern, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.truthy(tostring(e):find(pattern, 1, true), tostring(e))
end

describe('ifx.layout.assign', function()
  it('moves a folder to the root of its repository', function()
    local out = assigned({ ['a/b/x.txt'] = '', ['p/c/y.txt'] = '', ['p/z.txt'] = '' }, REPOSITORIES .. [[
moves:
  - { folder: a, to: . }
  - { folder: p, to: ., repository: platform }
]], { platform_url = 'https://git.example.org/o/p' })
    assert.same({ ['a/b/x.txt'] = 'b/x.txt' }, out.moves)
    assert.same({ platform = { ['p/c/y.txt'] = 'c/y.txt', ['p/z.txt'] = 'z.txt' } }, out.away)
  end)

  it('lets the first row that matches decide, and says what no row names', function()
    local out = assigned({ ['a/x.txt'] = '', ['a/keep.txt'] = '', ['b.txt'] = '' }, [[
moves:
  - { from: a/keep.txt, action: Keep }
  - { from: 'a/*.txt', to: 'c/${1}/${base}' }
  - { from: 'a/**', to: 'never/${path}' }
]])
    assert.same({ ['a/x.txt'] = 'c/x/x.txt' }, out.moves)
    assert.same({ ['a/keep.txt'] = 1 }, out.kept)
    assert.same({ 'b.txt' }, out.unassigned)
    assert.same({ 3, 'a/**' }, { out.unused[1].row, out.unused[1].globs[1] })
    assert.same({ 1, 1, 1 }, { assign.count(out) })
  end)

  it('moves whole folders that hold what is wanted', function()
    local out = assigned({
      ['k/web/d.yaml'] = OBJECT, ['k/web/sub/readme.md'] = '', ['src/web/main.go'] = '', ['src/web/d.yaml'] = OBJECT,
    }, [[
params: { apps: { type: 'string[]' } }
moves:
  - { folder: '**/${app}', each: { app: apps }, holds: workload, to: 'apps/${app.base}' }
]], { apps = 'web,nothing' })
    assert.same({ ['k/web/d.yaml'] = 'apps/web/d.yaml', ['k/web/sub/readme.md'] = 'apps/web/sub/readme.md' }, out.moves)
    assert.same({ 1, 'nothing' }, { #out.unused, out.unused[1].each.app })
  end)

  it('sends files to other repositories, and copies to several', function()
    local out = assigned({ ['a/x.txt'] = '', ['a/y.txt'] = '', ['b/z.txt'] = '', ['c/w.txt'] = '' }, REPOSITORIES .. [[
moves:
  - { from: a/y.txt, to: 'k/${base}', also: [{ repository: platform, to: 'p/${stem}.yaml' }], action: Split }
  - { from: 'a/*', to: 'n/${1}', repository: platform }
  - { folder: b, to: bb, repository: platform, also: [{ to: kept/b }] }
  - { from: 'c/*', action: Keep, also: [{ repository: platform, to: '${path}' }] }
]], { platform_url = 'https://h/o/p' })
    assert.same({ ['a/y.txt'] = 'k/y.txt', ['b/z.txt'] = 'kept/b/z.txt' }, out.moves)
    assert.same({ ['a/x.txt'] = true }, out.gone)
    assert.same({ ['c/w.txt'] = 4 }, out.kept)
    assert.same({ platform = {
      ['a/x.txt'] = 'n/x.txt', ['a/y.txt'] = 'p/y.yaml', ['b/z.txt'] = 'bb/z.txt', ['c/w.txt'] = 'c/w.txt',
    } }, out.away)
    assert.same({ 3, 1, 0 }, { assign.count(out) })
  end)

  it('spells targets as Git does', function()
    local out = assigned({ ['a/x.txt'] = '', ['a/b/y.txt'] = '', ['c/z.txt'] = '', ['d/w'] = '' }, REPOSITORIES .. [[
moves:
  - { folder: a, to: ., repository: platform }
  - { from: 'c/*', to: './e//${base}' }
  - { from: d/w, to: ./d/w }
]], { platform_url = 'https://h/o/p' })
    assert.same({ platform = { ['a/x.txt'] = 'x.txt', ['a/b/y.txt'] = 'b/y.txt' } }, out.away)
    assert.same({ ['c/z.txt'] = 'e/z.txt' }, out.moves)
    assert.same({ ['d/w'] = 3 }, out.kept)
  end)

  it('gives a file one place in each repository', function()
    raised('config', 'row 1 gives it two places in one repository: n/x and m/x', assigned, { x = '' }, REPOSITORIES
      .. "moves: [{ from: x, to: n/x, repository: platform, also: [{ to: m/x, repository: platform }] }]\n", {})
    raised('config', 'two places in one repository', assigned, { x = '' }, 'moves: [{ from: x, to: n, also: [{ to: m }] }]\n')
  end)

  it('names the values that found nothing, and whose place is empty', function()
    local text = [[
params: { apps: { type: 'string[]' } }
moves:
  - { folder: 'old/${app}', each: { app: apps }, to: 'apps/${app}' }
]]
    local files = { ['old/web/x.yaml'] = OBJECT, ['apps/api/x.yaml'] = OBJECT }
    assert.same({ 'app=wbe' }, assigned(files, text, { apps = 'web,wbe,api' }).unmatched)
    text = "params: { apps: { type: 'string[]' } }\n"
      .. "moves:\n  - { from: 'old/${app}-*.yaml', each: { app: apps }, to: 'apps/${app}/${base}' }\n"
    files = { ['old/web-x.yaml'] = OBJECT, ['apps/api/x.yaml'] = OBJECT }
    assert.same({ 'app=wbe' }, assigned(files, text, { apps = 'web,wbe,api' }).unmatched)
  end)

  it('names values of another repository only while something goes there', function()
    local text = "params: { apps: { type: 'string[]' } }\nrepositories: { platform: { name: p, url: 'https://x.example/p' } }\n"
      .. "moves:\n  - { from: 'old/${app}/**', each: { app: apps }, repository: platform, to: 'apps/${app}/${1}' }\n"
    assert.same({ 'app=wbe' }, assigned({ ['old/web/x'] = '' }, text, { apps = 'web,wbe' }).unmatched)
    assert.same({}, assigned({ ['other/x'] = '' }, text, { apps = 'web,wbe' }).unmatched)
  end)

  it('asks which folder is meant', function()
    local rows = "params: { apps: { type: 'string[]' } }\nmoves:\n"
      .. "  - { folder: '**/${a}', each: { a: apps }, to: 'apps/${a.base}' }\n"
    local files = { ['one/web/a'] = '', ['two/web/b'] = '' }
    raised('conflict', 'more than one folder would become apps/web: one/web, two/web', assigned, files, rows, { apps = 'web' })
    assert.same({ ['one/web/a'] = 'apps/web/a' }, assigned(files, rows, { apps = 'one/web' }).moves)
  end)

  it('says where a row stands whose target names a wildcard that it has not', function()
    local rows = "moves:\n  - { from: 'k/*', to: 'z/${3}' }\n"
    local _, e = pcall(assigned, { ['k/a'] = '' }, rows)
    assert.same({ 'x.yaml', 5, "there is no variable '3' here", 'the wildcards of the row are ${1} to ${1}' },
      { e.file, e.line, e.message, e.hint })
  end)

  it('takes wildcards in the value of a parameter for themselves', function()
    local rows = "params: { a: { type: string } }\nmoves:\n  - { from: 'k/${a}', to: 'z/${base}' }\n"
    assert.same({ ['k/*'] = 'z/*' }, assigned({ ['k/*'] = '', ['k/b'] = '' }, rows, { a = '*' }).moves)
  end)

  it('knows no class that nobody described', function()
    raised('config', "no class of content called 'cats'", assigned, { a = '' }, "moves:\n  - { from: a, holds: cats, to: b }\n")
  end)

  it('says why rows decide about no file, and what may be meant', function()
    local files = { ['talos/a.yaml'] = '', ['talos/sub/b.md'] = '', ['k8s/web/x.yaml'] = OBJECT, ['new/x'] = '', top = '' }
    local layout, t = read [[
moves:
  - { from: talos/a.yaml, action: Keep }
  - { from: talos, to: 'x/${path}' }
  - { folder: tlaos, to: y }
  - { folder: top, to: z }
  - { folder: web, to: w }
  - { from: 'old/**', to: 'new/${1}' }
  - { from: 'talos/*', to: 'v/${1}' }
  - { from: 'new/*', holds: docs, to: 'u/${1}' }
]], tree(files)
    local known = classes.open(CLASSES, t)
    local out = assign.assign(t, layouts.rows(layout, {}), known)
    local said = {}
    for i, row in ipairs(assign.explain_unused(out, t, known)) do
      said[i] = { row.place.line, row.harmless, row.hint or row.why }
    end
    assert.same({
      { 6, false, "'talos' is a folder: did you mean `folder: talos` or `from: talos/**`?" },
      { 7, false, "there is no 'tlaos': did you mean 'talos'?" },
      { 8, false, "'top' is a file: did you mean `from: top`?" },
      { 9, false, "there is no 'web': did you mean 'k8s/web'?" },
      { 10, true, 'no file matches, and there is something where it leads: an earlier run, most likely' },
      { 11, true, 'earlier rows decide about all that it names' },
      { 12, false, 'nothing that it names holds docs' },
    }, said)
  end)

  it('says what a repository lacks', function()
    local layout = read "fits: { files: ['k/**'], references: [flux.path] }\n"
    assert.same({ 'reference', 'flux.path' }, { assign.misses(layout, tree { ['k/a'] = '' }, {}) })
    assert.same({ 'file', 'k/**' }, { assign.misses(layout, tree { a = '' }, { ['flux.path'] = true }) })
    assert.is_nil(assign.misses(layout, tree { ['k/a'] = '' }, { ['flux.path'] = true }))
  end)
end)

describe('ifx.layout.classes', function()
  it('asks for the text of the files that a class is among', function()
    local t = tree { ['a/p.yml'] = '- hosts: x\n', ['a/q.yml'] = 'x: 1\n', ['a/p.txt'] = '- hosts: x\n' }
    local known = classes.open(CLASSES, t)
    assert.same({ true, false, false, true },
      { known:file_is('a/p.yml', 'play'), known:file_is('a/q.yml', 'play'), known:file_is('a/p.txt', 'play'),
        known:folder_holds('a', 'play') })
  end)
end)

describe('ifx.layout', function()
  local BASE = "layout: 1\nname: base\nsummary: b\n"
    .. "params: { apps: { type: 'string[]', required: true }, into: { type: path, default: apps } }\n"
    .. "moves:\n  - { from: '${into}/**', action: Keep }\n"

  it('extends another, with values for its parameters', function()
    local layout = read('extends: base\nset: { apps: [a, b] }\nmoves:\n  - { from: x, to: y }\n', { base = BASE })
    local values, missing = layouts.values(layout, {})
    assert.same({ {}, { 'a', 'b' }, 'apps' }, { missing, values.apps, values.into })
    local rows = layouts.rows(layout, values)
    assert.same({ 'x', 'apps/**' }, { rows[1].globs[1], rows[2].globs[1] })
    assert.same({ 'c' }, layouts.values(layout, { apps = 'c' }).apps)
  end)

  it('names what is missing, and what is not a parameter', function()
    local layout = read('extends: base\n', { base = BASE })
    assert.same({ 'apps' }, select(2, layouts.values(layout, {})))
    raised('argument', "there is no parameter 'app'", layouts.values, layout, { app = 'x' })
    assert.equal('it has no parameters', select(2, pcall(layouts.values, read '', { app = 'x' })).hint)
    raised('config', "set: there is no parameter 'ap'", read, 'extends: base\nset: { ap: [x] }\n', { base = BASE })
    local circle = { a = 'layout: 1\nname: a\nsummary: a\nextends: a\n' }
    raised('config', 'extend each other in a circle', read, 'extends: a\n', circle)
  end)

  it('fills in variables', function()
    assert.equal('a/web/c', layouts.fill('a/${x.base}/c', { x = 'k8s/web' }))
    raised('config', "there is no variable 'y'", layouts.fill, '${y}', {})
  end)

  it('repeats actions and files for each value', function()
    local layout = read [[
params: { apps: { type: 'string[]' } }
actions:
  - { use: k.make, each: { a: apps }, with: { folder: 'apps/${a}' } }
]]
    local values = layouts.values(layout, { apps = 'x,y' })
    local actions = layouts.actions(layout, values)
    assert.same({ 'apps/x', 'apps/y' }, { actions[1].with.folder, actions[2].with.folder })
    layout = read "params: { apps: { type: 'string[]' } }\nactions: [{ use: k.make, with: { in: ['a/${apps}', b] } }]\n"
    assert.same({ 'a/x', 'a/y', 'b' }, layouts.actions(layout, values)[1].with['in'])
    layout = read [[
params: { apps: { type: 'string[]' } }
generate:
  - { path: '${a}.txt', each: { a: apps }, text: "${a}\n" }
]]
    assert.same({ { path = 'x.txt', text = 'x\n' }, { path = 'y.txt', text = 'y\n' } }, layouts.generated(layout, values))
  end)

  it('fills in repositories, and where references to split folders point', function()
    local layout = read(REPOSITORIES .. [[
redirects:
  - { from: 'apps/', to: ./argocd/applications, repository: platform }
  - { from: old, to: '.' }
actions: [{ use: a.b, repository: platform }]
generate: [{ path: p, text: t, repository: platform }]
]])
    local values, missing = layouts.values(layout, {})
    assert.same({ 'platform_url' }, missing)
    values.platform_url = 'git@h.example:o/p.git'
    assert.same({ { id = 'platform', name = 'platform-gitops', url = 'git@h.example:o/p.git', dir = '/r/platform-gitops' } },
      layouts.repositories(layout, values, '/r/here'))
    assert.same({
      apps = { repository = 'platform', path = 'argocd/applications' }, old = { path = '' },
    }, layouts.redirects(layout, values))
    assert.equal('platform', layouts.actions(layout, values)[1].repository)
    assert.equal('platform', layouts.generated(layout, values)[1].repository)
    local child = layouts.read('layout: 1\nname: c\nsummary: y\nextends: b\nset: { name: child }\n', 'c.yaml', function()
      return { text = 'layout: 1\nname: b\nsummary: y\n' .. REPOSITORIES, path = 'b.yaml' }
    end)
    values = layouts.values(child, { platform_url = 'h.example/o/p' })
    assert.equal('/r/child', layouts.repositories(child, values, '/r/x')[1].dir)
  end)

  it('sees that a folder lies in this repository, behind a link', function()
    local scratch = fs.realpath(fs.tempdir 'ifx-spec-')
    fs.mkdir(scratch .. '/r')
    fs.symlink('r', scratch .. '/beside')
    local layout = read('repositories: { a: { name: n, url: https://h.example/o/p, dir: ../beside/n } }\n')
    raised('argument', 'this repository is there', layouts.repositories, layout, {}, scratch .. '/r')
    fs.remove_tree(scratch)
  end)

  it('refuses what cannot be a repository', function()
    local function resolve(text, given)
      local layout = read(text)
      return layouts.repositories(layout, (layouts.values(layout, given or {})), '/r/here')
    end
    raised('argument', "'p' is no address of a repository", resolve, REPOSITORIES, { platform_url = 'p' })
    raised('argument', "'a b' cannot be its name", resolve, REPOSITORIES,
      { platform_url = 'https://h.example/o/p', name = 'a b' })
    for _, dir in ipairs { '.', 'sub', '..', '/r/here' } do
      raised('argument', 'this repository is there', resolve,
        ("repositories: { a: { name: n, url: https://h.example/o/p, dir: '%s' } }\n"):format(dir))
    end
    raised('argument', 'n is said of the repository a, too', resolve,
      'repositories: { a: { name: n, url: h.example/o/p }, b: { name: n, url: h.example/o/q } }\n')
    local cases = {
      { "moves: [{ from: a, to: b, repository: platfrm }]", "there is no repository 'platfrm'", 'x.yaml:9:' },
      { "moves: [{ from: a, to: b, also: [{ to: c, repository: x }] }]", "there is no repository 'x'", 'x.yaml:9:' },
      { "moves: [{ from: a, action: Keep, repository: platform }]", 'a row that keeps has no `repository`', 'x.yaml:9:' },
      { "moves: [{ from: a, to: b, also: [{ to: '${no}' }] }]", "there is no variable 'no'", 'x.yaml:9:' },
      { "moves: [{ from: a, to: b, also: [{ to: ../c }] }]", 'must not leave the repository', 'x.yaml:9:' },
      { "moves: [{ from: a, to: b/ }]", 'must not end in /: write the whole path', 'x.yaml:9:24' },
      { "moves: [{ from: a, to: b, also: [{ to: '${dir}/' }] }]", "as 'apps/${base}'", 'x.yaml:9:' },
      { "redirects: [{ from: a, to: b/ }]", 'must not end in /', 'x.yaml:9:' },
      { "redirects: [{ from: a, to: '${no}' }]", "there is no variable 'no'", 'x.yaml:9:' },
      { "redirects: [{ from: a, to: b, repository: x }]", "there is no repository 'x'", 'x.yaml:9:' },
      { "actions: [{ use: a.b, repository: x }]", "there is no repository 'x'", 'x.yaml:9:' },
      { "generate: [{ path: a, text: b, repository: x }]", "there is no repository 'x'", 'x.yaml:9:' },
    }
    for _, case in ipairs(cases) do
      raised('config', case[2], read, REPOSITORIES .. case[1] .. '\n')
      raised('config', case[3], read, REPOSITORIES .. case[1] .. '\n')
    end
    raised('config', "there is no variable 'no'", read, "repositories: { a: { name: n, url: '${no}' } }\n")
  end)
end)

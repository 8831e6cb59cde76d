-- assign_spec.lua: layouts read, filled in, and carried over files. SPDX-License-Identifier: Apache-2.0
local assign = require 'ifx.layout.assign'
local classes = require 'ifx.layout.classes'
local err = require 'err'
local layouts = require 'ifx.layout'
local base = require 'ifx.repo.base'

local OBJECT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n'
local CLASSES = {
  { name = 'source', files = { '**/*.go' } }, { name = 'workload', objects = { 'Deployment' } },
  { name = 'kubernetes', objects = { '*' } }, { name = 'docs', files = { '**/*.md' } },
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

local function raised(kind, pattern, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.truthy(tostring(e):find(pattern, 1, true), tostring(e))
end

describe('ifx.layout.assign', function()
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
    assert.same({ 'row 3: a/**' }, out.unused)
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
    assert.same({ 'app=nothing' }, out.unused)
  end)

  it('names the values that found nothing, and whose place is empty', function()
    local text = [[
params: { apps: { type: 'string[]' } }
moves:
  - { folder: 'old/${app}', each: { app: apps }, to: 'apps/${app}' }
]]
    local files = { ['old/web/x.yaml'] = OBJECT, ['apps/api/x.yaml'] = OBJECT }
    assert.same({ 'app=wbe' }, assigned(files, text, { apps = 'web,wbe,api' }).unmatched)
  end)

  it('asks which folder is meant', function()
    local rows = "params: { apps: { type: 'string[]' } }\nmoves:\n"
      .. "  - { folder: '**/${a}', each: { a: apps }, to: 'apps/${a.base}' }\n"
    local files = { ['one/web/a'] = '', ['two/web/b'] = '' }
    raised('conflict', 'more than one folder would become apps/web: one/web, two/web', assigned, files, rows, { apps = 'web' })
    assert.same({ ['one/web/a'] = 'apps/web/a' }, assigned(files, rows, { apps = 'one/web' }).moves)
  end)

  it('takes wildcards in the value of a parameter for themselves', function()
    local rows = "params: { a: { type: string } }\nmoves:\n  - { from: 'k/${a}', to: 'z/${base}' }\n"
    assert.same({ ['k/*'] = 'z/*' }, assigned({ ['k/*'] = '', ['k/b'] = '' }, rows, { a = '*' }).moves)
  end)

  it('knows no class that nobody described', function()
    raised('config', "no class of content called 'cats'", assigned, { a = '' }, "moves:\n  - { from: a, holds: cats, to: b }\n")
  end)

  it('says what a repository lacks', function()
    local layout = read "fits: { files: ['k/**'], references: [flux.path] }\n"
    assert.equal('nothing of kind flux.path', assign.misses(layout, tree { ['k/a'] = '' }, {}))
    assert.equal('no file k/**', assign.misses(layout, tree { a = '' }, { ['flux.path'] = true }))
    assert.is_nil(assign.misses(layout, tree { ['k/a'] = '' }, { ['flux.path'] = true }))
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
generate:
  - { path: '${a}.txt', each: { a: apps }, text: "${a}\n" }
]]
    local values = layouts.values(layout, { apps = 'x,y' })
    local actions = layouts.actions(layout, values)
    assert.same({ 'apps/x', 'apps/y' }, { actions[1].with.folder, actions[2].with.folder })
    assert.same({ { path = 'x.txt', text = 'x\n' }, { path = 'y.txt', text = 'y\n' } }, layouts.generated(layout, values))
  end)
end)

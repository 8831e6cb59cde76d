-- graph_spec.lua: finders over a tree, and what becomes of what they say. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local graph = require 'ifx.repo.graph'
local search = require 'ifx.repo.search'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

-- A finder for lines such as 'use: ../path'.
local uses = {
  plugin = 'uses', kinds = { ['uses.path'] = 'the path of a use line' }, files = { '**/*.use' },
  find = function(file, ctx)
    local refs, base = {}, file.path:match('^(.*)/[^/]*$') or ''
    for first, text, last in file.text():gmatch('use: ()(%S+)()') do
      local target = ctx.resolve(base, text)
      refs[#refs + 1] = {
        kind = 'uses.path', start = first, stop = last - 1, text = text, base = base, target = target, target_kind = 'path',
        resolved = target ~= nil and ctx.exists(target) ~= nil, why = not target and 'leads out of the repository' or nil,
      }
    end
    return refs, { { line = 1, text = 'x', why = 'just a doubt' } }
  end,
}

local function summary(refs)
  local out = {}
  for i, ref in ipairs(refs) do
    out[i] = ('%s:%d:%d %s %s %s %s'):format(ref.file, ref.line, ref.column, ref.kind, ref.text, tostring(ref.target),
      tostring(ref.resolved))
  end
  return out
end

-- A finder that breaks everything it is given.
local vandal = {
  plugin = 'avandal', kinds = { ['vandal.x'] = 'nothing' }, files = { '**/*.use' },
  choose = function(ctx)
    for _, entry in ipairs(ctx.tree:files()) do entry.path, entry.mode = 'gone', '160000' end
    return { 'gone' }
  end,
  find = function(file, ctx)
    local function no() error('vandalized', 0) end
    ctx.tree:files()[1].path = 'other'
    ctx.tree:entry(file.path).mode = '120000'
    ctx.tree:list('')[1].path = 'other'
    ctx.tree:dirs()['a'] = nil
    file.entry.path, file.entry.mode, file.path = 'gone', '160000', 'gone'
    local objects, other = ctx.objects(), ctx.file { path = 'b/x.use' }
    other.entry.path = 'gone'
    for _, shared in ipairs { file, other, ctx.tree, objects, ctx } do
      for name in pairs(shared) do rawset(shared, name, no) end
      for _, name in ipairs { 'resolve', 'exists', 'read', 'files', 'find', 'text' } do rawset(shared, name, no) end
    end
    return {}
  end,
}

describe('graph.build', function()
  it('keeps what one plugin does to its arguments from all others', function()
    local files = { ['b/x.use'] = 'use: ../a/y\n\nuse: nope', ['a/y'] = 'use: x', ['a/z.use'] = 'é use: y' }
    local alone = graph.build(fixture.tree(files), { plugins = { { plugin = 'named', value = uses } } })
    local tree = fixture.tree(files)
    local beside = graph.build(tree, { plugins = { { plugin = 'avandal', value = vandal }, { plugin = 'named', value = uses } } })
    for _, e in ipairs(beside.errors) do assert.equal('avandal', e.plugin) end
    assert.same(summary(alone.references), summary(beside.references))
    assert.equal('100644', tree:entry('b/x.use').mode)
    assert.equal('dir', tree:exists 'a')
  end)

  it('runs finders by their globs and sorts what they find', function()
    local tree = fixture.tree { ['b/x.use'] = 'use: ../a/y\n\nuse: nope', ['a/y'] = 'use: x', ['a/z.use'] = 'é use: y' }
    local g = graph.build(tree, { plugins = { { plugin = 'named', value = { uses } } } })
    assert.same({
      'a/z.use:1:8 uses.path y a/y true', 'b/x.use:1:6 uses.path ../a/y a/y true', 'b/x.use:3:6 uses.path nope b/nope false',
    }, summary(g.references))
    assert.equal('named', g.references[1].plugin)
    assert.equal(2, #g:by_target 'a/y')
    assert.equal(2, #g:by_file 'b/x.use')
    assert.same({}, g:by_target 'none')
    assert.equal('just a doubt', g.unknown[1].why)
    assert.equal('a/z.use', g.unknown[1].file)
  end)

  it('keeps to one part, and to the kinds that are wanted', function()
    local tree = fixture.tree { ['a/x.use'] = 'use: y', ['a/y'] = '', ['b/x.use'] = 'use: y', ['b/y'] = '', ['n.md'] = '`a/y`' }
    assert.equal(1, #graph.build(tree, { plugins = { uses }, part = 'b' }).references)
    assert.equal(1, #graph.build(tree, { plugins = { uses }, part = 'b/x.use' }).references)
    assert.same({ 'n.md:1:2 text a/y a/y true' }, summary(graph.build(tree, { plugins = { uses },
      only = { 'text' } }).references))
    assert.equal(2, #graph.build(tree, { plugins = { uses }, text = false }).references)
  end)

  it('asks a finder only about files that hold what it needs', function()
    local asked = {}
    local picky = { plugin = 'picky', kinds = {}, files = { '**/*.use' }, needs = { 'one', 'two.' }, find = function(file)
      asked[#asked + 1] = file.path
    end }
    graph.build(fixture.tree { ['a.use'] = 'x one', ['b.use'] = 'twox', ['c.use'] = 'two.' }, { plugins = { picky } })
    assert.same({ 'a.use', 'c.use' }, asked)
  end)

  it('hands a finder the files that it chose of the tree, once each', function()
    local asked, times = {}, 0
    local chooser = { plugin = 'chooser', kinds = {}, files = { '**/*.use' },
      choose = function(ctx)
        times = times + 1
        return { 'b', ctx.tree:files()[1].path, 'nowhere', 5 }
      end,
      find = function(file) asked[#asked + 1] = file.path end }
    graph.build(fixture.tree { ['a.use'] = '', b = '', c = '', ['d.use'] = '' }, { plugins = { chooser } })
    assert.same({ 'a.use', 'b', 'd.use' }, asked)
    assert.equal(1, times)
  end)

  it('prefers what a tool reads to what only looks like a path', function()
    local tree = fixture.tree { ['a/x.use'] = 'use: ./a/y and ./a/y', ['a/a/y'] = '' }
    local kinds = {}
    for i, ref in ipairs(graph.build(tree, { plugins = { uses } }).references) do kinds[i] = ref.kind end
    assert.same({ 'uses.path', 'text' }, kinds)
  end)

  it('lists a finder that fails, and goes on', function()
    local bad = { plugin = 'bad', kinds = {}, files = { '**/*.use' }, find = function() error('broken finder') end }
    local worse = { plugin = 'worse', kinds = {}, choose = function() error('broken choice') end, find = print }
    local strange = { plugin = 'strange', kinds = {}, choose = function() return 'x.use' end, find = print }
    local wrong = { plugin = 'wrong', kinds = {}, files = { '*.use' }, find = function() return nil, 7 end }
    local shapeless = { plugin = 'odd', kinds = {}, files = { '*.use' }, find = function() return { { kind = 'k',
      text = 't' } } end }
    local plugins = { bad, worse, strange, wrong, shapeless, uses }
    local g = graph.build(fixture.tree { ['x.use'] = 'use: y', y = '' }, { plugins = plugins })
    assert.equal(1, #g.references)
    local messages = {}
    for _, e in ipairs(g.errors) do messages[#messages + 1] = e.file .. ' ' .. e.message end
    local all = table.concat(messages, '\n')
    assert.matches('x.use plugin bad failed here: .*broken finder', all)
    assert.matches('%. plugin worse failed here: .*broken choice', all)
    assert.matches('%. plugin strange failed here: it returned a string, not a list', all)
    assert.matches('x.use plugin wrong failed here: it returned a number, not a list', all)
    assert.matches('plugin odd failed here: a reference without a span', all)
  end)

  it('says once that a file does not parse; a template is not YAML yet', function()
    local asks = { plugin = 'asks', kinds = {}, files = { '**/*.yaml' }, find = function(file)
      local document, why = file.yaml()
      assert(document or why.line)
      return {}, not document and { { line = why.line, why = 'does not parse as YAML: ' .. why.message } } or nil
    end }
    local g = graph.build(fixture.tree { ['bad.yaml'] = 'a: [1\nb: }', ['t.yaml'] = 'a: {{ .x }}\n{{ if }}\n',
      ['ok.yaml'] = 'a: 1' },
      { plugins = { asks, asks } })
    assert.equal(1, #g.errors)
    assert.equal('bad.yaml', g.errors[1].file)
    assert.equal(2, g.errors[1].line)
    assert.equal(1, #g.unknown)
    assert.equal('a template, not YAML yet', g.unknown[1].why)
  end)

  it('says once that a document has no value, and blames no finder', function()
    local asks = { plugin = 'asks', kinds = {}, files = { '**/*.yaml' }, find = function(file) file.yaml():value(1) end }
    local function guard(plugin, f, ...) -- as a registry says whose error it was
      local ok, e = pcall(f, ...)
      if not ok then error(err.wrap(e, 'plugin ' .. plugin), 0) end
    end
    local g = graph.build(fixture.tree { ['t.yaml'] = 'a: {{ x }}\n', ['bad.yaml'] = '? [a]\n: 1\n' },
      { plugins = { asks, asks }, guard = guard })
    assert.equal(1, #g.errors)
    assert.equal('bad.yaml', g.errors[1].file)
    assert.is_nil(g.errors[1].plugin)
    assert.equal(1, #g.unknown)
    assert.equal('a template, not YAML yet', g.unknown[1].why)
  end)

  it('locks every reference in a file that SOPS encrypted', function()
    local text = 'use: y\ndata: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[z]\n'
    local g = graph.build(fixture.tree { ['x.use'] = text, y = '' }, { plugins = { uses } })
    assert.is_false(g.references[1].editable)
    assert.equal('SOPS-encrypted file', g.references[1].locked)
    assert.is_true(graph.build(fixture.tree { ['x.use'] = 'use: y # sops', y = '' },
      { plugins = { uses } }).references[1].editable)
  end)

  it('passes over binary files, and names those too large', function()
    local saved = search.MAX_TEXT
    search.MAX_TEXT = 100
    local g = graph.build(fixture.tree { ['x.use'] = 'use: y\0', y = '', ['big.md'] = ('`y.md` '):rep(100),
      ['y.md'] = '' }, { plugins = { uses } })
    search.MAX_TEXT = saved
    assert.same({}, g.references)
    assert.matches('too large to be searched: 700 bytes', g.unknown[1].why)
  end)

  it('passes over what cannot be read when it lists objects', function()
    local manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\n'
    local tree = fixture.tree { ['a.yaml'] = '', ['b.yaml'] = manifest:format 'b', ['c.yaml'] = manifest:format 'c' }
    local read = tree._read
    tree._read = function(t, entry)
      if entry.path == 'b.yaml' then err.raise { kind = 'permission', message = 'no' } end
      return read(t, entry)
    end
    local asks = { plugin = 'asks', kinds = {}, files = { 'a.yaml' }, find = function(_, ctx)
      return {}, { { line = 1, why = #ctx.objects():find('ConfigMap', nil, 'c') .. ' found' } }
    end }
    local g = graph.build(tree, { plugins = { asks } })
    assert.equal('1 found', g.unknown[1].why)
    assert.same({ 'b.yaml no' }, { g.errors[1].file .. ' ' .. g.errors[1].message })
  end)

  it('finds on several processors what it finds on one, in every sort of tree', function()
    local worker, trees = require 'ifx.worker', require 'ifx.repo.tree'
    local many, count = graph.MANY_FILES, worker.count
    local registry = require 'ifx.plugin'.registry {}
    local plugins, reload = registry:contributions 'references', registry:reload 'references'
    local files = { ['apps/bad/kustomization.yaml'] = 'a: [1\nb: }', ['apps/t/kustomization.yaml'] = '{{ if }}\n' }
    for i = 1, 20 do
      files[('apps/a%d/kustomization.yaml'):format(i)] = 'resources: [cm.yaml, ../../gone]\n'
      files[('apps/a%d/cm.yaml'):format(i)] = ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a%d }\n'):format(i)
      files[('docs/%d.md'):format(i)] = ('see [it](../apps/a%d/cm.yaml) and `apps/a1`\n'):format(i)
    end
    local dir = fixture.repository(files)
    local changes = {
      moves = { ['apps/a1/cm.yaml'] = 'else/cm.yaml' }, write = { ['new.md'] = '[x](apps/a2)' }, remove = { 'docs/2.md' },
    }
    local opened = { trees.worktree(dir), trees.revision(dir, 'HEAD'), trees.folder(dir) }
    opened[4] = trees.overlay(opened[1], changes)
    opened[5] = trees.overlay(trees.overlay(opened[2], changes), { remove = { 'new.md' } })
    for _, tree in ipairs(opened) do
      local alone = graph.build(tree, { plugins = plugins, part = 'apps' })
      local all = graph.build(tree, { plugins = plugins })
      graph.MANY_FILES, worker.count = 1, function() return 3 end
      local shared = graph.build(tree, { plugins = plugins, reload = reload, part = 'apps' })
      local together = graph.build(tree, { plugins = plugins, reload = reload })
      graph.MANY_FILES, worker.count = many, count
      for _, key in ipairs { 'references', 'unknown', 'errors' } do
        assert.same(alone[key], shared[key], tree.kind)
        assert.same(all[key], together[key], tree.kind)
      end
      assert.is_true(#all.references > 70 and #all.errors == 1 and #all.unknown > 0, tree.kind)
      assert.equal(#all.finders, #together.finders)
      tree:close()
    end
    fixture.clean()
  end)

  it('starts workers only with what this program made itself', function()
    local worker, trees = require 'ifx.worker', require 'ifx.repo.tree'
    local many, count, map = graph.MANY_FILES, worker.count, worker.map
    graph.MANY_FILES, worker.count = 1, function() return 2 end
    worker.map = function() error 'workers were started' end
    local dir = fixture.repository { ['a.md'] = '[a](b.md)', ['b.md'] = '' }
    local made_up = { module = 'ifx.specs.chunk', argument = { text = 'error "it ran"' } }
    local tree = trees.worktree(dir)
    assert.equal(1, #graph.build(tree, { reload = made_up }).references)
    local token = require 'ifx.plugin'.registry({}):reload 'references'
    local like_it = { kind = 'folder', root = '/', _describe = function() return { kind = 'folder' } end }
    local copy = setmetatable(like_it, { __index = tree })
    assert.is_nil(trees.describe(copy))
    assert.equal(1, #graph.build(copy, { reload = token }).references)
    assert.is_false((pcall(graph.build, tree, { reload = token })))
    graph.MANY_FILES, worker.count, worker.map = many, count, map
    tree:close()
    fixture.clean()
  end)

  it('knows where links point', function()
    local g = graph.build(fixture.tree {
      ['a/f'] = '', ['b/l'] = { link = '../a/f' }, dangling = { link = 'none' }, out = { link = '../x' }, abs = { link = '/etc' },
    }, {})
    assert.same({
      'abs:1:1 symlink /etc nil nil', 'b/l:1:1 symlink ../a/f a/f true', 'dangling:1:1 symlink none none false',
      'out:1:1 symlink ../x nil false',
    }, summary(g.references))
  end)
end)

-- repair_spec.lua: finding what is missing, and writing references to it anew. SPDX-License-Identifier: Apache-2.0
local builds = require 'ifx.repo.builds'
local graphs = require 'ifx.repo.graph'
local past = require 'ifx.repo.past'
local registry = require('ifx.plugin').registry {}
local repair = require 'ifx.layout.repair'
local repository = dofile 'tests/lua/support/repository.lua'
local tree = require 'ifx.repo.tree'

local SEARCH = { plugins = registry:contributions 'references', text = false }

local function root(...)
  return 'resources:\n- ' .. table.concat({ ... }, '\n- ') .. '\n'
end

local function object(name)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\n'):format(name)
end

-- A repository after these states, one commit each; then what is missing, and where it is.
local function look(states)
  local repo = repository.new(states[1])
  for i = 2, #states do
    repo:git('rm', '-rq', '.')
    repo:commit(states[i])
  end
  local now = tree.revision(repo.dir, 'HEAD')
  local graph = graphs.build(now, SEARCH)
  local missing, others = repair.missing(now, graph)
  local paths = require('ifx.list').keys(missing)
  local before = past.last(repo.dir, 'HEAD', paths)
  local located = repair.locate(now, paths, before, function(old) return past.renamed(repo.dir, before[old], old) end)
  return { repo = repo, tree = now, graph = graph, missing = missing, others = others, past = before, located = located }
end

local function with(states, f)
  local found = look(states)
  local passed, e = pcall(f, found)
  found.tree:close()
  found.repo:remove()
  if not passed then error(e, 0) end
end

local function mend(found, restore)
  return repair.plan {
    tree = found.tree, missing = found.missing, moves = found.located.moves, restore = restore or {}, search = SEARCH,
  }
end

describe('ifx.layout.repair', function()
  it('finds files by their last content, wherever they are, and writes their names anew', function()
    local a, b = object 'a', object 'b'
    with({
      { ['k/kustomization.yaml'] = root('a.yaml', './b.yaml'), ['k/a.yaml'] = object 'old', ['k/b.yaml'] = b },
      { ['k/kustomization.yaml'] = root('a.yaml', './b.yaml'), ['k/a.yaml'] = a, ['k/b.yaml'] = b },
      { ['k/kustomization.yaml'] = root('a.yaml', './b.yaml'), ['x/y/a.yaml'] = a, ['k/sub/c.yaml'] = b },
    }, function(found)
      assert.same({ ['k/a.yaml'] = 'x/y/a.yaml', ['k/b.yaml'] = 'k/sub/c.yaml' }, found.located.moves)
      assert.equal('the same content', found.located.how['k/a.yaml'].why)
      local outcome, left = mend(found)
      assert.equal(root('../x/y/a.yaml', './sub/c.yaml'), outcome.changed['k/kustomization.yaml'].new)
      assert.same({}, left)
      assert.same({ 'k' }, { builds.broken(found.graph.references)[1].folder })
      assert.same({}, builds.broken(outcome.graph.references))
    end)
  end)

  it('prefers the path that ends alike, and chooses none of equals', function()
    local a = object 'a'
    local after = { ['k/kustomization.yaml'] = root 'app/a.yaml', ['x/app/a.yaml'] = a, ['y/a.yaml'] = a }
    local before = { ['k/kustomization.yaml'] = root 'app/a.yaml', ['k/app/a.yaml'] = a }
    with({ before, after }, function(found)
      assert.same({ ['k/app/a.yaml'] = 'x/app/a.yaml' }, found.located.moves)
    end)
    after['z/app/a.yaml'] = a
    with({ before, after }, function(found)
      assert.same({}, found.located.moves)
      assert.same({ ['k/app/a.yaml'] = { 'x/app/a.yaml', 'y/a.yaml', 'z/app/a.yaml' } }, found.located.several)
    end)
  end)

  it('believes git about a file that was renamed and changed, and says so', function()
    local long = object 'a' .. ('# a line that stays\n'):rep(20)
    with({
      { ['k/kustomization.yaml'] = root 'a.yaml', ['k/a.yaml'] = long },
      { ['k/kustomization.yaml'] = root 'a.yaml', ['z/b.yaml'] = long .. '# more\n' },
    }, function(found)
      assert.same({ ['k/a.yaml'] = 'z/b.yaml' }, found.located.moves)
      assert.matches('^renamed and changed: %d+%% alike$', found.located.how['k/a.yaml'].why)
    end)
  end)

  it('restores what is nowhere, and leaves alone what never was', function()
    with({
      { ['k/kustomization.yaml'] = root('a.yaml', 'never.yaml'), ['k/a.yaml'] = object 'a' },
      { ['k/kustomization.yaml'] = root('a.yaml', 'never.yaml') },
    }, function(found)
      assert.same({ 'k/never.yaml' }, found.located.never)
      assert.equal('100644', found.located.gone['k/a.yaml'].mode)
      local outcome, left = mend(found, { ['k/a.yaml'] = { bytes = object 'a', mode = '100644' } })
      assert.equal(object 'a', outcome.created['k/a.yaml'])
      assert.equal(1, #left)
      assert.equal('never.yaml', left[1].text)
    end)
  end)

  it('knows the files of a folder that is nowhere', function()
    with({
      { ['k/kustomization.yaml'] = root '../base', ['base/kustomization.yaml'] = root 'a.yaml', ['base/a.yaml'] = object 'a' },
      { ['k/kustomization.yaml'] = root '../base', ['base/a.yaml'] = object 'a' },
      { ['k/kustomization.yaml'] = root '../base' },
    }, function(found)
      assert.same({}, found.located.never)
      assert.same({ 'base/a.yaml' }, require('ifx.list').keys(found.located.gone.base.files))
    end)
  end)

  it('follows a folder when most of its files lie below another, and none that was scattered', function()
    local workflow = 'on: {push: {paths: [app/**]}}\njobs: {b: {runs-on: x, steps: [{run: make}]}}\n'
    local function state(files)
      files['.github/workflows/b.yaml'] = workflow
      return files
    end
    local before = state { ['app/a'] = 'one\n', ['app/b'] = 'two\n', ['app/c'] = 'three\n' }
    with({ before, state { ['new/app/a'] = 'one\n', ['new/app/b'] = 'two\n', ['new/app/c'] = 'changed\n' } }, function(found)
      assert.equal('2 of its 3 files have the same content', found.located.how['app'].why)
      assert.matches('paths: %[new/app/%*%*%]', mend(found).changed['.github/workflows/b.yaml'].new)
    end)
    with({ before, state { ['x/a'] = 'one\n', ['y/b'] = 'two\n', ['z/c'] = 'three\n' } }, function(found)
      assert.same({}, found.located.moves)
    end)
  end)

  it('compares objects, not files, with what was built last', function()
    local both = object 'a' .. '---\n' .. object 'b'
    with({
      { ['k/kustomization.yaml'] = root('a.yaml', 'n.yaml'), ['k/a.yaml'] = both, ['k/n.yaml'] = object 'n' },
      { ['k/kustomization.yaml'] = root('a.yaml', 'n.yaml'), ['k/a.yaml'] = object 'a', ['x/n.yaml'] = object 'n' },
    }, function(found)
      local good = past.complete(found.repo.dir, 'HEAD', { 'k/n.yaml' })
      assert.equal(found.repo:git('rev-parse', 'HEAD~1'), good)
      local old <close> = tree.revision(found.repo.dir, good)
      local known = repair.facts(old, graphs.build(old, SEARCH), (mend(found)), found.located.moves, { k = true })
      assert.same({ ['k/kustomization.yaml'] = { 'k/kustomization.yaml' }, ['k/a.yaml'] = { 'k/a.yaml' } }, known.parts)
      assert.equal('x/n.yaml', known.moved 'k/n.yaml')
    end)
  end)
end)

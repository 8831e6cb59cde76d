-- recipe_spec.lua: finding, loading and planning recipes. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local ifx = require 'ifx'
local recipe = require 'ifx.recipe'
local repository = dofile 'tests/lua/support/repository.lua'

local quiet = { info = function() end, warn = function() end }

describe('recipe', function()
  local dir, registry

  before_each(function()
    dir = fs.realpath(fs.tempdir 'ifx-spec-')
    registry = require('ifx.plugin').registry { dir = dir }
  end)

  after_each(function()
    fs.remove_tree(dir)
  end)

  local function load(text, log)
    fs.write(dir .. '/r.lua', text, { sync = false })
    return recipe.load(recipe.find(dir .. '/r.lua', dir), registry, log or quiet)
  end

  local function raised(kind, text, f, ...)
    local ok, e = pcall(f, ...)
    assert.is_false(ok, 'nothing was raised')
    assert.is_true(err.is(e, kind), tostring(e) .. ' is of kind ' .. tostring(e.kind))
    assert.is_truthy(tostring(e):find(text, 1, true), tostring(e))
    return e
  end

  local function plan(text, more)
    local loaded = load(text)
    local opts = { dir = dir, params = {}, accepted = {}, registry = registry, log = quiet }
    for key, value in pairs(more or {}) do
      opts[key] = value
    end
    return recipe.plan(loaded, opts)
  end

  describe('find', function()
    it('takes a file by its path, from the working directory or the target', function()
      fs.write(dir .. '/mine.lua', 'return {}')
      assert.are.same({ name = 'mine', path = dir .. '/mine.lua', source = 'file' }, recipe.find('mine.lua', dir))
      assert.are.equal(dir .. '/mine.lua', recipe.find(dir .. '/mine.lua', '/').path)
    end)

    it('knows a file of a repository as such, however it is named', function()
      local repo = repository.new { ['jobs/x.lua'] = 'return {}' }
      assert.are.equal('repository', recipe.find(repo.dir .. '/jobs/x.lua', dir).source)
      fs.symlink(repo.dir .. '/jobs/x.lua', dir .. '/link.lua')
      assert.are.equal('repository', recipe.find('link.lua', dir).source)
      repo:remove()
    end)

    it('finds names in the target, after those of ifx', function()
      fs.mkdir(dir .. '/recipes')
      fs.write(dir .. '/recipes/own-job.lua', 'return {}')
      assert.are.equal(dir .. '/recipes/own-job.lua', recipe.find('own-job', dir).path)
      for _, found in ipairs(require('ifx.recipe.names').list(dir)) do
        if found.source == 'installed' then
          fs.write(dir .. '/recipes/' .. found.name .. '.lua', 'return {}')
          assert.are.equal(fs.join(ifx.dir, 'recipes', found.name .. '.lua'), recipe.find(found.name, dir).path)
        end
      end
    end)

    it('suggests what was meant', function()
      fs.mkdir(dir .. '/recipes')
      fs.write(dir .. '/recipes/promote.lua', 'return {}')
      local e = raised('not_found', "there is no recipe 'promte'", recipe.find, 'promte', dir)
      assert.are.equal("did you mean 'promote'?", e.hint)
      raised('not_found', "there is no recipe './promote.lua'", recipe.find, './promote.lua', dir)
      raised('not_found', 'there is no recipe', recipe.find, 'recipes', dir)
    end)
  end)

  describe('load', function()
    it('reads summary, parameters and plan', function()
      local loaded = load "return { summary = 'S', params = { n = { type = 'integer', default = 1 } }, plan = function() end }"
      assert.are.equal('S', loaded.summary)
      assert.are.equal('integer', loaded.params.n.type)
      assert.truthy(loaded.text:find('return', 1, true))
    end)

    it('refuses what is no recipe, and names the file', function()
      local cases = {
        { '', 'it must return a table' }, { 'return 1', 'it must return a table' },
        { 'return { plan = print }', 'summary is missing' }, { "return { summary = 'S' }", 'plan is missing' },
        { "return { summary = 'S', plan = print, apply = print }", "unknown field 'apply'" },
        { "return { summary = 'S', plan = print, params = { x = { type = 'text' } } }", 'no such type' },
        { "return { summary = 'S', plan = print, params = { apply = { type = 'any' } } }", 'it is an option of ifx run' },
      }
      for _, case in ipairs(cases) do
        local e = raised('config', case[2], load, case[1])
        assert.is_truthy(tostring(e):find('r.lua', 1, true), tostring(e))
      end
      raised('parse', 'r.lua', load, 'return {')
    end)

    it('gives a recipe no file, process, network, global or way out', function()
      local absent = 'fs proc io os debug load loadfile dofile package collectgarbage host _G'
      for name in absent:gmatch('%S+') do
        assert.are.equal('nil', load(('return { summary = tostring(%s), plan = print }'):format(name)).summary, name)
      end
      raised('grant', "may not require fs", load, "require 'fs'")
      raised('grant', "may not require ifx.repo.git", load, "require 'ifx.repo.git'")
    end)

    it('lets a recipe use plugins, log, and load a file beside it', function()
      fs.write(dir .. '/words.lua', "return { hello = 'hello from beside' }")
      local said = {}
      local loaded = load("log.info('loading'); return { summary = require './words'.hello, plan = print }",
        { info = function(text) said[#said + 1] = text end })
      assert.are.equal('hello from beside', loaded.summary)
      assert.are.same({ 'loading' }, said)
    end)
  end)

  describe('parameters', function()
    local text = [[return { summary = 'S', plan = print, params = {
      name = { type = 'string', required = true, doc = 'who' }, many = { type = 'string[]' },
      count = { type = 'integer', default = 3 },
      dry_run = { type = 'boolean', default = false }, mode = { type = 'enum', values = { 'fast', 'safe' } },
      where = { type = 'path' } } }]]

    it('are read by type, with defaults', function()
      local p = recipe.params(load(text), { name = 'n', many = 'a,b', ['dry-run'] = 'true', mode = 'safe', where = 'x/../y' })
      assert.are.equal('n', p.name)
      assert.are.equal(2, #p.many)
      assert.are.equal(3, p.count)
      assert.is_true(p.dry_run)
      assert.are.equal(fs.join(fs.cwd(), 'y'), p.where)
    end)

    it('are refused when wrong, with what is right', function()
      local loaded = load(text)
      raised('argument', 'name is missing', recipe.params, loaded, {})
      raised('argument', "count: must be a whole number, not 'x'", recipe.params, loaded, { name = 'n', count = 'x' })
      raised('argument', 'mode: must be one of fast, safe', recipe.params, loaded, { name = 'n', mode = 'slow' })
      raised('argument', 'unknown field', recipe.params, loaded, { name = 'n', nane = 'x' })
    end)

    it('become the help text', function()
      local help = recipe.help(load(text))
      local parts = {
        'S\n', '--name string', 'who (required)', '--count integer', '(default 3)', '--dry-run ', '--mode fast|safe',
      }
      for _, part in ipairs(parts) do
        assert.is_truthy(help:find(part, 1, true), help)
      end
    end)
  end)

  describe('plan', function()
    it('takes a list, one operation, a table with a report, or nothing', function()
      local op = "ctx:op('git.branch', { name = 'x', commit = 'abc' })"
      for _, form in ipairs { '{ %s }', '%s', '{ operations = { %s } }' } do
        local p = plan(("return { summary = 'S', plan = function(ctx) return %s end }"):format(form:format(op)))
        assert.are.equal("branch 'x' at abc", p.operations[1].summary)
      end
      assert.are.equal(0, #plan("return { summary = 'S', plan = function() end }").operations)
      raised('plugin', 'must return a list', plan, "return { summary = 'S', plan = function() return 1 end }")
      raised('plugin', 'operations that are no list', plan,
        "return { summary = 'S', plan = function() return { operations = { a = 1 } } end }")
    end)

    it('says which text it came from, when there is something to do or to keep', function()
      local nothing = "return { summary = 'S', plan = function() end }"
      assert.is_nil(plan(nothing).recipe.sha256)
      assert.are.equal(require('hash').sha256(nothing), plan(nothing, { kept = true }).recipe.sha256)
      local text = "return { summary = 'S', "
        .. "plan = function(ctx) return ctx:op('git.branch', { name = 'x', commit = 'abc' }) end }"
      assert.are.equal(require('hash').sha256(text), plan(text).recipe.sha256)
    end)

    it('carries what is to be done next, which is text', function()
      local p = plan "return { summary = 'S', plan = function() return { operations = {}, next = 'look' } end }"
      assert.are.equal('look', p.next)
      local plans = require 'ifx.plan'
      assert.are.equal('look', plans.decode(plans.encode(p)).next)
      local bad = plans.encode(p):gsub('"look"', '1')
      assert.is_false((pcall(plans.decode, bad)))
    end)

    it('carries what the recipe said, with what it was given', function()
      local p = plan([[return { summary = 'S', plan = function(ctx, p)
        ctx:section { title = 'T', kind = 'text', text = ctx.args[1] .. tostring(ctx.accepted.prune) }
        ctx:hazard { id = 'h', severity = 'low', reason = 'r' }
        ctx:block { id = 'b', why = 'w', accept = 'prune' }
        ctx:block { id = 'c', why = 'w', accept = 'border' }
        ctx:section { title = 'B', kind = 'list', items = ctx:blockers() }
        return { report = { { title = 'U', kind = 'list', items = {} } } }
      end }]], { args = { 'word ' }, accepted = { 'prune' } })
      assert.are.equal('word true', p.report[1].text)
      assert.are.same({ 'border' }, p.report[2].items)
      assert.are.equal('U', p.report[3].title)
      assert.are.equal('h', p.hazards[1].id)
      assert.are.equal('prune', p.blocked[1].accept)
      assert.are.same({ 'prune' }, p.accepted)
      assert.are.equal('r', p.recipe.name)
    end)

    it('reads the repository as it is committed, and says from what', function()
      local repo = repository.new { ['a.yaml'] = 'a: 1\n' }
      repo:write { ['a.yaml'] = 'a: 2\n', ['b.yaml'] = 'b\n' }
      local p = plan([[return { summary = 'S', plan = function(ctx)
        local tree, repository = ctx:tree(), ctx:repository()
        ctx:section { title = repository.branch, kind = 'text', text = tree:read 'a.yaml' }
        ctx:section { title = 'dirty', kind = 'list', items = repository.dirty }
        ctx:section { title = 'who', kind = 'text', text = ctx:identity().name .. tostring(ctx:find_branch 'nope') }
        assert(not tree:entry 'b.yaml' and ctx:find_branch 'main' == repository.head)
      end }]], { dir = repo.dir })
      assert.are.same({ { what = 'HEAD', id = repo:git('rev-parse', 'HEAD') } }, p.from)
      assert.are.equal('main', p.report[1].title)
      assert.are.equal('a: 1\n', p.report[1].text)
      assert.are.same({ 'a.yaml' }, p.report[2].items)
      repo:remove()
    end)

    it('reads plain folders, and files of the target only', function()
      fs.write(dir .. '/data.txt', 'data')
      fs.symlink('/etc/hostname', dir .. '/out')
      local function read(path)
        return plan(([[return { summary = 'S', plan = function(ctx)
          ctx:section { title = 't', kind = 'text', text = ctx:read(%q) } end }]]):format(path)).report[1].text
      end
      assert.are.equal('data', read 'data.txt')
      assert.are.equal('data', read(dir .. '/data.txt'))
      raised('permission', 'it leads out of', read, '../x')
      raised('permission', 'it leads out of', read, 'out')
      raised('not_found', 'absent', read, 'absent')
    end)

    it('lists layouts: of ifx and of the repository, as text', function()
      fs.mkdir(dir .. '/recipes/layouts')
      fs.write(dir .. '/recipes/layouts/own.yaml', 'moves: []\n')
      fs.symlink('/etc/hostname', dir .. '/recipes/layouts/link.yaml')
      local p = plan [[return { summary = 'S', plan = function(ctx)
        for _, layout in ipairs(ctx:layouts()) do
          if layout.source == 'repository' then
            ctx:section { title = layout.name, kind = 'text', text = layout.text }
          end
        end end }]]
      assert.are.equal(1, #p.report)
      assert.are.equal('own', p.report[1].title)
      assert.are.equal('moves: []\n', p.report[1].text)
    end)

    it('stops with the words of ctx:refuse', function()
      local e = raised('unsupported', 'not today', plan, [[return { summary = 'S', plan = function(ctx)
        ctx:refuse { kind = 'unsupported', message = 'not today', hint = 'tomorrow', file = 'a.yaml', line = 3 } end }]])
      assert.are.equal('tomorrow', e.hint)
      assert.are.equal(3, e.line)
    end)

    it('lets a recipe change nothing by calling an operation, and no plugin', function()
      plan [[return { summary = 's', plan = function()
        assert(ifx.use('files').operations == nil)
        ifx.use('kustomize').references[1].find = nil
        assert(ifx.use('kustomize').references[1].find)
      end }]]
    end)

    it('chains operations by their results', function()
      local p = plan [[return { summary = 'S', plan = function(ctx)
        local commit = ctx:op('git.commit', { parent = 'abc', message = 'm', create = {} })
        return { commit, ctx:op('git.branch', { name = 'n', commit = ctx:result(commit, 'commit') }) }
      end }]]
      assert.are.same({ ['$result'] = 1, field = 'commit' }, p.operations[2].args.commit)
      assert.is_string(p.plugins.git)
    end)
  end)
end)

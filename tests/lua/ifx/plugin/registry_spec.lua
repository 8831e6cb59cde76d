-- registry_spec.lua: finding, ordering, trusting, loading plugins. SPDX-License-Identifier: Apache-2.0
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local plugin = require 'ifx.plugin'
local search = require 'ifx.plugin.search'
local trust = require 'ifx.plugin.trust'

describe('the registry', function()
  local root, repository, saved = nil, nil, {}

  before_each(function()
    root = fs.realpath(fs.tempdir('ifx-registry-'))
    repository = fs.join(root, 'repo')
    fs.mkdir(repository)
    saved.config, saved.state, saved.dir = dirs.config, dirs.state, host.dir
    dirs.config = function() return fs.join(root, 'home') end
    host.dir = fs.join(root, 'installed')
  end)
  after_each(function()
    dirs.config, dirs.state, host.dir = saved.config, saved.state, saved.dir
    fs.remove_tree(root)
  end)

  local FOLDERS = { installed = 'installed/plugins', user = 'home/plugins', repository = 'repo/plugins' }

  local function folder(source, name) return fs.join(root, FOLDERS[source], name) end

  -- A plugin with one transform, `it`, whose code is given.
  local function make(source, name, options)
    options = options or {}
    local dir = folder(source, name)
    fs.mkdir(dir)
    fs.write(fs.join(dir, 'plugin.yaml'), ('name: %s\nversion: 1.2.3\napi: 1\nsummary: s\ncontributes: %s\n%s'):format(name,
      options.contributes or '{ transform: [it] }', options.more or ''))
    fs.write(fs.join(dir, 'init.lua'), options.code or 'return { transform = { it = function(...) return ... end } }')
    return dir
  end

  local function body(code) return 'return { transform = { it = function(...) ' .. code .. ' end } }' end

  local function trusted(name)
    trust.record { { snapshot = trust.snapshot(folder('repository', name)), kind = 'plugin', name = name, grants = {} } }
  end

  local function open() return plugin.registry { dir = repository } end

  it('looks only at plugins that may bring something, and at all when one of these needs another', function()
    local code = 'return { library = { it = function() return 1 end } }'
    make('installed', 'other')
    make('installed', 'library-in-name', { contributes = '{ transform: [it] }' })
    make('installed', 'brings', { contributes = '{ "library": [it] }', code = code })
    local function names()
      local found = {}
      for i, entry in ipairs(plugin.registry { dir = repository, bringing = 'library' }:list()) do found[i] = entry.name end
      return table.concat(found, ' ')
    end
    assert.equal('brings', names())
    assert.equal(1, plugin.registry { dir = repository, bringing = 'library' }:contributions 'library'[1].value())
    make('user', 'needs', { contributes = '{ library: [it] }', more = 'requires: [other]\n', code = code })
    assert.equal('brings library-in-name other needs', names())
  end)

  local function refused(f, ...)
    local ok, e = pcall(f, ...)
    assert.is_false(ok)
    assert.is_true(err.is(e), tostring(e))
    return e
  end

  local function states(reg)
    local out = {}
    for _, entry in ipairs(reg:list()) do out[entry.source .. '/' .. entry.name] = entry.state end
    return out
  end

  local function names(reg)
    local out = {}
    for _, item in ipairs(reg:contributions('transform')) do out[#out + 1] = item.plugin end
    return table.concat(out, ' ')
  end

  it('finds plugins in three places, in order', function()
    make('installed', 'b')
    make('installed', 'a')
    make('user', 'c')
    make('repository', 'd')
    trusted('d')
    fs.mkdir(fs.join(root, 'home/plugins/no-plugin'))
    local reg = open()
    assert.same({ ['installed/a'] = 'ready', ['installed/b'] = 'ready', ['user/c'] = 'ready', ['repository/d'] = 'ready' },
      states(reg))
    assert.equal('a b c d', names(reg))
  end)

  it('orders plugins after what they require', function()
    make('installed', 'a', { more = 'requires: [z]\n' })
    make('installed', 'm', { more = 'requires: [a]\n' })
    make('installed', 'z')
    assert.equal('z a m', names(open()))
  end)

  it('names the members of a circle', function()
    make('installed', 'a', { more = 'requires: [b]\n' })
    make('installed', 'b', { more = 'requires: [c]\n' })
    make('installed', 'c', { more = 'requires: [b]\n' })
    local reg = open()
    assert.same({ ['installed/a'] = 'broken', ['installed/b'] = 'broken', ['installed/c'] = 'broken' }, states(reg))
    assert.equal('plugins require each other in a circle: b -> c -> b', refused(reg.load, reg, 'b').message)
    assert.truthy(refused(reg.load, reg, 'a').message:find('a requires b, which is broken', 1, true))
  end)

  it('names a requirement that is missing', function()
    make('installed', 'a', { more = 'requires: [gone]\n' })
    local reg = open()
    assert.equal('a requires gone, which is not there', refused(reg.load, reg, 'a').message)
    assert.equal('config', refused(reg.contributions, reg, 'transform').kind)
  end)

  it('reads no manifest before something is asked of it', function()
    local run, times = search.run, 0
    search.run = function(...)
      times = times + 1
      return run(...)
    end
    local reg = open()
    local before = times
    reg:list()
    reg:contributions('transform')
    search.run = run
    assert.same({ 0, 1 }, { before, times })
  end)

  it('refuses two plugins of one name, naming both', function()
    local first, second = make('installed', 'a'), make('user', 'a')
    local reg = open()
    local e = refused(reg.list, reg)
    assert.equal(('two plugins are named a: %s and %s'):format(first, second), e.message)
  end)

  it('is not stopped by a file that is called plugins', function()
    fs.write(fs.join(repository, 'plugins'), 'a file')
    assert.same({}, open():list())
  end)

  it('is not stopped by a duplicate in a repository that nobody trusts', function()
    local first, second = make('installed', 'a', { code = body "return 'installed'" }), make('repository', 'a')
    local reg = open()
    assert.same({ ['installed/a'] = 'ready', ['repository/a'] = 'broken' }, states(reg))
    assert.equal(('two plugins are named a: %s and %s'):format(first, second), reg:list()[2].why)
    assert.equal('installed', reg:transform('a.it')())
    trusted('a')
    reg = open()
    assert.equal('config', refused(reg.list, reg).kind)
  end)

  it('lists what is not trusted, and does not load it', function()
    local dir = make('repository', 'a', { code = 'error("ran")' })
    local reg = open()
    assert.same({ ['repository/a'] = 'untrusted' }, states(reg))
    assert.equal('', names(reg))
    local e = refused(reg.load, reg, 'a')
    assert.equal('trust', e.kind)
    assert.equal('look at it, then: ifx trust ' .. dir, e.hint)
    assert.equal('trust', refused(reg.transform, reg, 'a.it').kind)
  end)

  it('stops trusting when a byte changes', function()
    make('repository', 'a')
    trusted('a')
    assert.same({ ['repository/a'] = 'ready' }, states(open()))
    fs.write(fs.join(folder('repository', 'a'), 'init.lua'), 'return {}')
    local reg = open()
    assert.equal('untrusted', reg:list()[1].state)
    assert.equal('init.lua has changed since it was trusted', reg:list()[1].why)
  end)

  it('lists a broken manifest of a repository, and is not stopped by it', function()
    make('installed', 'ok')
    make('repository', 'helm')
    fs.write(fs.join(folder('repository', 'helm'), 'plugin.yaml'), 'name: helm\ncommand: "$HELM_PLUGIN_DIR/run"\n')
    local reg = open()
    assert.equal('broken', states(reg)['repository/helm'])
    assert.equal('ok', names(reg))
  end)

  it('never passes over a broken plugin of its own or of the user', function()
    make('user', 'ok')
    make('installed', 'bad', { contributes = '{ transform: [] }' })
    local reg = open()
    local e = refused(reg.contributions, reg, 'transform')
    assert.truthy(e.file:find('installed/plugins/bad/plugin.yaml', 1, true))
    assert.equal(5, e.line)
  end)

  it('does not follow a plugin folder that leads outside of the repository', function()
    make('user', 'a')
    fs.mkdir(fs.join(root, 'repo/plugins'))
    fs.mkdir(fs.join(root, 'elsewhere'))
    fs.write(fs.join(root, 'elsewhere/plugin.yaml'), 'name: x\n')
    fs.symlink(fs.join(root, 'elsewhere'), fs.join(root, 'repo/plugins/x'))
    local reg = open()
    assert.equal('broken', states(reg)['repository/x'])
    assert.truthy(reg.by_name.x.why:find('leads outside of the repository', 1, true))
  end)

  it('counts a checkout of itself once', function()
    make('installed', 'a')
    repository = fs.join(root, 'installed')
    assert.equal(1, #open():list())
    assert.equal('installed', open():list()[1].source)
    assert.equal(3, #search.roots(repository))
  end)

  it('checks that code and manifest agree', function()
    for code, message in pairs {
      ['return 1'] = 'init.lua must return a table of contributions, not number',
      ['return {}'] = 'plugin.yaml lists transform, which init.lua does not return',
      ['return { transform = {} }'] = 'plugin.yaml lists transform it, which init.lua does not return',
      ['return { transform = { it = 1 } }'] = 'transform.it must be a function',
      ['return { transform = { it = print, more = print } }'] =
        'init.lua returns transform more, which plugin.yaml does not list',
      ['return { transform = { it = print }, gates = {} }'] = 'init.lua returns gates, which plugin.yaml does not list',
    } do
      make('installed', 'a', { code = code })
      local reg = open()
      local e = refused(reg.load, reg, 'a')
      assert.equal('plugin', e.kind)
      assert.equal(message, e.message)
    end
  end)

  it('finds an operation, or names the plugin that would bring it', function()
    make('installed', 'git', { contributes = '{ operations: [git.commit] }', code = [[return { operations = { ['git.commit'] = {
      describe = function() return 'commit' end, apply = function() end, check = function() return 'absent' end,
      irreversible = 'pushed' } } }]] })
    local reg = open()
    assert.equal('commit', reg:operation('git.commit').describe())
    assert.equal('git.commit', reg:contributions('operations')[1].name)
    assert.equal('the plugin git is there, but does not list it', refused(reg.operation, reg, 'git.push').hint)
    local e = refused(reg.operation, reg, 'flux.suspend')
    assert.equal('not_found', e.kind)
    assert.equal('the plugin flux would bring it', e.hint)
  end)

  it('suggests the plugin that was meant', function()
    make('installed', 'kustomize')
    local reg = open()
    assert.equal("did you mean 'kustomize'?", refused(reg.load, reg, 'kustomise').hint)
    assert.equal('it has it', refused(reg.transform, reg, 'kustomize.nothing').hint)
    assert.equal('argument', refused(reg.transform, reg, 'kustomize').kind)
  end)

  it('identifies what a plan was made with', function()
    make('installed', 'a')
    local before = open():identity('a')
    assert.truthy(before:find('^1%.2%.3%+%x+$'))
    fs.write(fs.join(folder('installed', 'a'), 'init.lua'), body 'return 2')
    assert.not_equal(before, open():identity('a'))
  end)

  describe('loading', function()
    it('gives each instance its own environment and configuration', function()
      make('installed', 'a', { more = 'config: { level: { type: integer, default: 1 } }\n',
        code = 'count = 0\n' .. body 'count = count + 1 return config.level, count' })
      fs.mkdir(fs.join(root, 'home'))
      fs.write(fs.join(root, 'home/config.yaml'), 'plugins: { a: { instances: { dc1: { level: 5 } } } }\n')
      local reg = open()
      local plain, dc1 = reg:load('a').transform.it, reg:load('a', 'dc1').transform.it
      assert.same({ 1, 1 }, { plain() })
      assert.same({ 5, 1 }, { dc1() })
      assert.same({ 5, 2 }, { reg:load('a', 'dc1').transform.it() })
      assert.equal('not_found', refused(reg.load, reg, 'a', 'dc2').kind)
    end)

    it('lets a plugin use what it requires, and get a copy', function()
      make('installed', 'base')
      make('installed', 'a', { more = 'requires: [base]\n',
        code = body [[local base = ifx.use 'base' local x = base.transform.it(7) base.transform.it = nil return x]] })
      local reg = open()
      assert.equal(7, reg:transform('a.it')())
      assert.equal(7, reg:transform('a.it')())
      make('installed', 'b', { code = body [[ifx.use 'base']] })
      reg = open()
      local e = refused(reg:transform('b.it'))
      assert.equal('grant', e.kind)
      assert.truthy(e.message:find('it uses base without requiring it', 1, true))
    end)

    it('lends the functions of a library, under the budget of their plugin', function()
      make('installed', 'base', { contributes = '{ library: [twice, fail] }', code = [[
        return { library = { twice = function(x) return x + x end, fail = function() error 'no' end } }]] })
      make('installed', 'a', { more = 'requires: [base]\n', code = body [[return ifx.use 'base'.library.twice(...)]] })
      make('installed', 'b', { more = 'requires: [base]\n', code = body [[ifx.use 'base'.library.fail()]] })
      assert.equal(8, open():transform('a.it')(4))
      assert.truthy(tostring(refused(open():transform('b.it'))):find('plugin base', 1, true))
      make('installed', 'bad', { contributes = '{ library: [it] }', code = 'return { library = { it = 1 } }' })
      assert.truthy(tostring(refused(function() open():load 'bad' end)):find('library.it must be a function', 1, true))
    end)

    it('holds what is asked for against its contract', function()
      make('installed', 'half', { contributes = '{ library: [it], roots: [it], transform: [it] }', code = [[
        return { library = { it = 1 }, roots = { it = function() return {} end }, transform = { it = function() end } }]] })
      local reg = open()
      assert.equal('half', reg:contributions('roots')[1].plugin)
      assert.is_function(reg:transform 'half.it')
      assert.truthy(tostring(refused(reg.contributions, reg, 'library')):find('library.it must be a function', 1, true))
      assert.truthy(tostring(refused(reg.load, reg, 'half')):find('library.it must be a function', 1, true))
      assert.is_nil(reg:prepare 'half' 'references')
    end)

    it('lends no operation to what requires it', function()
      make('installed', 'base', { contributes = '{ operations: [base.x] }', code = [[
        local function it() end
        return { operations = { ['base.x'] = { describe = it, apply = it, check = it, undo = it } } }]] })
      make('installed', 'a', { more = 'requires: [base]\n', code = body [[return ifx.use('base').operations]] })
      assert.is_nil(open():transform('a.it')())
    end)

    it('puts the plugin and the line into its errors', function()
      local dir = make('installed', 'a', {
        code = 'local function f(x)\n  return x.y.z\nend\nreturn { transform = { it = f } }\n' })
      local e = refused(open():transform('a.it'), {})
      assert.equal('plugin', e.kind)
      assert.equal('plugin a', e.op)
      assert.same({ dir .. '/init.lua', 2 }, { e.file, e.line })
      make('installed', 'b', { code = 'return {' })
      e = refused(open().load, open(), 'b')
      assert.equal('parse', e.kind)
      make('installed', 'c', { code = body "err.raise { kind = 'conflict', message = 'held' }" })
      e = refused(open():transform('c.it'))
      assert.equal('conflict', e.kind)
      assert.equal('plugin c', e.op)
      make('installed', 'd', { code = body 'error({})' })
      assert.truthy(refused(open():transform('d.it')).message:find('instead of an error', 1, true))
    end)

    it('says which grant brings a name that is not there', function()
      make('installed', 'a', { code = body 'return fs.read("x")' })
      local e = refused(open():transform('a.it'))
      assert.equal('fs exists only with grants: { read: […] or write: […] } in plugin.yaml', e.hint)
      make('installed', 'b', { code = body 'return proc.run({ "ls" })' })
      assert.equal('proc exists only with grants: { exec: […] } in plugin.yaml', refused(open():transform('b.it')).hint)
    end)

    it('reads grants out of the configuration', function()
      fs.mkdir(repository)
      fs.write(fs.join(repository, 'data'), 'x')
      make('installed', 'a', { more = 'config: { file: { type: path, default: data } }\ngrants: { read: ["{config.file}"] }\n',
        code = body 'return fs.read(...)' })
      local it = open():transform('a.it')
      assert.equal('x', it('data'))
      assert.equal('grant', refused(it, 'other').kind)
    end)

    it('does not reload inside itself', function()
      make('installed', 'a', { more = 'requires: [b]\n' })
      make('installed', 'b', { code = 'error("first")' })
      local reg = open()
      assert.truthy(tostring(refused(reg.load, reg, 'a')):find('first', 1, true))
      assert.truthy(tostring(refused(reg.load, reg, 'a')):find('first', 1, true)) -- not "while it is being loaded"
    end)
  end)

  describe('limits', function()
    local function limited(code, seconds)
      make('installed', 'a', { code = code })
      local reg = open()
      reg.config.limits.seconds = seconds or 0.2
      return reg
    end

    it('end code that does not come back, whatever it catches', function()
      for what, code in pairs {
        loop = 'LOOP',
        ['a loop in pcall'] = 'while true do pcall(function() LOOP end) end',
        ['a loop in xpcall'] = 'while true do xpcall(function() LOOP end, function() LOOP end) end',
        ['a loop in a coroutine'] = 'coroutine.wrap(function() while true do pcall(function() LOOP end) end end)()',
        ['coroutines without end'] = 'while true do coroutine.wrap(function() pcall(function() LOOP end) end)() end',
        ['a metamethod'] = [[local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
          while true do pcall(function() return t[1] end) end]],
        ['a loop while closing'] = 'local x <close> = setmetatable({}, { __close = function() LOOP end }) error("x")',
        ['recursion in pcall'] = 'local function f() pcall(f) return f() end f()',
        ['a comparison without end'] = 'while true do pcall(table.sort, { 3, 2, 1 }, function() LOOP end) end',
        ['a loop in gsub'] = '("x"):gsub("x", function() LOOP end)',
        ['calls of the library'] = 'while true do pcall(string.rep, "x", -1) end',
      } do
        local e = refused(limited(body((code:gsub('LOOP', 'while true do end')))):transform('a.it'))
        assert.equal('budget', e.kind, what)
        assert.equal('plugin a: its running time is used up', ('%s: %s'):format(e.op, e.message), what)
        assert.equal(folder('installed', 'a') .. '/init.lua', e.file, what)
        assert.is_number(e.line)
      end
    end)

    it('hold while a plugin is being loaded', function()
      local reg = limited('while true do pcall(function() while true do end end) end')
      assert.equal('budget', refused(reg.load, reg, 'a').kind)
    end)

    it('count running, not waiting', function()
      assert.equal(1, limited(body 'task.sleep(0.3) return 1'):transform('a.it')())
    end)

    it('leave the next call alone', function()
      local reg = limited(body 'while ... do end return 5')
      assert.equal('budget', refused(reg:transform('a.it'), true).kind)
      assert.equal(5, reg:transform('a.it')())
    end)

    it('hold for what a plugin raises and returns', function()
      local evil = 'setmetatable({}, { __tostring = function() while true do end end, __index = { 1 } })'
      local function outcome(code) return refused(limited(body((code:gsub('EVIL', evil)))):transform('a.it')) end
      assert.equal('it raised a table instead of an error', outcome('error(EVIL)').message)
      local e = outcome 'err.raise { kind = "io", message = EVIL, cause = EVIL }'
      assert.same({ 'io', 'plugin a' }, { e.kind, e.op })
      assert.is_string(tostring(e))
      assert.equal('plugin', outcome('local e = err.new { kind = "io" } e.kind = EVIL error(e)').kind)
      assert.equal('it returned a table with a metatable', outcome('return { deep = { EVIL } }').message)
      local reg = limited('return ' .. evil)
      assert.equal('it returned a table with a metatable', refused(reg.load, reg, 'a').message)
    end)

    it('cap memory', function()
      local before = host.memory_limit(host.memory() + (64 << 20))
      finally(function() host.memory_limit(before) end)
      for _, code in ipairs { 'return ("x"):rep(1 << 40)', 'return ("x"):rep(1 << 30)',
        'local t = {} for i = 1, math.huge do t[i] = { ("x"):rep(1000) .. i } end' } do
        local e = refused(limited(body(code), 60):transform('a.it'))
        assert.truthy(e.kind == 'memory' or e.kind == 'plugin' and tostring(e):find('too large', 1, true), tostring(e))
      end
    end)
  end)

  it('guards a function that is handed to it', function()
    make('installed', 'a')
    local reg = open()
    assert.same({ 1, nil, 3 }, { reg:guarded('a', function(...) return ... end, 1, nil, 3 ) })
    local e = refused(reg.guarded, reg, 'a', function() error('bare', 0) end)
    assert.same({ 'plugin', 'plugin a', 'bare' }, { e.kind, e.op, e.message })
    assert.equal('not_found', refused(reg.guarded, reg, 'zzz', print).kind)
  end)
end)

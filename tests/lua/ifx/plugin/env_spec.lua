-- env_spec.lua: what the code of a plugin can and cannot name. SPDX-License-Identifier: Apache-2.0
local env = require 'ifx.plugin.env'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local modules = require 'ifx.plugin.modules'

describe('the environment of a plugin', function()
  local dir, said

  before_each(function() dir, said = fs.realpath(fs.tempdir('ifx-env-')), {} end)
  after_each(function() fs.remove_tree(dir) end)

  local function build(grants)
    local files = { ['lib/other.lua'] = 'return { name = ...}', ['bad.lua'] = 'return os' }
    return env.build {
      plugin = 'probe', chunk = env.text(function(path) return files[path] end, 'plugins/probe/'),
      config = { level = 3 }, use = function(name) return { used = name } end,
      reach = { plugin = 'probe', base = dir, read = grants and grants.read or {}, write = grants and grants.write or {},
        exec = grants and grants.exec or {} },
      log = { info = function(text) said[#said + 1] = text end, warn = function() end },
    }
  end

  local function run(code, grants)
    return host.chunk(code, 'plugins/probe/init.lua', build(grants))()
  end

  local function refused(code, grants)
    local ok, e = pcall(run, code, grants)
    assert.is_false(ok, code)
    return e
  end

  it('has no door to the outside', function()
    for _, name in ipairs { 'io', 'os', 'debug', 'package', 'load', 'loadfile', 'dofile', 'loadstring', 'collectgarbage', 'arg',
      'fs', 'proc', 'http', 'host', 'term', 'journal', '_G', 'warn' } do
      assert.is_nil(run('return ' .. name), name)
    end
    for _, code in ipairs { 'return string.dump', 'return ("").dump', 'return coroutine.close', 'return coroutine.running' } do
      assert.is_nil(run(code), code)
    end
  end)

  it('takes source text only', function()
    local ok, e = pcall(host.chunk, '\27Lua', 'x', {})
    assert.is_false(ok)
    assert.equal('parse', e.kind)
  end)

  it('has the libraries and the modules of the library', function()
    assert.equal(3, run 'return config.level')
    assert.equal('a,b', run 'return table.concat({ "a", "b" }, ",")')
    assert.equal('{"a":1}', run 'return json.encode({ a = 1 })')
    assert.equal(1, run 'return yaml.decode("a: 1").a')
    assert.equal('a', run 'return hcl.document("a = 1"):attributes()[1].name')
    assert.equal(40, run 'return #hash.sha1("x")')
    assert.same({ 2 }, run 'return list.filter({ 1, 2 }, function(v) return v > 1 end)')
    assert.equal('b', run 'return path.basename("a/b")')
    assert.equal('kustomize', run 'return ifx.use("kustomize").used')
    run 'print("a", 1)'
    assert.same({ 'a\t1' }, said)
  end)

  it('shares nothing that it could change for others', function()
    run [[
      string.format, table.concat, math.floor, list.map, yaml.decode, ifx.list, err.new = nil
      string.rep = function() return 'patched' end
      rawset(coroutine, 'wrap', nil)
    ]]
    assert.equal('1', run 'return string.format("%d", 1)')
    assert.equal('xx', ('x'):rep(2))
    assert.is_function(run 'return list.map')
    assert.is_function(run 'return yaml.decode')
    assert.is_function(require 'ifx'.list)
    assert.is_function(coroutine.wrap)
  end)

  it('cannot reach the metatables of others', function()
    assert.is_false(run 'return getmetatable("")')
    assert.is_false(run 'return getmetatable(ifx.list {})')
    assert.is_false(run 'return getmetatable(_ENV)')
    assert.is_false(run 'local ok, e = pcall(err.raise, { kind = "io", message = "x" }) return getmetatable(e)')
    refused 'setmetatable(_ENV, {})'
    assert.equal(7, run 'local t = setmetatable({}, { __index = { a = 7 } }) return getmetatable(t).__index.a')
  end)

  it('catches errors as the language does', function()
    assert.same({ false, 'x' }, { run 'return pcall(error, "x", 0)' })
    assert.same({ true, 1, nil, 3 }, { run 'return pcall(function(...) return ... end, 1, nil, 3)' })
    assert.same({ false, 'x!' }, { run 'return xpcall(error, function(e) return e .. "!" end, "x", 0)' })
    assert.same({ true, 2 }, { run 'return xpcall(function(n) return n + 1 end, print, 1)' })
    assert.is_true(run 'local n = 0 local function f() n = n + 1 pcall(f) end f() return n' <= 2001)
    assert.is_true(run 'for i = 1, 5000 do pcall(error) end return (pcall(print))')
  end)

  it('cannot leave code to the garbage collector', function()
    local e = refused 'setmetatable({}, { __gc = function() end })'
    assert.is_true(err.is(e, 'plugin'))
    assert.truthy(tostring(e):find('__gc', 1, true))
    refused 'setmetatable({}, { __gc = true })'
  end)

  it('requires files of its own folder and listed modules only', function()
    assert.equal('./lib/other', run 'return require("./lib/other").name')
    assert.is_true(run 'return require("./lib/other") == require("./lib/other")')
    assert.is_true(run 'return require "./bad"') -- its `os` is nil, so it returns nothing
    assert.is_function(run 'return require("ifx.list").map')
    for name, kind in pairs { ['./../x'] = 'not_found', ['./none'] = 'not_found', ['.//etc/passwd'] = 'not_found',
      fs = 'grant', host = 'grant', ['ifx.config'] = 'grant', ['ifx.plugin'] = 'grant', ['lib.other'] = 'grant' } do
      local e = refused(('require %q'):format(name))
      assert.equal(kind, e.kind, name)
    end
    assert.equal('argument', refused('require(1)').kind)
  end)

  it('lists only modules that reach nothing themselves', function()
    local asks_no_disk = { ['ifx.path'] = true, ['ifx.repo.globs'] = true } -- joins, takes apart and matches texts alone
    local reaching = { fs = true, proc = true, host = true, task = true, journal = true, term = true }
    local function visit(name, from)
      local file = fs.join(host.dir, 'lua', (name:gsub('%.', '/'))) .. '.lua'
      for needed in (fs.try_read(file) or ''):gmatch("require *%(? *'([%w_.]+)'") do
        local only_texts = asks_no_disk[name] and needed == 'fs'
        assert.is_true(only_texts or not reaching[needed], ('%s requires %s (from %s)'):format(name, needed, from))
        if needed:find('^ifx%.') and not only_texts then visit(needed, from) end
      end
    end
    for name, need in pairs(modules.plugins) do
      if need == true then visit(name, name) end
    end
  end)

  describe('with files granted', function()
    local function write(path, bytes)
      fs.mkdir(fs.dirname(fs.join(dir, path)))
      fs.write(fs.join(dir, path), bytes)
    end

    before_each(function()
      write('clusters/a.yaml', 'a: 1\n')
      write('secret/key', 'hidden')
      write('.git/config', '')
    end)

    local READ, WRITE = { read = { 'clusters/' } }, { write = { '.' }, read = { '.' } }

    it('reads what is granted', function()
      assert.equal('a: 1\n', run('return fs.read("clusters/a.yaml")', READ))
      assert.equal('a: 1\n', run('return fs.read("secret/../clusters/a.yaml")', READ))
      assert.equal('a: 1\n', run(('return fs.read(%q)'):format(dir .. '/clusters/a.yaml'), READ))
      assert.is_nil(run('return fs.try_read("clusters/none.yaml")', READ))
      assert.equal(1, #run('return fs.walk("clusters")', READ))
      assert.is_nil(run('return fs.write', READ))
    end)

    it('hashes what it may read, and nothing else', function()
      assert.same({ require 'hash'.sha256 'a: 1\n' }, run('return hash.files { "clusters/a.yaml" }', READ))
      assert.equal('grant', refused('return hash.files { "clusters/a.yaml", "secret/key" }', READ).kind)
      assert.is_nil(run 'return hash.files')
    end)

    it('names plugin, grant and path when it reaches further', function()
      for _, path in ipairs { 'secret/key', 'clusters/../secret/key', '/etc/passwd', '../x', '', 'clustersx' } do
        local e = refused(('return fs.read(%q)'):format(path), READ)
        assert.equal('grant', e.kind, path)
        assert.truthy(tostring(e):find('plugin probe', 1, true))
        assert.truthy(tostring(e):find(path .. ' is not granted for reading', 1, true))
        assert.truthy(e.hint:find('grants: { read:', 1, true))
      end
      assert.equal('argument', refused('fs.read(1)', READ).kind)
    end)

    it('is not led out by links', function()
      fs.symlink('../secret', fs.join(dir, 'clusters/link'))
      fs.symlink('../secret/key', fs.join(dir, 'clusters/file'))
      fs.symlink('../nowhere', fs.join(dir, 'clusters/dangling'))
      for _, code in ipairs { 'fs.read("clusters/link/key")', 'fs.read("clusters/file")', 'fs.stat("clusters/file")',
        'fs.list("clusters/link")', 'fs.walk("clusters/link")', 'fs.read("clusters/dangling")',
        'fs.lstat("clusters/link/key")' } do
        assert.equal('grant', refused(code, READ).kind, code)
      end
      assert.equal('link', run('return fs.lstat("clusters/file").type', READ))
      assert.equal('grant', refused('fs.write("clusters/file", "x")', { write = { 'clusters' } }).kind)
      assert.equal('grant', refused('fs.write("clusters/dangling", "x")', { write = { 'clusters' } }).kind)
      assert.equal('hidden', fs.read(fs.join(dir, 'secret/key')))
    end)

    it('writes what is granted, but never into .git', function()
      run('fs.write("new/b.yaml", "b"); fs.rename("new/b.yaml", "c.yaml")', { write = { '.' } }, fs.mkdir(fs.join(dir, 'new')))
      assert.equal('b', fs.read(fs.join(dir, 'c.yaml')))
      for _, code in ipairs { 'fs.write(".git/hooks/pre-commit", "x")', 'fs.mkdir(".git/x")', 'fs.remove_tree(".git")',
        'fs.rename("clusters/a.yaml", ".git/config")', 'fs.write_all({ { path = ".git/config", bytes = "" } })',
        'fs.write("../out", "x")', 'fs.chmod("/etc/passwd", 0)', 'fs.remove("../x")' } do
        assert.equal('grant', refused(code, WRITE).kind, code)
      end
    end)
  end)
end)

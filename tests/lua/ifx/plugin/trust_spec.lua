-- trust_spec.lua: hashes of what a person agreed to run. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local trust = require 'ifx.plugin.trust'

describe('trust', function()
  local dir, file

  before_each(function()
    dir = fs.realpath(fs.tempdir('ifx-trust-'))
    file = trust.file
    trust.file = function() return fs.join(dir, 'home/trust.json') end
    fs.mkdir(fs.join(dir, 'p/lib'))
    fs.write(fs.join(dir, 'p/init.lua'), 'return {}\n')
    fs.write(fs.join(dir, 'p/lib/a.lua'), 'return 1\n')
    fs.write(fs.join(dir, 'recipe.lua'), 'return {}\n')
  end)
  after_each(function()
    trust.file = file
    fs.remove_tree(dir)
  end)

  local function plugin() return trust.snapshot(fs.join(dir, 'p')) end

  local function record(snapshot)
    trust.record { { snapshot = snapshot, kind = 'plugin', name = 'p', grants = { 'runs git' } } }
  end

  it('holds until a byte changes, and says which file', function()
    assert.same({ false, 'nobody has trusted it yet' }, { trust.check(plugin()) })
    record(plugin())
    assert.is_true(trust.check(plugin()))
    fs.write(fs.join(dir, 'p/lib/a.lua'), 'return 2\n')
    assert.same({ false, 'lib/a.lua has changed since it was trusted' }, { trust.check(plugin()) })
    fs.write(fs.join(dir, 'p/lib/a.lua'), 'return 1\n')
    assert.is_true(trust.check(plugin()))
    fs.write(fs.join(dir, 'p/.hidden'), '')
    assert.same({ false, '.hidden is new since it was trusted' }, { trust.check(plugin()) })
    fs.remove(fs.join(dir, 'p/.hidden'))
    fs.remove(fs.join(dir, 'p/lib/a.lua'))
    assert.same({ false, 'lib/a.lua is gone since it was trusted' }, { trust.check(plugin()) })
  end)

  it('cannot be fooled by moving bytes between names', function()
    local function hash(files)
      local folder = fs.tempdir('ifx-trust-')
      for path, bytes in pairs(files) do fs.write(fs.join(folder, path), bytes) end
      local snapshot = trust.snapshot(folder)
      fs.remove_tree(folder)
      return snapshot.hash
    end
    assert.not_equal(hash { a = 'x', b = 'y' }, hash { a = 'y', b = 'x' })
    assert.not_equal(hash { a = 'x' }, hash { a = 'x', b = '' })
    assert.not_equal(hash { ['a b'] = 'x' }, hash { a = 'x' })
    assert.equal(hash { a = 'x', b = 'y' }, hash { b = 'y', a = 'x' })
  end)

  it('cannot be fooled by line breaks in names', function()
    local function hash(links)
      local folder = fs.tempdir('ifx-trust-')
      fs.write(fs.join(folder, 'x'), '')
      fs.write(fs.join(folder, 'x\n1:b link x'), '')
      for name, target in pairs(links) do fs.symlink(target, fs.join(folder, name)) end
      local snapshot = trust.snapshot(folder)
      fs.remove_tree(folder)
      return snapshot.hash
    end
    assert.not_equal(hash { a = 'x', b = 'x' }, hash { a = 'x\n1:b link x' })
  end)

  it('runs the bytes that were hashed', function()
    local snapshot = plugin()
    fs.write(fs.join(dir, 'p/init.lua'), 'evil()')
    assert.equal('return {}\n', snapshot.bytes['init.lua'])
  end)

  it('refuses links that lead outside, and takes those that do not', function()
    fs.symlink('init.lua', fs.join(dir, 'p/inside.lua'))
    assert.equal('link init.lua', plugin().files['inside.lua'])
    for _, target in ipairs { '../recipe.lua', '/etc/passwd', 'nowhere' } do
      fs.symlink(target, fs.join(dir, 'p/out'))
      local ok, e = pcall(plugin)
      assert.is_false(ok)
      assert.is_true(err.is(e, 'trust'))
      assert.truthy(e.message:find('out is a symbolic link that leads outside', 1, true))
      fs.remove(fs.join(dir, 'p/out'))
    end
  end)

  it('gives the bytes of a single trusted file only', function()
    local recipe = fs.join(dir, 'recipe.lua')
    local ok, e = pcall(trust.read, recipe)
    assert.is_false(ok)
    assert.equal('trust', e.kind)
    assert.equal('look at it, then: ifx trust ' .. recipe, e.hint)
    record(trust.snapshot(recipe))
    assert.equal('return {}\n', trust.read(recipe))
    fs.write(recipe, 'return nil\n')
    ok, e = pcall(trust.read, recipe)
    assert.is_false(ok)
    assert.truthy(e.message:find('the file has changed since it was trusted', 1, true))
    assert.equal('not_found', select(2, pcall(trust.read, fs.join(dir, 'none.lua'))).kind)
  end)

  it('lists and revokes', function()
    record(plugin())
    record(trust.snapshot(fs.join(dir, 'recipe.lua')))
    local list = trust.list()
    assert.equal(2, #list)
    assert.same({ 'p', 'plugin', { 'runs git' } }, { list[1].name, list[1].kind, { list[1].grants[1] } })
    assert.same({ fs.join(dir, 'p') }, trust.revoke(fs.join(dir, 'p')))
    assert.same({ fs.join(dir, 'recipe.lua') }, trust.revoke(dir))
    assert.same({}, trust.list())
    assert.same({}, trust.revoke(dir))
  end)

  it('keeps its file to its owner, and refuses one that it did not write', function()
    record(plugin())
    assert.equal(384, fs.stat(trust.file()).mode & 511)
    fs.write(trust.file(), '{"format":"other"}')
    local ok, e = pcall(trust.list)
    assert.is_false(ok)
    assert.equal('config', e.kind)
    assert.equal(trust.file(), e.file)
  end)
end)

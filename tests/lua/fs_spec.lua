-- fs_spec.lua: files, globs, ignore rules and locks from Lua. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local err = require 'err'
local ifx = require 'ifx'
local proc = require 'proc'
local task = require 'task'
local host = require 'host'

local function failure(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e))
  return e
end

local dir
local function at(name) return fs.join(dir, name) end

local function names(list)
  local out = {}
  for i, entry in ipairs(list) do out[i] = (entry.path or entry.name) .. (entry.type == 'dir' and '/' or '') end
  return table.concat(out, ' ')
end

before_each(function() dir = fs.tempdir 'ifx-spec' end)
after_each(function() fs.remove_tree(dir) end)

describe('fs.read and fs.write', function()
  it('round-trip any bytes under any name', function()
    local bytes = ''
    for i = 0, 255 do bytes = bytes .. string.char(i) end
    fs.write(at 'odd\xff\nname', bytes)
    assert.equal(bytes, fs.read(at 'odd\xff\nname'))
    fs.write(at 'empty', '', { sync = false })
    assert.equal('', fs.read(at 'empty'))
  end)

  it('keep the mode, or set it', function()
    fs.write(at 'f', 'x', { mode = 493 })
    fs.write(at 'f', 'y')
    assert.equal(493, fs.stat(at 'f').mode)
    fs.chmod(at 'f', 384)
    assert.equal(384, fs.stat(at 'f').mode)
    assert.equal('argument', failure(fs.write, at 'f', 'z', { mode = 99999 }).kind)
    assert.equal('y', fs.read(at 'f'))
  end)

  it('say what they refuse, and where', function()
    local e = failure(fs.read, at 'absent')
    assert.equal('not_found', e.kind)
    assert.equal(at 'absent', e.file)
    assert.is_nil(fs.try_read(at 'absent'))
    fs.write(at 'big', ('x'):rep(1000))
    e = failure(fs.read, at 'big', { max = 999 })
    assert.equal('limit', e.kind)
    assert.equal('the file has 1000 bytes, more than the 999 that may be read', e.message)
    assert.equal(1000, #fs.read(at 'big', { max = 1000 }))
    e = failure(fs.read, '/proc/self/mem')
    assert.equal('io', e.kind)
    assert.equal('/proc/self/mem', e.file)
    assert.equal('argument', failure(fs.read, 'a\0b').kind)
    assert.equal('argument', failure(fs.read, 7).kind)
    assert.equal('not_found', failure(fs.write, at 'no/folder', 'x').kind)
    fs.symlink('big', at 'link')
    assert.equal('exists', failure(fs.write, at 'link', 'x').kind)
  end)

  it('write many files with one sync', function()
    local files = {}
    for i = 1, 300 do files[i] = { path = at('f' .. i), bytes = ('x'):rep(i), mode = i % 2 == 0 and 384 or nil } end
    fs.write_all(files)
    assert.equal(300, #fs.list(dir))
    assert.equal(300, #fs.read(at 'f300'))
    assert.equal(384, fs.stat(at 'f300').mode)
    fs.write_all({ { path = at 'g', bytes = 'unsynced' } }, { sync = false })
    assert.equal('unsynced', fs.read(at 'g'))
    fs.write_all {}
    assert.equal('argument', failure(fs.write_all, { { path = at 'h' } }).kind)
    local e = failure(fs.write_all, { { path = at 'f1', bytes = 'new' }, { path = at 'no/folder', bytes = '' } })
    assert.equal(at 'no/folder', e.file)
    assert.equal('x', fs.read(at 'f1'))
    assert.equal(301, #fs.list(dir))
  end)

  it('let other tasks go on', function()
    local files, other = {}, 0
    for i = 1, 200 do files[i] = { path = at('f' .. i), bytes = 'x' } end
    task.scope(function(s)
      s:go(function() fs.write_all(files) end)
      s:go(function() other = other + 1 end)
    end)
    assert.equal(1, other)
  end)
end)

describe('fs', function()
  it('makes, asks about, renames and removes', function()
    fs.mkdir(at 'a/b/c')
    fs.mkdir(at 'a/b/c')
    fs.write(at 'a/b/c/f', 'hello')
    fs.symlink('b/c/f', at 'a/link')
    local st = fs.stat(at 'a/link')
    assert.equal('file', st.type)
    assert.equal(5, st.size)
    assert.is_true(math.abs(st.mtime - host.time()) < 60)
    assert.equal(math.floor(st.mtime), st.mtime_ns // 1000000000)
    assert.equal('link', fs.lstat(at 'a/link').type)
    assert.equal('b/c/f', fs.readlink(at 'a/link'))
    assert.equal('io', failure(fs.read, at 'a/link', { follow = false }).kind)
    assert.equal(fs.realpath(at 'a/b/c/f'), fs.realpath(at 'a/link'))
    assert.is_nil(fs.stat(at 'nothing'))
    assert.is_nil(fs.lstat(at 'nothing'))
    assert.is_nil(fs.realpath(at 'nothing'))
    assert.equal('exists', failure(fs.remove, at 'a').kind)
    assert.equal('b/ link', names(fs.list(at 'a')))
    assert.equal('exists', failure(fs.mkdir, at 'a/link').kind)
    fs.rename(at 'a/link', at 'a/b/link')
    fs.remove(at 'a/b/link')
    fs.remove_tree(at 'a')
    assert.is_nil(fs.stat(at 'a'))
    assert.equal('not_found', failure(fs.remove_tree, at 'a').kind)
    assert.equal('argument', failure(fs.remove_tree, '/').kind)
  end)

  it('takes paths apart as text', function()
    assert.equal('a/b/c', fs.join('a', 'b/', '', 'c'))
    assert.equal('/b', fs.join('a', '/b'))
    assert.equal('', fs.join())
    assert.equal('a/c', fs.normalize './a//b/../c/')
    assert.equal('', fs.normalize 'a/..')
    assert.is_nil(fs.normalize '../a')
    assert.equal('../base', fs.relative('base', 'apps'))
    assert.equal('argument', failure(fs.relative, '/a', 'b').kind)
    assert.equal('a', fs.dirname 'a/b')
    assert.equal('b', fs.basename 'a/b')
    assert.equal(fs.cwd(), fs.realpath '.')
    assert.equal(os.getenv 'PATH', fs.env 'PATH')
    assert.equal(os.getenv 'PATH', fs.environ().PATH)
    assert.is_nil(fs.env 'IFX_NO_SUCH_VARIABLE')
    assert.equal('argument', failure(fs.tempdir, 'a/b').kind)
  end)
end)

describe('fs.glob', function()
  it('matches and captures', function()
    local m = fs.glob 'apps/*/{dev,prod}/**'
    assert.is_true(m:match 'apps/web/prod/a/b.yaml')
    assert.is_false(m:match 'apps/web/test/a')
    assert.same({ 'web', 'prod', 'a/b.yaml' }, m:captures 'apps/web/prod/a/b.yaml')
    assert.is_true(ifx.is_list(fs.glob('plain'):captures 'plain'))
    assert.is_nil(m:captures 'other')
    assert.equal(40, #fs.glob(('?'):rep(40)):captures(('x'):rep(40)))
  end)

  it('refuses what it does not understand', function()
    local e = failure(fs.glob, 'a/b**')
    assert.equal('parse', e.kind)
    assert.equal("glob 'a/b**', character 4: '**' must be a whole segment of the path", e.message)
  end)

  it('has no bombs', function()
    local from = host.clock()
    assert.is_false(fs.glob(('a*'):rep(30) .. 'b'):match(('a'):rep(2000)))
    assert.is_true(host.clock() - from < 1)
  end)
end)

describe('fs.ignore and fs.walk', function()
  it('tell what git would ignore, and why', function()
    local m = fs.ignore { { dir = '', text = '*.log\nbuild/\n' }, { dir = 'keep', text = '!*.log\n' } }
    local ignored, rule = m:ignored 'a/b.log'
    assert.is_true(ignored)
    assert.same({ dir = '', line = 1, pattern = '*.log' }, rule)
    ignored, rule = m:ignored 'keep/b.log'
    assert.is_false(ignored)
    assert.same({ dir = 'keep', line = 1, pattern = '!*.log' }, rule)
    ignored, rule = m:ignored('src', true)
    assert.is_false(ignored)
    assert.is_nil(rule)
    assert.is_true((m:ignored('build', true)))
    assert.is_false((m:ignored('build', false)))
    assert.equal('argument', failure(fs.ignore, { 'text' }).kind)
  end)

  it('walk sorted, without .git, pruned by rules', function()
    fs.mkdir(at '.git/objects')
    fs.mkdir(at 'a/node_modules/deep')
    fs.mkdir(at 'b')
    for name, text in pairs { ['a/.gitignore'] = 'node_modules/\n*.tmp\n', ['a/x.tmp'] = '', ['a/y'] = 'yy', ['b/x.tmp'] = '',
      ['.hidden'] = '', ['a-b'] = '' } do
      fs.write(at(name), text, { sync = false })
    end
    fs.symlink('a', at 'to-a')
    assert.equal('.hidden a/ a-b a/.gitignore a/node_modules/ a/node_modules/deep/ a/x.tmp a/y b/ b/x.tmp to-a',
      names(fs.walk(dir)))
    assert.equal('.hidden a/ a-b a/.gitignore a/y b/ b/x.tmp to-a', names(fs.walk(dir, { ignore = 'git' })))
    assert.equal('a/ a-b a/node_modules/ a/node_modules/deep/ a/y b/ to-a',
      names(fs.walk(dir, { ignore = fs.ignore { { text = '*.tmp' } }, hidden = false })))
    local found = fs.walk(dir, { follow = true, hidden = false })
    assert.equal('to-a/y', found[#found].path)
    assert.equal(2, found[#found].size)
    assert.equal('argument', failure(fs.walk, dir, { ignore = '*.tmp' }).kind)
    assert.equal(at 'nothing', failure(fs.walk, at 'nothing').file)
  end)
end)

describe('fs.lock', function()
  it('excludes, waits, and names the holder', function()
    local lock = fs.lock(at 'lock')
    local e = failure(fs.lock, at 'lock', { timeout = 0 })
    assert.equal('conflict', e.kind)
    assert.is_true(e.retry)
    assert.is_truthy(e.message:find('held by process %d+'))
    local from = host.clock()
    failure(fs.lock, at 'lock', { timeout = 0.15 })
    assert.is_true(host.clock() - from >= 0.15)
    local order = {}
    task.scope(function(s)
      s:go(function()
        local _ <close> = fs.lock(at 'lock', { timeout = 5 })
        order[#order + 1] = 'second'
      end)
      s:go(function()
        task.sleep(0.05)
        order[#order + 1] = 'first'
        lock:unlock()
        lock:unlock()
      end)
    end)
    assert.same({ 'first', 'second' }, order)
  end)

  it('is shared on request, and free again after close and cancellation', function()
    do
      local one <close> = fs.lock(at 'lock', { exclusive = false })
      local two <close> = fs.lock(at 'lock', { exclusive = false })
      assert.equal('cancelled', failure(task.deadline, 0.1, fs.lock, at 'lock').cause.kind)
      assert.equal('conflict', failure(fs.lock, at 'lock', { timeout = 0 }).kind)
      assert.is_truthy(one and two)
    end
    fs.lock(at 'lock', { timeout = 0 }):unlock()
  end)

  it('holds between processes', function()
    local other <close> = proc.spawn { 'flock', at 'lock', 'sh', '-c', 'echo held; read line' }
    assert.equal('held', other:line())
    assert.equal('conflict', failure(fs.lock, at 'lock', { timeout = 0 }).kind)
    other:write 'go\n'
    fs.lock(at 'lock', { timeout = 5 }):unlock()
  end)
end)

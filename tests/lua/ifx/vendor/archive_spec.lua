-- archive_spec.lua: archives of files: the same bytes, read back, refused when damaged. SPDX-License-Identifier: Apache-2.0
local archive = require 'ifx.vendor.archive'
local err = require 'err'

local function file(path, bytes, mode) return { path = path, bytes = bytes, mode = mode or '100644' } end

local FILES = {
  file('b/run.sh', '#!/bin/sh\n', '100755'), file('a.yaml', 'a: 1\n'), file('b/link', '../a.yaml', '120000'), file('empty', ''),
  file(('long/'):rep(40) .. 'name.yaml', ('x'):rep(512)), file('far', ('up/'):rep(60) .. 'x', '120000'),
}

local function refused(bytes)
  local ok, e = pcall(archive.unpack, bytes, 'copy.tar')
  assert.is_false(ok)
  assert.is_true(err.is(e, 'parse'), tostring(e))
  assert.equal('copy.tar', e.file)
  return e.message
end

describe('an archive', function()
  it('gives its files back, sorted', function()
    local found = archive.unpack(archive.pack(FILES), 'copy.tar')
    assert.equal(#FILES, #found)
    local by_path, last = {}, ''
    for _, one in ipairs(found) do
      assert.is_true(last < one.path)
      by_path[one.path], last = one, one.path
    end
    for _, one in ipairs(FILES) do
      assert.equal(one.bytes, by_path[one.path].bytes)
      assert.equal(one.mode, by_path[one.path].mode)
    end
  end)

  it('is the same bytes in whatever order the files come', function()
    local turned = {}
    for i, one in ipairs(FILES) do turned[#FILES + 1 - i] = one end
    assert.equal(archive.pack(FILES), archive.pack(turned))
  end)

  it('is read by the program tar', function()
    local proc = require 'proc'
    if not proc.find 'tar' then return pending 'no tar here' end
    local listed = proc.run({ 'tar', '-tf', '-' }, { stdin = archive.pack(FILES) }).stdout
    assert.is_truthy(listed:find(('long/'):rep(40) .. 'name.yaml\n', 1, true), listed)
    assert.equal('a: 1\n', proc.run({ 'tar', '-xOf', '-', 'a.yaml' }, { stdin = archive.pack(FILES) }).stdout)
  end)

  it('is refused when it ends in the middle, wherever', function()
    local whole = archive.pack { file('a.yaml', ('x'):rep(700)) }
    for _, length in ipairs { 1, 300, 511, 513, 1100 } do refused(whole:sub(1, length)) end
  end)

  it('is refused when a header is damaged', function()
    local whole = archive.pack { file('a.yaml', 'x') }
    assert.is_truthy(refused('b' .. whole:sub(2)):find 'damaged')
  end)

  for _, path in ipairs { '../a.yaml', '/etc/a.yaml', 'a/../../b', '.git/config', 'a//b' } do
    it('is refused with the path ' .. path, function()
      assert.is_truthy(refused(archive.pack { file(path, 'x') }):find(path, 1, true))
    end)
  end

  it('is a tree in which links lead where they led, and never out', function()
    local tree = archive.tree { file('a/x', 'one'), file('l', 'a/x', '120000'), file('out', '../x', '120000') }
    assert.equal('a/x', tree:follow 'l')
    assert.is_nil(tree:follow 'out')
    assert.equal('one', tree:read 'a/x')
  end)
end)

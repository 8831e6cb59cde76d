-- hash_spec.lua: digests, texts, randomness, files. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local ifx = require 'ifx'
local err = require 'err'
local fs = require 'fs'
local hash = require 'hash'
local task = require 'task'

-- First, so that OpenSSL is set up by a thread of the pool: what it keeps for that thread must not be lost.
describe('hash.files', function()
  local dir

  before_each(function() dir = fs.tempdir 'ifx-hash' end)
  after_each(function() fs.remove_tree(dir) end)

  ---Files f1 … fn, of content 'content 1' …
  local function make(n)
    local paths = {}
    for i = 1, n do
      paths[i] = dir .. '/f' .. i
      fs.write(paths[i], 'content ' .. i, { sync = false })
    end
    return paths
  end

  it('keeps the order', function()
    local sums = hash.files(make(100))
    assert.is_true(ifx.is_list(sums))
    assert.equal(100, #sums)
    for i, sum in ipairs(sums) do assert.equal(hash.sha256('content ' .. i), sum) end
    assert.is_true(ifx.is_list(hash.files {}))
  end)

  it('names the first file that cannot be read', function()
    local paths = make(20)
    fs.remove(paths[7])
    fs.remove(paths[15])
    local e = failure(hash.files, paths)
    assert.same({ 'not_found', 'hash.files', paths[7] }, { e.kind, e.op, e.file })
    e = failure(hash.files, { dir })
    assert.same({ 'unsupported', dir }, { e.kind, e.file })
    assert.equal('argument', failure(hash.files, { 1 }).kind)
    assert.equal('argument', failure(hash.files, { 'a\0b' }).kind)
    assert.equal('argument', failure(hash.files, dir).kind)
  end)

  it('lets other tasks run, and ends when it is cancelled', function()
    local paths, ran = make(200), 0
    task.scope(function(s)
      for _ = 1, 5 do
        s:go(function()
          hash.files(paths)
          ran = ran + 1
        end)
      end
    end)
    assert.equal(5, ran)
    local e = failure(task.scope, function(s)
      s:go(function() hash.files(paths) end)
      s:go(function() err.raise { kind = 'conflict', op = 'test', message = 'first' } end)
    end)
    assert.equal('first', e.message)
  end)
end)

describe('digests', function()
  it('are those of FIPS 180-4', function()
    assert.equal('a9993e364706816aba3e25717850c26c9cd0d89d', hash.sha1 'abc')
    assert.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', hash.sha256 'abc')
    assert.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', hash.sha256 '')
    assert.equal('ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a'
      .. '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f', hash.sha512 'abc')
  end)

  it('of messages with a key are those of RFC 2202 and 4231', function()
    local key, text = 'Jefe', 'what do ya want for nothing?'
    assert.equal('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', hash.hmac('sha1', key, text))
    assert.equal('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', hash.hmac('sha256', key, text))
    assert.equal('164b7a7bfcf819e2e395fbe73b56e0a3', hash.hmac('sha512', key, text):sub(1, 32))
    assert.equal('argument', failure(hash.hmac, 'md5', key, text).kind)
    assert.equal('argument', failure(hash.hmac, 'sha256', key).kind)
    assert.equal('argument', failure(hash.sha256, 1).kind)
  end)
end)

describe('texts', function()
  it('go there and back', function()
    local all = {}
    for byte = 0, 255 do all[#all + 1] = string.char(byte) end
    for n = 0, 256 do
      local bytes = table.concat(all, '', 1, n)
      assert.equal(bytes, hash.unbase64(hash.base64(bytes)))
      assert.equal(bytes, hash.unhex(hash.hex(bytes)))
    end
    assert.equal('Zm9vYg==', hash.base64 'foob')
    assert.equal('00ff', hash.hex '\0\xff')
    assert.equal('foobar', hash.unbase64 'Zm9v\r\nYmFy\n')
  end)

  it('are refused with their place', function()
    local e = failure(hash.unbase64, 'Zm9v\nZ*==')
    assert.same({ 'parse', 'hash.unbase64', 2, 2 }, { e.kind, e.op, e.line, e.column })
    e = failure(hash.unhex, '00zz')
    assert.same({ 'parse', 'hash.unhex', 1, 3 }, { e.kind, e.op, e.line, e.column })
  end)
end)

describe('secrets', function()
  it('are random', function()
    assert.equal(0, #hash.random(0))
    assert.equal(32, #hash.random(32))
    assert.not_equal(hash.random(32), hash.random(32))
    assert.equal('argument', failure(hash.random, -1).kind)
    assert.equal('argument', failure(hash.random, 2 ^ 21 // 1 | 0).kind)
  end)

  it('are compared whole', function()
    assert.is_true(hash.equal('token', 'token'))
    assert.is_true(hash.equal('', ''))
    assert.is_false(hash.equal('token', 'Token'))
    assert.is_false(hash.equal('token', 'token1'))
    assert.equal('argument', failure(hash.equal, 'token').kind)
  end)
end)

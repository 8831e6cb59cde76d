-- scan_spec.lua: many strings at once, words that look like paths. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local scan = require 'scan'

describe('scan.matcher', function()
  it('finds all strings, overlapping ones too, by their last byte', function()
    local m <close> = scan.matcher { 'he', 'she', 'his', 'hers' }
    assert.same({ 2, 2, 3, 1, 3, 4 }, m:find 'ushers')
    assert.same({}, m:find '')
  end)

  it('takes bytes as they are', function()
    local m = scan.matcher { 'a\0b', '\255' }
    assert.same({ 2, 1, 5, 2 }, m:find 'xa\0b\255')
  end)

  it('refuses what it cannot search for', function()
    local ok, e = pcall(scan.matcher, { 'a', '' })
    assert.is_false(ok)
    assert.is_true(err.is(e, 'argument'))
    assert.matches('string 2 is empty', tostring(e))
    ok, e = pcall(scan.matcher, { 'a', 1 })
    assert.is_false(ok)
    assert.matches('item 2 is a number', tostring(e))
  end)

  it('may be closed twice, and answers no more', function()
    local m = scan.matcher { 'a' }
    m:close()
    m:close()
    local ok, e = pcall(m.find, m, 'a')
    assert.is_false(ok)
    assert.is_true(err.is(e, 'argument'))
  end)
end)

describe('scan.signs', function()
  it('says which strings a text holds, each once', function()
    local signs <close> = scan.signs { 'kind', 'apps', 'k', 'd', 'kinds', 'apps' }
    assert.same({ true, nil, true, true }, signs:of 'kind, kind')
    assert.same({ [2] = true, [6] = true }, signs:of 'xapps')
    assert.same({ [4] = true }, signs:of 'Kin d')
    assert.same({}, signs:of '')
    assert.same({}, signs:of 'App')
    assert.same({}, scan.signs({}):of 'x')
  end)

  it('takes bytes as they are', function()
    assert.same({ true, true }, scan.signs({ 'a\0b', '\255' }):of 'xa\0b\255')
    assert.same({ [2] = true }, scan.signs({ '\0x', '\0' }):of 'a\0')
  end)

  it('refuses what it cannot search for, and answers no more when it is closed', function()
    local ok, e = pcall(scan.signs, { 'a', '' })
    assert.is_false(ok)
    assert.matches('string 2 is empty', tostring(e))
    local signs = scan.signs { 'a' }
    signs:close()
    signs:close()
    ok, e = pcall(signs.of, signs, 'a')
    assert.is_false(ok)
    assert.is_true(err.is(e, 'argument'))
  end)
end)

describe('scan.words', function()
  local function words(text, names)
    local list, flat = {}, scan.words(text, names)
    for i = 1, #flat, 3 do
      list[#list + 1] = (flat[i + 2] == 2 and 'url ' or '') .. text:sub(flat[i], flat[i + 1])
    end
    return list
  end

  it('finds words with a slash and words of the set', function()
    local names <close> = scan.set { 'Makefile', 'apps' }
    assert.is_true(names:has 'apps')
    assert.is_false(names:has 'app')
    assert.same({ 'a/b.yaml', 'apps', '../x' }, words('see `a/b.yaml:12`, apps (and app) --to=../x', names))
    assert.same({ 'a/b' }, words 'apps a/b')
  end)

  it('asks for the segments of words with a slash', function()
    local segments <close> = scan.set { 'a', 'b.yaml' }
    local text = 'a/b.yaml, x/b.yaml x/y, ./*.md b.yaml'
    assert.same({ 1, 8, 0, 25, 30, 1 }, scan.words(text, nil, segments))
  end)

  it('keeps an address in one piece', function()
    assert.same({ 'url https://h/a?b=c,d#e', 'x/y' }, words '[t](https://h/a?b=c,d#e) x/y')
  end)

  it('refuses a closed set', function()
    local names = scan.set {}
    names:close()
    local ok, e = pcall(scan.words, 'a/b', names)
    assert.is_false(ok)
    assert.is_true(err.is(e, 'argument'))
  end)
end)

-- err_spec: the one structured error. SPDX-License-Identifier: Apache-2.0
local err = require 'err'

describe('err', function()
  it('prints what, where and why', function()
    local inner = err.new { kind = 'parse', message = 'found a tab', file = 'a.yaml', line = 3, column = 5 }
    assert.equal('found a tab (a.yaml:3:5)', tostring(inner))
    local outer = err.wrap(inner, 'reading the layout')
    assert.equal('reading the layout: found a tab (a.yaml:3:5)', tostring(outer))
    assert.equal('parse', outer.kind)
    assert.equal(inner, outer.cause)
  end)

  it('keeps what says how to go on when it is wrapped', function()
    local e = err.wrap(err.new { kind = 'io', message = 'busy', retry = true, status = 11, hint = 'wait' }, 'op')
    assert.is_true(e.retry)
    assert.equal(11, e.status)
    assert.equal('wait', e.hint)
  end)

  it('makes a bare value a plugin error', function()
    local e = err.wrap('oops', 'calling x')
    assert.equal('plugin', e.kind)
    assert.equal('calling x: oops', tostring(e))
  end)

  it('tells kinds apart', function()
    local e = err.new { kind = 'io' }
    assert.is_true(err.is(e))
    assert.is_true(err.is(e, 'io'))
    assert.is_false(err.is(e, 'parse'))
    assert.is_false(err.is('io'))
    assert.is_false(err.is { kind = 'io' })
  end)

  it('raises', function()
    local ok, e = pcall(err.raise, { kind = 'limit', message = 'too much' })
    assert.is_false(ok)
    assert.equal('limit', e.kind)
  end)

  it('refuses kinds that are not in the list', function()
    for _, bad in ipairs { { kind = 'weird' }, {}, { kind = 3 } } do
      local ok, e = pcall(err.new, bad)
      assert.is_false(ok)
      assert.equal('argument', e.kind)
    end
    assert.equal(20, #err.kinds)
  end)

  it('copies the fields it was given', function()
    local fields = { kind = 'io', message = 'a' }
    local e = err.new(fields)
    fields.message = 'b'
    assert.equal('a', e.message)
  end)
end)

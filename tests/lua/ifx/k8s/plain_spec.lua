-- plain_spec.lua: values of objects as an API server takes them. SPDX-License-Identifier: Apache-2.0
local ifx = require 'ifx'
local plain = require 'ifx.k8s.plain'

describe('a plain value', function()
  it('holds no nulls', function()
    local value = { a = ifx.null, b = { c = ifx.null, d = 1 }, e = ifx.list { ifx.list {}, { f = ifx.null } } }
    local out = plain(value)
    assert.same({ b = { d = 1 }, e = { {}, {} } }, out)
    assert.is_true(ifx.is_list(out.e[1]))
    assert.is_false(ifx.is_list(out.e[2]))
    assert.equal(ifx.null, value.a)
  end)

  it('keeps what is taken as it is', function()
    local raw = { x = ifx.null }
    assert.equal(raw, plain({ a = { raw = raw } }, { raw = true }).a.raw)
  end)

  it('may be a scalar', function()
    assert.equal('a', plain 'a')
    assert.is_nil(plain(nil))
  end)
end)

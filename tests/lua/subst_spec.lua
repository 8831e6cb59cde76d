-- subst_spec.lua: variables of a text replaced by their values. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local subst = require 'subst'

local function fails(kind, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  return e
end

describe('subst.expand', function()
  it('replaces variables and says which of them nobody sets', function()
    local out, unset = subst.expand('${a}-${b:-${c}}-${d}-${d}-${e:=x} $${a}', { a = '1', b = '' })
    assert.equal('1----x ${a}', out)
    assert.same({ 'c', 'd' }, unset)
    assert.is_true(require 'ifx'.is_list(select(2, subst.expand('', {}))))
  end)

  it('says where a text is wrong', function()
    local e = fails('parse', subst.expand, 'a: 1\nb: ${x-y}\n', {}, { file = 'f.yaml' })
    assert.equal('missing closing brace', e.message)
    assert.equal('f.yaml:2:4', ('%s:%d:%d'):format(e.file, e.line, e.column))
  end)

  it('wants every variable when it is strict', function()
    assert.equal('1 2', (subst.expand('${a} ${b:=2}', { a = '1' }, { strict = true })))
    assert.equal('variable not set (strict mode): "b"',
      fails('not_found', subst.expand, '${a} ${b}', { a = '1' }, { strict = true }).message)
  end)

  it('takes texts alone', function()
    fails('argument', subst.expand, 1, {})
    fails('argument', subst.expand, '', { a = 1 })
    fails('argument', subst.expand, '', { 'a' })
    fails('argument', subst.expand, '')
  end)
end)

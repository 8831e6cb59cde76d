-- text_spec.lua: how a text is shown. SPDX-License-Identifier: Apache-2.0
local text = require 'ifx.text'

describe('text.readable', function()
  it('leaves UTF-8 as it is', function()
    assert.equal('café\n', text.readable 'café\n')
    assert.equal('', text.readable '')
  end)
  it('shows the bytes of other texts', function()
    assert.equal('caf\\xE9', text.readable 'caf\xE9')
    assert.equal('\\xC3\\xA9 \\xFF', text.readable 'é \xFF')
  end)
end)

describe('text.operand', function()
  it('is a word that no program takes for an option', function()
    assert.equal('web', text.operand('web', 'a name', 'helm'))
    local ok, e = pcall(text.operand, '--post-renderer=x', 'the name of a release', 'helm')
    assert.is_false(ok)
    assert.equal('config', e.kind)
    assert.equal('the name of a release cannot begin with -: --post-renderer=x', e.message)
  end)
end)

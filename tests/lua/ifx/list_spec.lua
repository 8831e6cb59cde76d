-- list_spec.lua: functions over plain lists. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'

describe('list.keys', function()
  it('sorts keys of one kind, and numbers before strings', function()
    assert.same({}, list.keys {})
    assert.same({ 'a', 'b', 'c' }, list.keys { b = 1, c = 1, a = 1 })
    assert.same({ 2, 10 }, list.keys { [10] = 1, [2] = 1 })
    assert.same({ 1, 2, 'a', 'b' }, list.keys { b = 1, [2] = 1, a = 1, [1] = 1 })
  end)
end)

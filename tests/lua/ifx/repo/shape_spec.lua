-- shape_spec.lua: YAML documents walked by the shape of their format. SPDX-License-Identifier: Apache-2.0
local shape = require 'ifx.repo.shape'
local yaml = require 'yaml'

-- Every scalar that a shape reaches: where its bytes stand, how it was reached, what it says.
local function reached(content, make)
  local found, document = {}, yaml.document(content)
  local function text(match, way)
    found[#found + 1] = ('%s|%s|%s'):format(table.concat(match.path, '.'), table.concat(way, '.'), match.text)
  end
  shape.walk(document, 1, make(text))
  return found
end

local function service(text)
  return { keys = { services = { each = { keys = { file = { text = text, items = { text = text } } } } } } }
end

describe('a shape', function()
  it('reaches what its keys, items and other keys name, and nothing else', function()
    assert.are.same({ 'services.a.file|services.a.file|x', 'services.b.file.2|services.b.file.2|y' },
      reached('file: no\nservices:\n  a: { file: x, other: no }\n  b: { file: [[no], y, { file: no }] }\n  c: no\n', service))
  end)

  it('follows aliases and merge keys to the bytes, and says how they were reached', function()
    assert.are.same({
      'x.file|services.a.file|one', 'l.1|services.b.file.1|two', 'y.file|services.c.file|three',
    }, reached('x: &x { file: one }\nl: &l [two]\ny: &y { file: three }\n'
      .. 'services:\n  a: { <<: *x }\n  b: { file: *l }\n  c: { <<: [*x, *y] }\n  d: *x\n', service))
  end)

  it('takes the last anchor before an alias, when a name is used twice', function()
    assert.are.same({ 'a|services.s.file|one', 'services.t|services.u.file|two' },
      reached('a: &v one\nservices:\n  s: { file: *v }\n  t: &v two\n  u: { file: *v }\n', service))
  end)

  it('calls a function once for the same bytes', function()
    assert.are.same({ 'x.file|services.a.file|one' },
      reached('x: &x { file: one }\nservices:\n  a: *x\n  b: { <<: *x }\n  c: *x\n', service))
  end)

  it('finds nothing in what has another form', function()
    for _, content in ipairs {
      '', '[a, b]\n', 'services\n', 'services: [a]\n', 'services: { a: [file], b: { file: { x: y } } }\n',
    } do
      assert.are.same({}, reached(content, service))
    end
  end)
end)

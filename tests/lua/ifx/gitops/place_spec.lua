-- place_spec.lua: the line of a field. SPDX-License-Identifier: Apache-2.0
local node = require 'node'
local place = require 'ifx.gitops.place'

local TEXT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n'
  .. '  name: two\ndata:\n  a: b\n'

local function read(file) return file == 'x.yaml' and TEXT or file == 'bad.yaml' and 'a: [' or nil end

local function object(file, repository)
  return { node = node.manifests(TEXT)[2], file = file, line = 6, repository = repository }
end

describe('the line of a field', function()
  it('is that of its value, else of what is above it', function()
    assert.equal(11, place.line(read, object 'x.yaml', { 'data', 'a' }))
    assert.equal(11, place.line(read, object 'x.yaml', { 'data', 'none' }))
    assert.equal(6, place.line(read, object 'x.yaml', { 'spec' }))
  end)

  it('is that of the object where the file does not say it', function()
    assert.equal(6, place.line(read, object('x.yaml', 'https://git.example/x'), { 'data', 'a' }))
    assert.equal(6, place.line(read, object 'bad.yaml', { 'data', 'a' }))
    assert.equal(6, place.line(read, object 'none.yaml', { 'data', 'a' }))
    assert.equal(6, place.line(read, object(nil), { 'data', 'a' }))
  end)
end)

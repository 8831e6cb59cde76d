-- schema_spec.lua: the JSON schema of layouts says what their reader says. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local json = require 'json'
local layouts = require 'ifx.layout'
local schemas = require 'ifx.schema.json'
local validate = dofile 'tests/lua/support/json_schema.lua'
local yaml = require 'yaml'

local HEAD = 'layout: 1\nname: x\nsummary: text\n'
local SCHEMA = 'recipes/layouts/schema.json'

local function find(name)
  local path = fs.join('recipes/layouts', name .. '.yaml')
  return { text = fs.read(path), path = path }
end

describe('recipes/layouts/schema.json', function()
  local schema = json.decode(fs.read(SCHEMA))

  it('is made of the fields of the reader, of today', function()
    local text = json.encode(schemas.of(layouts.fields, 'A layout of ifx'), { pretty = true })
    assert.equal(text .. '\n', fs.read(SCHEMA), 'make reference')
  end)

  it('accepts every layout that comes with ifx', function()
    local seen = 0
    for _, entry in ipairs(fs.list 'recipes/layouts') do
      local name = entry.name:match '^(.+)%.yaml$'
      if name then
        seen = seen + 1
        assert.is_nil(validate(schema, yaml.decode(find(name).text)), name)
        assert.matches('^# yaml%-language%-server: %$schema=schema.json\n', find(name).text)
      end
    end
    assert.is_true(seen >= 2)
  end)

  it('accepts what the reader accepts', function()
    for _, text in ipairs {
      '', 'moves: [{ from: a, to: b }]', 'moves: [{ from: [a, b], except: c, to: d, why: because }]',
      'moves: [{ folder: a, action: Keep }]',
      'params: { apps: { type: "string[]", min: 1 } }\ncandidates: { apps: workload }',
      'actions: [{ use: a.b, with: { c: [1, { d: e }] } }]', 'generate: [{ path: a, text: "" }]',
      'repositories: { p: { name: plat, url: "https://x.example/n" } }\n'
        .. 'moves: [{ from: a, to: b, repository: p, also: [{ to: c }] }]',
    } do
      assert.is_truthy(layouts.read(HEAD .. text, 'x.yaml', find))
      assert.is_nil(validate(schema, yaml.decode(HEAD .. text)), text)
    end
  end)

  it('refuses what the reader refuses for its shape', function()
    for _, text in ipairs {
      'layot: 1', 'layout: 2\nname: x\nsummary: text', HEAD .. 'name: X', 'layout: 1\nname: x', HEAD .. 'moves: {}\nmore: 1',
      HEAD .. 'moves: [{ to: b }]', HEAD .. 'moves: [{ from: a, folder: b, to: c }]', HEAD .. 'moves: [{ from: a }]',
      HEAD .. 'moves: [{ from: a, to: b, action: Keep }]', HEAD .. 'moves: [{ from: a, to: b, action: Copy }]',
      HEAD .. 'moves: [{ from: [], to: b }]', HEAD .. 'moves: [{ from: 1, to: b }]', HEAD .. 'moves: [{ from: a, to: "" }]',
      HEAD .. 'params: { a: { type: text } }', HEAD .. 'params: { a: string }', HEAD .. 'actions: [{ with: {} }]',
      HEAD .. 'generate: [{ path: a }]', HEAD .. 'generate: [{ path: a/, text: x }]', HEAD .. 'moves: [{ from: a, to: b/ }]',
      HEAD .. 'moves: [{ from: a, to: b, also: [{ to: c/ }] }]', HEAD .. 'redirects: [{ from: a, to: b/ }]',
      HEAD .. 'fits: { file: [a] }', HEAD .. 'repositories: { p: { name: plat } }',
    } do
      local read = pcall(layouts.read, text, 'x.yaml', find)
      assert.is_false(read, text)
      local decoded, value = pcall(yaml.decode, text)
      assert.is_truthy(not decoded or validate(schema, value), text)
    end
  end)
end)

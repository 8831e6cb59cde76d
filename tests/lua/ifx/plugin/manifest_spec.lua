-- manifest_spec.lua: plugin.yaml before any code. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local manifest = require 'ifx.plugin.manifest'

local GOOD = [[
name: powerdns
version: 0.1.0
api: 1
summary: DNS records in PowerDNS
requires: [core]
contributes: { references: [powerdns.zone] }
grants: { net: ["{config.url}"], exec: [pdnsutil], read: [zones/], write: [zones/] }
config:
  url: { type: url, required: true, doc: Base URL of the API }
  token: { type: secret, required: true, env: PDNS_TOKEN }
]]

local function parse(text, name)
  return manifest.parse(text, { file = 'p/plugin.yaml', name = name })
end

local function refused(text, name)
  local ok, e = pcall(parse, text, name)
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  return e
end

-- GOOD with one line replaced or added.
local function with(line)
  local key = line:match('^%w+')
  local text, n = GOOD:gsub('%f[^\n%z]' .. key .. ':[^\n]*', (line:gsub('%%', '%%%%')), 1)
  return n == 1 and text or GOOD .. line .. '\n'
end

describe('manifest.parse', function()
  it('takes a complete manifest', function()
    local m = parse(GOOD, 'powerdns')
    assert.equal('powerdns', m.name)
    assert.same({ 'core' }, m.requires)
    assert.same({ references = { 'powerdns.zone' } }, m.contributes)
    assert.same({ net = { '{config.url}' }, exec = { 'pdnsutil' }, read = { 'zones/' }, write = { 'zones/' } }, m.grants)
    assert.equal('secret', m.config.token.type)
  end)

  it('needs little', function()
    local m = parse('name: a\nversion: 1.0.0\napi: 1\nsummary: s\ncontributes: { transform: [x] }\n')
    assert.same({ net = {}, exec = {}, read = {}, write = {} }, m.grants)
    assert.same({}, m.config)
  end)

  it('refuses an unknown field with its place and a suggestion', function()
    local e = refused(GOOD .. 'grant: {}\n')
    assert.equal('config', e.kind)
    assert.equal('grant: unknown field', e.message)
    assert.equal('did you mean grants?', e.hint)
    assert.same({ 'p/plugin.yaml', 11, 1 }, { e.file, e.line, e.column })
  end)

  it('refuses each wrong value with its place', function()
    for line, want in pairs {
      ['name: Power'] = { 1, 'name: must be lower-case' },
      ['name: 7'] = { 1, 'name: must be text, not a number' },
      ['version: 1.0'] = { 2, 'version: must be text, not a number' },
      ['version: "1.0"'] = { 2, 'version: must be a semantic version' },
      ['version: 01.0.0'] = { 2, 'version: must be a semantic version' },
      ['api: 0'] = { 3, 'api: must be at least 1' },
      ['summary: ""'] = { 4, 'summary: must be at least 1 bytes' },
      ['requires: core'] = { 5, 'requires: must be a list, not text' },
      ['contributes: {}'] = { 6, 'contributes: must name at least one thing' },
      ['contributes: { references: [] }'] = { 6, 'contributes.references: must be at least 1 items' },
      ['contributes: { references: [a, a] }'] = { 6, 'contributes.references: a stands twice' },
      ['grants: { exec: [./run.sh] }'] = { 7, 'grants.exec[1]: a relative path' },
      ['grants: { exec: ["rm -rf"] }'] = { 7, 'grants.exec[1]: must be the name of a program' },
      ['grants: { read: [../x] }'] = { 7, 'grants.read[1]: must not climb' },
      ['grants: { write: ["*.yaml"] }'] = { 7, 'grants.write[1]: a grant names a file or a folder' },
      ['grants: { net: ["{config.uri}"] }'] = { 7, 'grants.net[1]: config has no field uri' },
      ['grants: { sudo: [x] }'] = { 7, 'grants.sudo: unknown field' },
    } do
      local e = refused(with(line))
      assert.equal(want[2], e.message:sub(1, #want[2]), line)
      assert.equal(want[1], e.line, line)
      assert.equal('p/plugin.yaml', e.file)
    end
  end)

  it('refuses what is missing', function()
    assert.equal('contributes is missing', refused('name: a\nversion: 1.0.0\napi: 1\nsummary: s\n').message)
    assert.equal('config', refused('').kind)
    assert.equal('config', refused('- a\n').kind)
    assert.equal('config', refused(GOOD .. '---\n' .. GOOD).kind)
  end)

  it('names both API versions when the plugin is newer', function()
    local e = refused(with('api: 2'))
    assert.equal('api: the plugin is written for plugin API 2, this ifx speaks 1', e.message)
  end)

  it('knows which contributions are for later, and which are none', function()
    local e = refused(with('contributes: { gates: [quorum] }'))
    assert.equal('contributes.gates: not in this version of ifx', e.message)
    e = refused(with('contributes: { refrences: [x] }'))
    assert.equal('contributes.refrences: there is no such contribution', e.message)
    assert.equal('did you mean references?', e.hint)
  end)

  it('wants the name of the folder', function()
    assert.equal("name: must equal the folder's name, other, not powerdns", refused(GOOD, 'other').message)
  end)

  it('checks the configuration that it describes', function()
    local e = refused((GOOD:gsub('type: url', 'type: uri')))
    assert.equal('config.url.type: no such type (did you mean url?)', e.message:sub(1, 49))
    assert.equal(9, e.line)
  end)

  it('says where YAML breaks', function()
    local e = refused('name: [a\nversion: 1\n')
    assert.equal('parse', e.kind)
    assert.equal('p/plugin.yaml', e.file)
    assert.truthy(e.line)
  end)

  it('takes semantic versions only', function()
    for version, good in pairs {
      ['1.2.3'] = true, ['1.0.0-rc.1'] = true, ['1.0.0+build.5'] = true, ['1.0.0-a+b'] = true, ['0.0.0'] = true,
      ['10.20.30'] = true,
      ['1.2'] = false, ['v1.2.3'] = false, ['1.2.3-'] = false, ['1.2.3+'] = false, ['1.02.3'] = false, ['1.2.03'] = false,
    } do
      assert.equal(good, (pcall(parse, with(('version: "%s"'):format(version)))), version)
    end
  end)
end)

describe('manifest.find', function()
  it('returns nil for a folder without one, and refuses a huge one', function()
    local dir = fs.tempdir('ifx-manifest-')
    finally(function() fs.remove_tree(dir) end)
    assert.is_nil(manifest.find(dir))
    fs.write(fs.join(dir, 'plugin.yaml'), ('# %s\n'):format(('x'):rep(70000)))
    local ok, e = pcall(manifest.find, dir)
    assert.is_false(ok)
    assert.equal('limit', e.kind)
  end)
end)

describe('manifest.describe_grants', function()
  it('says everything that a person agrees to', function()
    assert.same({ 'runs pdnsutil', 'reads zones/', 'writes zones/', 'talks to {config.url}',
      'uses, with what they may reach, the plugins core', 'takes from the environment PDNS_TOKEN' },
      manifest.describe_grants(parse(GOOD)))
    assert.same({ 'reaches nothing outside ifx' },
      manifest.describe_grants(parse('name: a\nversion: 1.0.0\napi: 1\nsummary: s\ncontributes: { transform: [x] }\n')))
    assert.same({ 'uses, with what they may reach, the plugins b' }, manifest.describe_grants(
      parse('name: a\nversion: 1.0.0\napi: 1\nsummary: s\ncontributes: { transform: [x] }\nrequires: [b]\n')))
  end)
end)

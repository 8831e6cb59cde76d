-- consent_spec.lua: what a person is shown before trusting. SPDX-License-Identifier: Apache-2.0
local consent = require 'ifx.plugin.consent'
local fs = require 'fs'

describe('consent', function()
  local dir

  before_each(function() dir = fs.realpath(fs.tempdir 'ifx-consent-') end)
  after_each(function() fs.remove_tree(dir) end)

  local function configuration(text)
    fs.write(fs.join(dir, 'ifx.yaml'), text)
    return consent.at(dir)[1].grants
  end

  it('shows where the secrets of a configuration come from', function()
    assert.same({ 'takes from the environment $T', 'reads the secret in key', 'decrypts with sops s.yaml', 'runs pass show x' },
      configuration [[
plugins:
  p: { config: { a: { env: T }, b: { file: key }, c: { sops: { file: s.yaml, key: k } }, d: { command: [pass, show, x] } } }
]])
    assert.same({ 'configures plugins; names no secret and no program' }, configuration 'plugins: { p: { config: { a: 1 } } }')
  end)

  it('shows a program also when it is written through an alias', function()
    assert.same({ 'runs sh -c evil' }, configuration [[
plugins:
  p: { config: { words: &words [sh, -c, evil], token: { command: *words } } }
]])
    assert.same({ 'runs sh -c evil', 'runs sh -c evil' }, configuration [[
plugins:
  p: { config: { a: &a { "comm\x61nd": [sh, -c, evil] }, token: { <<: *a } } }
]])
  end)

  it('says where a configuration is wrong before it is trusted', function()
    fs.write(fs.join(dir, 'ifx.yaml'), 'plugins: {}\nlimits: {}\n')
    local ok, e = pcall(consent.at, dir)
    assert.is_false(ok)
    assert.same({ 'limits: unknown field', 2 }, { e.message, e.line })
  end)
end)

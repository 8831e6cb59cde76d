-- config_spec.lua: ifx.yaml, the user's config.yaml, instances, secrets. SPDX-License-Identifier: Apache-2.0
local config = require 'ifx.config'
local dirs = require 'ifx.dirs'
local err = require 'err'
local fs = require 'fs'
local trust = require 'ifx.plugin.trust'

local MANIFEST = {
  name = 'proxmox',
  config = {
    endpoint = { type = 'url', required = true, env = 'IFX_TEST_ENDPOINT' },
    token = { type = 'secret' },
    retries = { type = 'integer', default = 3 },
    timeout = { type = 'duration' },
  },
}

describe('config', function()
  local root, saved, environment, real_env

  before_each(function()
    root = fs.realpath(fs.tempdir('ifx-config-'))
    saved, real_env, environment = dirs.config, fs.env, {}
    dirs.config = function() return fs.join(root, 'home') end
    fs.env = function(name) return environment[name] end
    fs.mkdir(fs.join(root, 'home'))
    fs.mkdir(fs.join(root, 'repo'))
  end)
  after_each(function()
    dirs.config, fs.env = saved, real_env
    fs.remove_tree(root)
  end)

  local function user(text) fs.write(fs.join(root, 'home/config.yaml'), text) end

  local function repository(text, untrusted)
    local file = fs.join(root, 'repo/ifx.yaml')
    fs.write(file, text)
    if not untrusted then
      trust.record { { snapshot = trust.snapshot(file), kind = 'configuration', name = 'ifx.yaml', grants = {} } }
    end
  end

  local function open() return config.load(fs.join(root, 'repo')) end

  local function refused(f, ...)
    local ok, e = pcall(f, ...)
    assert.is_false(ok)
    assert.is_true(err.is(e), tostring(e))
    return e
  end

  it('is empty without files', function()
    local c = open()
    assert.same({}, c:instances('proxmox'))
    assert.equal(10, c.limits.seconds)
  end)

  it('reads instances, the user before the repository', function()
    user 'plugins: { proxmox: { instances: { dc1: { endpoint: "https://user" } } } }\nlimits: { seconds: 1m }\n'
    repository [[
plugins: { proxmox: { instances: { dc1: { endpoint: "https://repo", retries: 9 }, dc2: { endpoint: "https://two" } } } }
]]
    local c = open()
    assert.equal(60, c.limits.seconds)
    assert.same({ 'dc1', 'dc2' }, c:instances('proxmox'))
    assert.same({ endpoint = 'https://user', retries = 9 }, c:resolve(MANIFEST, 'dc1'))
    assert.same({ endpoint = 'https://two', retries = 3 }, c:resolve(MANIFEST, 'dc2'))
  end)

  it('names an instance that nobody configured', function()
    user 'plugins: { proxmox: { instances: { dc1: { endpoint: "https://user" } } } }\n'
    local e = refused(function() open():resolve(MANIFEST, 'dc') end)
    assert.equal('not_found', e.kind)
    assert.equal("no instance 'dc' of the plugin proxmox is configured", e.message)
    assert.equal("did you mean 'dc1'?", e.hint)
  end)

  it('uses nothing of a file that is not trusted', function()
    user 'plugins: { proxmox: { config: { token: { env: TOKEN } } } }\n'
    repository('plugins: { proxmox: { config: { endpoint: "https://evil" }, instances: { x: {} } } }\n', true)
    local c = open()
    assert.equal(fs.join(root, 'repo/ifx.yaml'), c.untrusted)
    assert.equal('endpoint is missing', refused(function() c:resolve(MANIFEST) end).message)
    local e = refused(function() c:resolve(MANIFEST, 'x') end)
    assert.equal('trust', e.kind)
    assert.truthy(e.hint:find('ifx trust', 1, true))
  end)

  it('is not stopped by what nobody trusts, whatever it is', function()
    for _, text in ipairs { 'a: [', 'plugins: 3\n', '- x\n', '\0' } do
      repository(text, true)
      assert.equal(fs.join(root, 'repo/ifx.yaml'), open().untrusted)
    end
    fs.remove(fs.join(root, 'repo/ifx.yaml'))
    fs.mkdir(fs.join(root, 'repo/ifx.yaml'))
    assert.is_nil(open().untrusted)
  end)

  it('puts the place of a wrong value into the error', function()
    user 'plugins:\n  proxmox:\n    config:\n      endpoint: nowhere\n'
    local e = refused(function() open():resolve(MANIFEST) end)
    assert.same({ fs.join(root, 'home/config.yaml'), 4 }, { e.file, e.line })
    user 'plugins:\n  proxmox:\n    config:\n      endpoint: https://x\n      retrys: 1\n'
    e = refused(function() open():resolve(MANIFEST) end)
    assert.equal('retrys: unknown field', e.message)
    assert.equal('did you mean retries?', e.hint)
    assert.equal(5, e.line)
  end)

  it('refuses fields that no configuration has', function()
    repository 'plugins: {}\nlimits: { seconds: 1h }\n'
    local e = refused(open)
    assert.equal('limits: unknown field', e.message)
    assert.equal(2, e.line)
    user 'plugin: {}\n'
    assert.equal('did you mean plugins?', refused(open).hint)
  end)

  it('lets the environment fill what no file says', function()
    environment.IFX_TEST_ENDPOINT = 'https://conventional'
    assert.equal('https://conventional', open():resolve(MANIFEST).endpoint)
    environment.IFX_PROXMOX_ENDPOINT = 'https://plugin'
    assert.equal('https://plugin', open():resolve(MANIFEST).endpoint)
    user 'plugins: { proxmox: { instances: { dc-1: {} } } }\n'
    environment.IFX_PROXMOX_DC_1_ENDPOINT = 'https://instance'
    assert.equal('https://instance', open():resolve(MANIFEST, 'dc-1').endpoint)
    environment.IFX_PROXMOX_RETRIES = 'many'
    local e = refused(function() open():resolve(MANIFEST) end)
    assert.equal("IFX_PROXMOX_RETRIES: must be a whole number, not 'many'", e.message)
    environment.IFX_PROXMOX_RETRIES = nil
    user 'plugins: { proxmox: { config: { endpoint: "https://file" } } }\n'
    assert.equal('https://file', open():resolve(MANIFEST).endpoint)
  end)

  describe('a secret', function()
    local function token(reference)
      user('plugins: { proxmox: { config: { endpoint: "https://x", token: ' .. reference .. ' } } }\n')
      return open():resolve(MANIFEST).token
    end

    it('is read when it is used, and never shown', function()
      local secret = token '{ env: PVE_TOKEN }'
      assert.equal('<secret $PVE_TOKEN>', tostring(secret))
      local e = refused(function() return secret:reveal() end)
      assert.equal('the environment variable PVE_TOKEN is not set', e.message)
      environment.PVE_TOKEN = 'hunter2'
      assert.equal('hunter2', secret:reveal())
      assert.is_nil(tostring(secret):find('hunter2', 1, true))
      assert.is_false(getmetatable(secret))
      assert.is_nil(next(secret))
      refused(function() secret.reveal = nil end)
    end)

    it('is never written down', function()
      local e = refused(token, 'hunter2')
      assert.equal('a secret is never written down: name where it is kept', e.hint)
      assert.is_nil(e.message:find('hunter2', 1, true))
    end)

    it('comes from a file beside the configuration', function()
      fs.write(fs.join(root, 'home/token'), 'abc\n')
      assert.equal('abc', token('{ file: token }'):reveal())
      assert.equal('there is no file none', refused(function() return token('{ file: none }'):reveal() end).message)
    end)

    it('is filled by the environment as a reference', function()
      user 'plugins: { proxmox: { config: { endpoint: "https://x" } } }\n'
      environment.IFX_PROXMOX_TOKEN = 'hunter2'
      local secret = open():resolve(MANIFEST).token
      assert.equal('<secret $IFX_PROXMOX_TOKEN>', tostring(secret))
      assert.equal('hunter2', secret:reveal())
    end)
  end)
end)

-- exec_spec.lua: programs that plugins and configurations run. SPDX-License-Identifier: Apache-2.0
local env = require 'ifx.plugin.env'
local err = require 'err'
local fs = require 'fs'
local host = require 'host'
local secret = require 'ifx.secret'

local function refused(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e), tostring(e))
  return e
end

describe('a plugin with programs granted', function()
  local GRANTED = { 'echo' }

  local function run(code, exec)
    local sandbox = env.build {
      plugin = 'probe', chunk = function() end, config = {}, use = function() end,
      reach = { plugin = 'probe', base = '/nowhere', read = {}, write = {}, exec = exec or {} },
      log = { info = function() end, warn = function() end },
    }
    return host.chunk(code, 'plugins/probe/init.lua', sandbox)()
  end

  it('runs them, found on PATH', function()
    assert.equal('hi\n', run('return proc.run({ "echo", "hi" }).stdout', GRANTED))
    assert.truthy(run('return proc.find("echo")', GRANTED):find('^/'))
    local process = run('return proc.spawn({ "echo", "spawned" })', GRANTED)
    assert.equal('spawned', process:line())
    process:wait()
  end)

  it('runs nothing else', function()
    for _, name in ipairs { 'sh', '/bin/echo', './echo', 'echo ', '' } do
      local e = refused(run, ('proc.run({ %q })'):format(name), GRANTED)
      assert.equal('grant', e.kind, name)
      assert.truthy(tostring(e):find('plugin probe: running ' .. name .. ' is not granted', 1, true))
    end
    assert.equal('argument', refused(run, 'proc.run("echo")', GRANTED).kind)
    assert.equal('not_found', refused(run, 'proc.run({ "no-such-program" })', { 'no-such-program' }).kind)
  end)

  it('requires what runs a program only with the grant for it', function()
    local e = refused(run, 'require "ifx.repo.git"')
    assert.equal('grant', e.kind)
    assert.truthy(e.hint:find('exec: [git]', 1, true))
    assert.is_table(run('return require "ifx.repo.git"', { 'git' }))
  end)
end)

describe('a secret', function()
  local dir
  before_each(function() dir = fs.tempdir('ifx-secret-') end)
  after_each(function() fs.remove_tree(dir) end)

  it('comes from a program, whose output is in no error', function()
    assert.equal('abc', secret.new({ command = { 'printf', 'abc\\n' } }, dir):reveal())
    local leaky = secret.new({ command = { 'sh', '-c', 'echo hunter2; echo hunter2 >&2; exit 3' } }, dir)
    local e = refused(leaky.reveal)
    assert.equal('process', e.kind)
    assert.equal('sh ended with status 3', e.message)
    assert.is_nil(tostring(e):find('hunter2', 1, true))
    assert.equal('<secret of the program sh>', tostring(leaky))
  end)

  it('comes out of an encrypted file by a path of quoted keys', function()
    for _, key in ipairs { 'a"b', 'a\\b' } do
      local e = refused(secret.new({ sops = { file = 'x.yaml', key = key } }, dir).reveal)
      assert.equal('config', e.kind)
    end
  end)
end)

-- proof_spec.lua: a comparison that is written down, and made again. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local host = require 'host'
local json = require 'json'
local proc = require 'proc'

local function kustomization(name, path, source)
  return ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { path: "%s", sourceRef: { kind: GitRepository, name: %s } }\n---\n'):format(name, path, source or 'own')
end

local function source(name)
  return ('apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { url: "https://git.example/x/%s" }\n---\n'):format(name, name)
end

local function config(name, value)
  return ('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\ndata: { v: "%s" }\n'):format(name, value or '')
end

local TREE = source 'own' .. kustomization('one', './one')

local FILES = {
  ['before/x.yaml'] = TREE, ['before/one/x.yaml'] = config 'a', ['after/x.yaml'] = TREE,
  ['after/one/x.yaml'] = config('a', 'new'),
}

-- f(dir, run): run('diff', …) is `ifx diff -C dir …`.
local function with(files, f)
  contract.with_files(files, function(dir)
    f(dir, function(command, ...)
      return proc.run({ host.exe, command, '-C', dir, ... }, { check = false })
    end)
  end)
end

describe('a proof', function()
  it('is made again', function()
    with(FILES, function(dir, run)
      assert.equal(0, run('diff', 'before', 'after', '--proof', dir .. '/p.json').status)
      local proof = json.decode(fs.read(dir .. '/p.json'))
      assert.same({ 'ifx.proof/1', host.version, 'changed' }, { proof.format, proof.ifx, proof.verdict })
      local done = run('verify', 'p.json')
      assert.same({ 0, 'verified: 1 object differs: 1 changed; 1 is the same.\n' }, { done.status, done.stdout })
    end)
  end)

  it('holds of no other files, objects or owners', function()
    with(FILES, function(dir, run)
      run('diff', 'before', 'after', '--proof', dir .. '/p.json')
      fs.write(dir .. '/after/one/x.yaml', config('a', 'newer'))
      local done = run('verify', 'p.json')
      assert.same({ 1, 'after: the files of after are not those of the proof\n'
        .. 'in-cluster:ConfigMap/default/a: its content or its owners are not those of the proof\nnot verified\n' },
        { done.status, done.stdout })
      fs.write(dir .. '/after/one/x.yaml', config('a', 'new'))
      assert.equal(0, run('verify', 'p.json').status)
      done = run('verify', 'p.json', 'before', 'before')
      assert.equal(1, done.status)
      assert.matches('the verdict was changed and is equal', done.stdout, 1, true)
    end)
  end)

  it('is of a revision, wherever that is checked out', function()
    with(FILES, function(dir)
      local repo = dir .. '/repo'
      local function git(...)
        return proc.run({ 'git', '-c', 'user.name=n', '-c', 'user.email=e@x', '-C', repo, ... }).stdout
      end
      fs.mkdir(repo)
      git('init', '-q')
      for _, side in ipairs { 'before', 'after' } do
        proc.run { 'cp', '-r', dir .. '/' .. side .. '/.', repo }
        git('add', '-A')
        git('commit', '-q', '-m', side)
      end
      local made = proc.run({ host.exe, 'diff', '-C', repo, 'HEAD~1', 'HEAD', '--proof', dir .. '/p.json' })
      assert.matches('1 changed', made.stdout, 1, true)
      assert.equal(git('rev-parse', 'HEAD'), json.decode(fs.read(dir .. '/p.json')).after.where .. '\n')
      git('commit', '-q', '--allow-empty', '-m', 'more') -- HEAD is another commit now, the proof names its own
      assert.equal(0, proc.run({ host.exe, 'verify', '-C', repo, dir .. '/p.json' }, { check = false }).status)
      -- The work tree has the same files as the revision.
      assert.equal(0, proc.run({ host.exe, 'verify', '-C', repo, dir .. '/p.json', 'HEAD~2', '.' }, { check = false }).status)
    end)
  end)

  it('names the checkouts that stood for other repositories', function()
    local files = { ['t/x.yaml'] = source 'far' .. kustomization('far', './d', 'far'), ['far/d/x.yaml'] = config 'a' }
    with(files, function(dir, run)
      local word = 'https://git.example/x/far=' .. dir .. '/far'
      assert.equal(0, run('diff', 't', 't', '--repo', word, '--proof', dir .. '/p.json').status)
      assert.equal(0, run('verify', 'p.json').status)
      fs.write(dir .. '/far/d/x.yaml', config 'b')
      local done = run('verify', 'p.json')
      assert.equal(1, done.status)
      assert.matches('before: the files of ' .. word .. ' are not those of the proof', done.stdout, 1, true)
    end)
  end)

  it('is not believed when it says of itself what is not so', function()
    with(FILES, function(dir, run)
      run('diff', 'before', 'after', '--proof', dir .. '/p.json')
      local document = json.decode(fs.read(dir .. '/p.json'))
      document.summary, document.digest = 'Nothing changes.', nil
      document.digest = 'sha256:' .. require('hash').sha256(json.encode(document))
      fs.write(dir .. '/p.json', json.encode(document))
      local done = run('verify', 'p.json')
      assert.same({ 1, 'what it says of itself is not what is made now\nnot verified\n' }, { done.status, done.stdout })
    end)
  end)

  it('is not believed when somebody changed it', function()
    with(FILES, function(dir, run)
      run('diff', 'before', 'after', '--proof', dir .. '/p.json')
      local text = fs.read(dir .. '/p.json')
      fs.write(dir .. '/p.json', (text:gsub('"changed"', '"equal"', 1)))
      local done = run('verify', 'p.json')
      assert.equal(1, done.status)
      assert.matches('its digest is not that of its content', done.stderr, 1, true)
      fs.write(dir .. '/p.json', '{}')
      assert.matches('it is no document of the format ifx.proof/1', run('verify', 'p.json').stderr, 1, true)
      fs.write(dir .. '/p.json', '{')
      assert.matches('p.json:1:', run('verify', 'p.json').stderr, 1, true)
      assert.matches('no such file', run('verify', 'none.json').stderr:lower(), 1, true)
    end)
  end)
end)

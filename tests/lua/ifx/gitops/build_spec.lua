-- build_spec.lua: the command that renders one entry point. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local host = require 'host'
local json = require 'json'
local proc = require 'proc'

local function kustomization(name, path, rest)
  return ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { path: "%s", sourceRef: { kind: GitRepository, name: %s } }\n---\n'):format(name, path, rest or 'own')
end

local function repository(name)
  return ('apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { url: "https://git.example/x/%s" }\n---\n'):format(name, name)
end

local FILES = {
  ['tree/clusters/one/x.yaml'] = kustomization('apps', './apps') .. kustomization('far', './far', 'other') .. repository 'own'
    .. repository 'other',
  ['tree/clusters/two/x.yaml'] = kustomization('apps', './more') .. repository 'own',
  ['tree/apps/x.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\n',
  ['tree/more/x.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: two }\n',
  ['other/far/x.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: far }\n',
}

local function printed(name) return ('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n'):format(name) end

-- Calls f(run) where run(ARG…) is `ifx build` in the folder tree.
local function with(f)
  contract.with_files(FILES, function(dir)
    f(function(...)
      return proc.run({ host.exe, 'build', '-C', dir .. '/tree', ... }, { check = false })
    end, dir)
  end)
end

describe('ifx build --entrypoint', function()
  it('prints what the controller would apply', function()
    with(function(run)
      local done = run('--entrypoint', 'clusters/two:Kustomization/apps')
      assert.equal(0, done.status, done.stderr)
      done = run('--entrypoint', 'clusters/two:Kustomization/f/apps')
      assert.same({ 0, printed 'two', '' }, { done.status, done.stdout, done.stderr })
    end)
  end)

  it('looks no further than a plain folder', function()
    with(function(run)
      local done = run('--entrypoint', 'apps', 'clusters/one')
      assert.same({ 1, '' }, { done.status, done.stdout })
    end)
  end)

  it('asks for a name that means one', function()
    with(function(run)
      local done = run('--entrypoint', 'apps')
      assert.equal(1, done.status)
      assert.matches('2 entry points are called so', done.stderr, 1, true)
      assert.matches('clusters/one:Kustomization.kustomize.toolkit.fluxcd.io/f/apps, clusters/two:', done.stderr, 1, true)
      assert.matches('did you mean apps?', run('--entrypoint', 'app').stderr, 1, true)
      assert.matches('there are: apps, far', run('--entrypoint', 'monitoring').stderr, 1, true)
      assert.matches('it is no %[CLUSTER', run('--entrypoint', 'a/b/c/d').stderr)
    end)
  end)

  it('says what stands in the way of what is not there', function()
    local files = {
      ['root/x.yaml'] = kustomization('root', './clusters') .. repository 'own',
      ['clusters/kustomization.yaml'] = 'resources: [child.yaml, new.yaml]\npatches: [{ path: patch.yaml }]\n',
      ['clusters/child.yaml'] = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n'
        .. 'metadata: { name: child, namespace: f }\nspec: { path: ./apps }\n',
    }
    contract.with_files(files, function(dir)
      local function git(...) proc.run { 'git', '-C', dir, ... } end
      git('init', '-q')
      git('add', '.')
      require 'fs'.write(dir .. '/clusters/new.yaml', kustomization('new', './apps'))
      local function said(name)
        local done = proc.run({ host.exe, 'build', '-C', dir, '--entrypoint', name }, { check = false })
        assert.equal(1, done.status)
        return done.stderr
      end
      assert.matches('declared at clusters/child.yaml:1, but', said 'child', 1, true)
      assert.matches("f/root cannot be rendered because 'new.yaml' doesn't exist (clusters/new.yaml:1)", said 'child', 1, true)
      assert.matches("what others render is not known: in-cluster:Kustomization", said 'new', 1, true)
      assert.matches('git add clusters/new.yaml', said 'root', 1, true)
    end)
  end)

  it('takes other repositories as given', function()
    with(function(run, dir)
      local done = run('--entrypoint', 'far')
      assert.same({ 1, '' }, { done.status, done.stdout })
      assert.matches('its repository https://git.example/x/other is not given', done.stderr, 1, true)
      done = run('--entrypoint', 'far', '--repo', 'https://git.example/x/other=' .. dir .. '/other')
      assert.same({ 0, printed 'far' }, { done.status, done.stdout })
    end)
  end)

  it('says all of it as data', function()
    with(function(run)
      local document = json.decode(run('--entrypoint', 'clusters/one:apps', '--json').stdout)
      assert.equal('ifx.build/1', document.format)
      assert.equal('one', document.objects[1].metadata.name)
      assert.same({ 'apps/x.yaml', 1 }, { document.entrypoint.objects[1].file, document.entrypoint.objects[1].line })
      assert.equal('clusters/one', document.entrypoint.cluster)
    end)
  end)

  it('refuses options that the controller decides', function()
    with(function(run)
      assert.equal(64, run('--entrypoint', 'apps', '--reorder', 'none').status)
      assert.equal(64, run('--repo', 'x=y').status)
    end)
  end)
end)

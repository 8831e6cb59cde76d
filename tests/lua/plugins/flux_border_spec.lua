-- flux_border_spec.lua: what must be there for what Flux applies of another repository. SPDX-License-Identifier: Apache-2.0

local plan = dofile 'tests/lua/support/restructure.lua'

local HERE = 'https://git.example.org/o/r.git'

local FILES = {
  ['flux/source.yaml'] = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n'
    .. 'metadata: {name: fleet, namespace: flux-system}\n'
    .. ('spec: {url: "%s", interval: 2m, secretRef: {name: deploy-key}}\n'):format(HERE),
  ['flux/settings.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\n',
  ['flux/infra.yaml'] = [[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: infra, namespace: flux-system}
spec: {path: ./infra, sourceRef: {kind: GitRepository, name: fleet}, interval: 10m}
]],
  ['flux/apps.yaml'] = [[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  interval: 10m
  sourceRef: {kind: GitRepository, name: fleet}
  dependsOn: [{name: infra}]
  decryption: {provider: sops, secretRef: {name: sops-age}}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}
]],
  ['infra/i.yaml'] = 'apiVersion: v1\nkind: Service\nmetadata: {name: i}\n',
  ['apps/a.yaml'] = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n',
  ['apps/b.yaml'] = 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\n',
}

-- The needs of the other repository when these files go there.
local function needs(away)
  local gone = {}
  for old in pairs(away) do gone[old] = true end
  local outcome = plan(FILES, {}, {}, {
    gone = gone, name = 'r', url = HERE, branch = 'main',
    repositories = { {
      repository = { id = 'apps', name = 'fleet-apps', url = 'git@git.example.org:o/fleet-apps.git', dir = '/nowhere' },
      moves = away,
    } },
  })
  return outcome.repositories[1].needs, outcome
end

local function has(text, part) assert.truthy(text:find(part, 1, true), part .. '\nnot in\n' .. text) end

describe('flux.watch of another repository', function()
  it('proposes the source and what to set when all that a Kustomization applies leaves', function()
    local found, outcome = needs { ['apps/a.yaml'] = 'workloads/a.yaml', ['apps/b.yaml'] = 'workloads/b.yaml' }
    assert.equal(1, #found)
    has(found[1], 'all that Kustomization flux-system/apps (flux/apps.yaml) applies is in fleet-apps now')
    for _, line in ipairs { 'apiVersion: source.toolkit.fluxcd.io/v1', 'kind: GitRepository', '  name: fleet-apps',
      '  namespace: flux-system', '  interval: 2m', '  url: ssh://git@git.example.org/o/fleet-apps.git', '    branch: main',
      '    name: deploy-key' } do
      has(found[1], '\n    ' .. line)
    end
    has(found[1], 'spec.sourceRef.name: fleet-apps, spec.path: ./workloads.')
    assert.same({}, outcome.needs)
  end)

  it('says what the new owner needs and the other repository does not hold', function()
    local found = needs { ['apps/a.yaml'] = 'a.yaml', ['apps/b.yaml'] = 'b.yaml' }
    has(found[1], 'It needs what fleet-apps does not hold')
    has(found[1], 'Kustomization flux-system/infra (spec.dependsOn, in flux/infra.yaml)')
    has(found[1], 'Secret flux-system/sops-age (spec.decryption.secretRef, declared by no file)')
    has(found[1], 'ConfigMap flux-system/settings (spec.postBuild.substituteFrom, in flux/settings.yaml)')
  end)

  it('does not ask for what comes along', function()
    local found = needs { ['apps/a.yaml'] = 'a/a.yaml', ['apps/b.yaml'] = 'a/b.yaml', ['flux/settings.yaml'] = 'settings.yaml' }
    assert.is_nil(found[1]:find('ConfigMap', 1, true))
  end)

  it('writes a second Kustomization when a part leaves', function()
    local found = needs { ['apps/a.yaml'] = 'web/a.yaml' }
    assert.equal(1, #found)
    has(found[1], '1 of the files that Kustomization flux-system/apps (flux/apps.yaml) applies are in fleet-apps')
    for _, line in ipairs { 'kind: GitRepository', '---', 'kind: Kustomization', '  name: apps-fleet-apps',
      '    name: fleet-apps', '  path: ./web', '  prune: false', '      name: sops-age' } do
      has(found[1], '\n    ' .. line)
    end
  end)

  it('has nothing to say of what Flux does not apply', function()
    assert.same({}, (needs { ['flux/settings.yaml'] = 'settings.yaml' }))
  end)
end)

-- refs_repository.lua: a generated GitOps repository, as a stream for `git fast-import`. SPDX-License-Identifier: Apache-2.0
-- usage: lua5.4 refs_repository.lua FILES EXPECTED [COMMITS [BYTES]]
-- The file EXPECTED gets the number of references of each kind. With COMMITS, applications come one after the other, every
-- tenth under an older name, and are edited and renamed later; with BYTES, comments fill the files to that size.
local files, commits, bytes = tonumber(arg[1]), tonumber(arg[3] or 1), tonumber(arg[4] or 0)
local expected = {}
local out = io.stdout

local comment = '# What stands here is said where it was decided; nobody reads it twice, and it is kept for the auditors.\n'

local function filled(path, text)
  local missing = (bytes - #text) // #comment
  return missing > 0 and path:find '%.ya?ml$' and text .. comment:rep(missing) or text
end

local function write(path, text)
  text = filled(path, text)
  out:write(('M %s inline %s\ndata %d\n'):format(path:find '%.sh$' and '100755' or '100644', path, #text), text, '\n')
end

local function count(kinds)
  for kind, n in pairs(kinds or {}) do expected[kind] = (expected[kind] or 0) + n end
end

local made = 0
local function commit(message)
  made = made + 1
  out:write(('commit refs/heads/main\ncommitter bench <bench@example.org> %d +0000\ndata %d\n%s\n')
    :format(1700000000 + made * 600, #message, message))
end

-- Every $name is replaced by the value of that name.
local function fill(text, values) return (text:gsub('%$(%l+)', values)) end

-- The files of one application: what teams write by hand, with comments, images, addresses and paths that are none.
local application = {
  { '$dir/kustomization.yaml', [[
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $team
resources:
  - deployment.yaml
  - service.yaml
  - ingress.yaml
  - configmap.yaml
  - networkpolicy.yaml
]], { ['kustomize.resources'] = 5 } },
  { '$dir/deployment.yaml', [[
# What the limits come from is said in $dir/README.md
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $app
  labels:
    app.kubernetes.io/name: $app
    app.kubernetes.io/part-of: platform
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: $app
  template:
    metadata:
      labels:
        app.kubernetes.io/name: $app
    spec:
      containers:
        - name: main
          image: registry.example.org/$team/$app:1.4.2
          args: ["--config=/etc/app/config.yaml", "--data=/var/lib/app"]
          ports:
            - { containerPort: 8080, name: http }
          readinessProbe:
            httpGet: { path: /healthz/ready, port: http }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { memory: 256Mi }
          volumeMounts:
            - { name: config, mountPath: /etc/app }
            - { name: data, mountPath: /var/lib/app }
      volumes:
        - name: config
          configMap: { name: $app }
        - name: data
          emptyDir: {}
]], { text = 1 } },
  { '$dir/service.yaml', [[
apiVersion: v1
kind: Service
metadata:
  name: $app
spec:
  selector:
    app.kubernetes.io/name: $app
  ports:
    - { name: http, port: 80, targetPort: http }
]] },
  { '$dir/ingress.yaml', [[
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: $app
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  rules:
    - host: $app.example.org
      http:
        paths:
          - path: /api/v1
            pathType: Prefix
            backend: { service: { name: $app, port: { name: http } } }
]] },
  { '$dir/configmap.yaml', [[
apiVersion: v1
kind: ConfigMap
metadata:
  name: $app
data:
  config.yaml: |
    listen: 0.0.0.0:8080
    database: postgres://db.$team.svc/app
    ratio: 1/2
]] },
  { '$dir/networkpolicy.yaml', [[
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: $app
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: $app
  policyTypes: [Ingress]
  ingress:
    - from:
        - ipBlock: { cidr: 10.0.0.0/8 }
]] },
  { '$dir/overlays/prod/kustomization.yaml', [[
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../..
patches:
  - path: replicas.yaml
]], { ['kustomize.resources'] = 1, ['kustomize.patches'] = 1 } },
  { '$dir/overlays/prod/replicas.yaml', [[
apiVersion: apps/v1
kind: Deployment
metadata:
  name: $app
spec:
  replicas: 5
]] },
  { '$dir/README.md', [[
# $app

Owned by $team; built from https://example.org/$team/$app and pushed to registry.example.org/$team/$app.
Flux applies [the overlay](overlays/prod/kustomization.yaml); the base is in [deployment.yaml](deployment.yaml).

- Limits are set in `$dir/deployment.yaml`, addresses in `$dir/ingress.yaml`.
- Its neighbour $other/README.md says how the two talk, see also `$other/configmap.yaml`.
- To take it off the cluster, remove clusters/prod/$team/$app.yaml and/or ask the owners.
- The script $dir/deploy.sh is for a broken cluster only.
]], { ['markdown.link'] = 2, text = 7 } },
  { '$dir/deploy.sh', [[
#!/bin/sh
# Applies $dir without Flux. Needs /usr/bin/kubectl.
set -eu
cd "$(git rev-parse --show-toplevel)"
kubectl apply --server-side -k $dir/overlays/prod >/dev/null
kubectl -n $team rollout status deployment/$app
. $other/deploy.sh
]], { text = 1, ['shell.path'] = 2 } },
  { 'clusters/prod/$team/$app.yaml', [[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: $app
  namespace: flux-system
spec:
  interval: 10m
  path: ./$dir/overlays/prod
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
]], { ['flux.path'] = 1, ['flux.source_ref'] = 1 } },
}

local cluster = [[
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  ref: { branch: main }
  url: https://git.example.org/platform/fleet
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  path: ./clusters/prod
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
]]

local apps = (files - 1) // #application
local function team(i) return ('team-%02d'):format(i % 40) end
local function directory(i) return ('apps/%s/app-%04d'):format(team(i), i) end
local function old_directory(i) return ('services/app-%04d'):format(i) end
local function values_of(i)
  return { dir = directory(i), other = directory((i + 7) % apps), app = ('app-%04d'):format(i), team = team(i) }
end

local function begins_old(i) return commits > 1 and i % 10 == 0 end

local function add_app(i)
  local values = values_of(i)
  for _, file in ipairs(application) do
    local path = fill(file[1], values)
    if begins_old(i) and path:sub(1, #values.dir) == values.dir then path = old_directory(i) .. path:sub(#values.dir + 1) end
    write(path, fill(file[2], values))
    count(file[3])
  end
end

-- A third of the commits add applications, the others edit some; those that began under an older name are renamed.
local growing = math.max(1, commits // 3)
local editing = commits - growing
local next_app = 0
for n = 1, growing do
  commit(('add applications %d'):format(n))
  if n == 1 then
    write('clusters/prod/flux-system/gotk-sync.yaml', cluster)
    count { ['flux.path'] = 1, ['flux.source_ref'] = 1, ['flux.url'] = 1 }
    for i = apps * #application + 2, files do write(('notes/%05d.txt'):format(i), 'nothing in here\n') end
  end
  while next_app < apps * n // growing do
    add_app(next_app)
    next_app = next_app + 1
  end
end
for n = 1, editing do
  commit(('edit applications %d'):format(n))
  for i = apps * (n - 1) // editing, apps * n // editing - 1 do
    local values = values_of(i)
    if begins_old(i) then out:write(('R %s %s\n'):format(old_directory(i), values.dir)) end
    local edited = application[3]
    write(fill(edited[1], values), fill(edited[2], values) .. ('# edited in %d\n'):format(n))
  end
end

local report = assert(io.open(arg[2], 'w'))
for kind, n in pairs(expected) do report:write(kind, ' ', n, '\n') end
report:close()

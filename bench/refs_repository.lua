-- refs_repository.lua: a generated GitOps repository, as a stream for `git fast-import`. SPDX-License-Identifier: Apache-2.0
-- usage: lua5.4 refs_repository.lua [FILES [REFERENCES]]
local files = tonumber(arg and arg[1]) or 10000
local references = tonumber(arg and arg[2]) or 20000

local out = io.stdout
local list = {}

local function add(path, text) list[#list + 1] = { path, text } end

local manifest = [[
apiVersion: apps/v1
kind: Deployment
metadata:
  name: %s
  namespace: %s
  labels:
    app.kubernetes.io/name: %s
    app.kubernetes.io/part-of: platform
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: %s
  template:
    metadata:
      labels:
        app.kubernetes.io/name: %s
    spec:
      containers:
        - name: main
          image: registry.example.org/team/%s:1.%d.0
          args: ["--config=/etc/app/config.yaml", "--data=/var/lib/app"]
          ports:
            - containerPort: 8080
              name: http
          readinessProbe:
            httpGet: { path: /healthz/ready, port: http }
          resources:
            requests: { cpu: 100m, memory: 128Mi }
            limits: { memory: 256Mi }
          volumeMounts:
            - name: data
              mountPath: /var/lib/app
      volumes:
        - name: data
          emptyDir: {}
]]

-- One directory for each application: a kustomization that lists its manifests, a page about it, and what applies it:
-- seven references of the kustomization, two of the Flux object, the rest in the page.
local apps = files // 10
local in_page = math.max(references // apps - 9, 0)
for i = 1, apps do
  local group, name = ('team-%02d'):format(i % 40), ('app-%04d'):format(i)
  local dir = ('apps/%s/%s'):format(group, name)
  local lines = { 'apiVersion: kustomize.config.k8s.io/v1beta1', 'kind: Kustomization', 'resources:' }
  for k = 1, 7 do
    local file = ('part-%d.yaml'):format(k)
    add(dir .. '/' .. file, manifest:format(name .. k, group, name, name, name, name, k))
    lines[#lines + 1] = '  - ' .. file
  end
  add(dir .. '/kustomization.yaml', table.concat(lines, '\n') .. '\n')
  local page = { '# ' .. name, '' }
  for k = 1, in_page do
    local n = (i + k) % apps + 1
    local other = ('apps/team-%02d/app-%04d/part-%d.yaml'):format(n % 40, n, k % 7 + 1)
    page[#page + 1] = ('It needs `%s` (https://example.org/docs/%s), and/or what else there is.'):format(other, name)
  end
  add(dir .. '/README.md', table.concat(page, '\n') .. '\n')
  add(('clusters/prod/%s/%s.yaml'):format(group, name), ([[
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: %s
  namespace: flux-system
spec:
  interval: 10m
  path: ./%s
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
]]):format(name, dir))
end
for i = #list + 1, files do add(('files/%05d.txt'):format(i), 'no path in here\n') end

out:write('commit refs/heads/main\ncommitter bench <bench@example.org> 1700000000 +0000\ndata 5\nbench\n')
for _, file in ipairs(list) do
  out:write(('M 100644 inline %s\ndata %d\n'):format(file[1], #file[2]), file[2], '\n')
end

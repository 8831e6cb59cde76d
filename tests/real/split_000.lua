-- split_000.lua: a layout of the moves of accept-000.json, printed. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local json = require 'json'
local list = require 'ifx.list'

local accept = json.decode(fs.read(fs.env 'SHARED' .. '/conformance/migrations/accept-000.json'))
local here, there = {}, {}
for _, move in ipairs(accept.moves) do (move.repo == 'infraflux' and here or there)[move.from] = move.to end

print [[
layout: 1
name: split-000
summary: The moves of document 000, without its transforms
params:
  platform_url: { type: string, required: true }
repositories:
  platform: { name: platform-gitops, url: '${platform_url}' }
redirects:
  - { from: gitops, to: ., repository: platform }
  - { from: gitops/argocd, to: argocd, repository: platform }
  - { from: gitops/argocd/apps, to: argocd/applications, repository: platform }
  - { from: gitops/argocd/bootstrap, to: argocd/bootstrap, repository: platform }
  - { from: secrets, to: configs/secrets }
moves:]]
local all = {}
for _, map in ipairs { here, there } do
  for from in pairs(map) do all[from] = true end
end
for _, from in ipairs(list.keys(all)) do
  if here[from] and there[from] then
    print(("  - { from: '%s', to: '%s', also: [{ to: '%s', repository: platform }], action: Split }"):format(from, here[from],
      there[from]))
  elseif here[from] then
    print(("  - { from: '%s', to: '%s' }"):format(from, here[from]))
  else
    print(("  - { from: '%s', to: '%s', repository: platform }"):format(from, there[from]))
  end
end

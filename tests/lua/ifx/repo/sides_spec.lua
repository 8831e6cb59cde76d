-- sides_spec.lua: the repositories that one tree becomes. SPDX-License-Identifier: Apache-2.0
local sides = require 'ifx.repo.sides'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

local function split(name)
  local tree = fixture.tree { ['infra/db.yaml'] = '', ['gitops/apps/web/web.yaml'] = '', ['README.md'] = '' }
  local moves = { ['gitops/apps/web/web.yaml'] = 'argocd/web/web.yaml' }
  return sides.open(tree, {
    { name = 'home', moves = {}, gone = { ['gitops/apps/web/web.yaml'] = true } },
    { name = name, url = 'https://github.com/o/' .. name, moves = moves, gone = { ['infra/db.yaml'] = true } },
  })
end

describe('names_other', function()
  it('knows what is in another repository by its name and a path that is there', function()
    local all = split 'platform-gitops'
    for _, word in ipairs {
      'platform-gitops', 'platform-gitops/', '../platform-gitops', 'platform-gitops/argocd/web',
      '~/src/platform-gitops/argocd/web/web.yaml', 'https://github.com/o/platform-gitops', 'git@github.com:o/platform-gitops',
      'https://github.com/o/platform-gitops/tree/main/argocd/web/',
    } do assert.is_true(all:names_other(all[1], word), word) end
    assert.is_false(all:names_other(all[2], 'platform-gitops/argocd/web'))
  end)

  it('does not take for it what has its name before a path that is not there', function()
    local all = split 'platform-gitops'
    for _, word in ipairs {
      '$HOME/src/platform-gitops/infra/db.yaml', '$X/platform-gitops/gitops/apps/web/web.yaml', 'platform-gitops/infra',
      'other/web',
    } do assert.is_false(all:names_other(all[1], word), word) end
  end)

  it('does not take a folder for a repository of that name', function()
    local all = split 'apps'
    for _, word in ipairs { 'gitops/apps/web/web.yaml', 'gitops/apps', './gitops/apps/' } do
      assert.is_false(all:names_other(all[1], word), word)
    end
    assert.is_true(all:names_other(all[1], 'apps/argocd/web'))
  end)
end)

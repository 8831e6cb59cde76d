-- terraform_watch_spec.lua: what happens to state when roots and units move. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local path = require 'ifx.path'
local plan = dofile 'tests/lua/support/restructure.lua'

local function steps(files, moves)
  local out = {}
  for i, hazard in ipairs(plan(files, moves).hazards) do out[i] = ('%s: %s'):format(hazard.object, hazard.step) end
  return out
end

local ROOT = 'provider "a" {}\n'

local function backend(kind, body) return ('terraform {\n  backend "%s" {\n%s  }\n}\n'):format(kind, body or '') end

describe('terraform.watch', function()
  it('says which state files stay behind', function()
    assert.are.same({
      '2 Terraform roots: Move the state along, before anybody plans there: a/terraform.tfstate -> x/a/terraform.tfstate; '
        .. 'b/s/b.tfstate -> x/b/s/b.tfstate. Then `init`, and a plan that must show no changes.',
    }, steps({ ['a/main.tf'] = ROOT, ['b/main.tf'] = backend('local', 'path = "s/b.tfstate"\n') },
      { ['a/main.tf'] = 'x/a/main.tf', ['b/main.tf'] = 'x/b/main.tf' }))
  end)

  it('has nothing to say of modules, of state elsewhere, and of a path that follows', function()
    assert.are.same({}, steps({
      ['m/main.tf'] = 'variable "x" {}\n', ['r/main.tf'] = 'module "m" {\n  source = "../m"\n}\n' .. backend 's3',
      ['l/main.tf'] = backend('local', 'path = "../states/l.tfstate"\n'), ['states/README'] = '',
      ['c/main.tf'] = 'terraform {\n  cloud {}\n}\n', ['called/main.tf'] = ROOT,
      ['k/main.tf'] = 'module "c" {\n  source = "../called"\n}\n',
    }, {
      ['m/main.tf'] = 'x/m/main.tf', ['r/main.tf'] = 'x/r/main.tf', ['l/main.tf'] = 'x/l/main.tf', ['c/main.tf'] = 'x/c/main.tf',
      ['called/main.tf'] = 'x/called/main.tf',
    }))
  end)

  it('says whose key is made of a path that changes', function()
    local tree = require 'ifx.repo.tree'.folder(path.join(fs.cwd(), 'tests/fixtures/refs/terragrunt'))
    local files, moves = {}, {}
    for _, entry in ipairs(tree:files()) do
      files[entry.path] = tree:read(entry.path)
      if entry.path:find '^prod/eu/' then moves[entry.path] = 'prod/europe/' .. entry.path:sub(9) end
    end
    local out = steps(files, moves)
    assert.are.equal(1, #out)
    assert.matches('^2 Terragrunt units: Copy the state to the new key', out[1])
    assert.matches('prod/eu/mysql -> prod/europe/mysql; prod/eu/web -> prod/europe/web', out[1], 1, true)
  end)
end)

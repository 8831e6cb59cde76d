-- terraform_extract_spec.lua: a root becomes a module, and roots that call it. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local hcl = require 'hcl'
local list = require 'ifx.list'
local plan = dofile 'tests/lua/support/restructure.lua'

-- Moves the files of old/ to modules/m and makes the roots env/dev and env/prod.
local function extract(files, more)
  local moves, with = {}, {
    module = 'modules/m', name = 'm', environments = { 'env/dev', 'env/prod' }, state = 'prod', outputs = 'outputs.tf',
  }
  for key, value in pairs(more or {}) do with[key] = value end
  for file in pairs(files) do
    if file:find '^old/' then moves[file] = 'modules/m' .. file:sub(4) end
  end
  return plan(files, with.moves or moves, { { use = 'terraform.extract_module', with = with } })
end

local function text_of(outcome, file) return outcome.tree:try_read(file) end

local function refused(kind, words, ...)
  local ok, e = pcall(extract, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  assert.matches(words, tostring(e), 1, true)
end

local function labels(text, kind)
  local out = {}
  for i, block in ipairs(hcl.document(text):blocks(kind)) do out[i] = table.concat(block.labels, '.') end
  return out
end

local RESOURCE = 'resource "a_b" "c" {\n  x = var.x\n}\n'
local VARIABLE = 'variable "x" {}\n'

describe('terraform.extract_module', function()
  it('says when values that Terraform reads by itself would be read no more', function()
    local files = {
      ['old/main.tf'] = RESOURCE .. VARIABLE, ['old/terraform.tfvars'] = 'x = 1\n', ['old/a.auto.tfvars.json'] = '{}',
    }
    local function said(moves)
      local hazards = extract(files, { moves = moves }).hazards
      return list.map(list.filter(hazards, function(one) return one.id == 'values' end), 'object')
    end
    assert.are.same({ 'modules/m/a.auto.tfvars.json', 'modules/m/terraform.tfvars' }, said())
    assert.are.same({ 'old/a.auto.tfvars.json' },
      said { ['old/main.tf'] = 'modules/m/main.tf', ['old/terraform.tfvars'] = 'env/prod/terraform.tfvars' })
  end)

  it('leaves the module what it needs, and gives the roots the rest', function()
    local outcome = extract {
      ['old/main.tf'] = '# who we are\nprovider "a" {\n  token = var.token\n  url   = local.url\n}\n\nlocals {\n  # where\n'
        .. '  url = "https://${var.host}"\n  b   = a_b.c.id\n}\n\n' .. RESOURCE .. '\noutput "id" {\n  value = local.b\n}',
      ['old/variables.tf'] = VARIABLE .. '\n# secret\nvariable "token" {\n  sensitive = true\n  validation {\n'
        .. '    condition     = var.token != ""\n    error_message = "No."\n  }\n}\n\nvariable "host" {}\n',
      ['old/versions.tf'] = 'terraform {\n  required_providers {\n    a = { source = "x/a" }\n  }\n  backend "s3" {\n'
        .. '    key = "k"\n  }\n}\n',
    }
    local main = text_of(outcome, 'modules/m/main.tf')
    assert.are.same({}, labels(main, 'provider'))
    assert.are.same({}, labels(main, 'output'))
    assert.falsy(main:find('who we are', 1, true))
    assert.are.same({ 'x', 'host' }, labels(text_of(outcome, 'modules/m/variables.tf'), 'variable'))
    assert.are.equal('output "id" {\n  value = local.b\n}\n', text_of(outcome, 'modules/m/outputs.tf'))
    assert.are.equal('terraform {\n  required_providers {\n    a = { source = "x/a" }\n  }\n}\n',
      text_of(outcome, 'modules/m/versions.tf'))
    assert.are.equal([[
# who we are
provider "a" {
  token = var.token
  url   = local.url
}

locals {
  # where
  url = "https://${var.host}"
}

module "m" {
  source = "../../modules/m"

  x    = var.x
  host = var.host
}

moved {
  from = a_b.c
  to   = module.m.a_b.c
}
]], text_of(outcome, 'env/prod/main.tf'))
    assert.are.same({ 'x', 'token', 'host' }, labels(text_of(outcome, 'env/dev/variables.tf'), 'variable'))
    assert.are.equal(1, #labels(text_of(outcome, 'env/dev/variables.tf'), 'validation'))
    assert.are.same({}, labels(text_of(outcome, 'env/dev/main.tf'), 'moved'))
    assert.are.same({}, labels(text_of(outcome, 'env/dev/versions.tf'), 'backend'))
    assert.are.same({ 's3' }, labels(text_of(outcome, 'env/prod/versions.tf'), 'backend'))
    assert.are.equal('x     = null\ntoken = null\nhost  = null\n', text_of(outcome, 'env/dev/terraform.tfvars.example'))
  end)

  it('gathers outputs in the file that is there, or leaves them where they stand', function()
    local files = {
      ['old/main.tf'] = RESOURCE .. '\n# the id\noutput "id" {\n  value = 1\n}\n',
      ['old/outputs.tf'] = 'output "first" {\n  value = 2\n}\n',
    }
    local outcome = extract(files)
    assert.are.equal('output "first" {\n  value = 2\n}\n\n# the id\noutput "id" {\n  value = 1\n}\n',
      text_of(outcome, 'modules/m/outputs.tf'))
    assert.are.equal(RESOURCE, text_of(outcome, 'modules/m/main.tf'))
    assert.are.same({ 'id', 'first' }, labels(text_of(outcome, 'env/dev/outputs.tf'), 'output'))
    outcome = extract(files, { outputs = false })
    assert.are.same({ 'id' }, labels(text_of(outcome, 'modules/m/main.tf'), 'output'))
  end)

  it('removes a file that holds nothing that a module may have', function()
    local outcome = extract {
      ['old/main.tf'] = RESOURCE .. VARIABLE, ['old/providers.tf'] = 'provider "a" {}\n',
      ['old/backend.tf'] = 'terraform {\n  backend "s3" {}\n}\n',
    }
    assert.is_nil(text_of(outcome, 'modules/m/providers.tf'))
    assert.is_nil(text_of(outcome, 'modules/m/backend.tf'))
    assert.are.same({ 'a' }, labels(text_of(outcome, 'env/dev/main.tf'), 'provider'))
    assert.is_nil(text_of(outcome, 'env/dev/versions.tf'))
    assert.are.equal('terraform {\n  backend "s3" {}\n}\n', text_of(outcome, 'env/prod/versions.tf'))
  end)

  it('passes configurations of providers that have an alias', function()
    local outcome = extract {
      ['old/main.tf'] = 'terraform {\n  required_providers {\n    a = {\n      source = "x/a"\n    }\n  }\n}\nprovider "a" {}\n'
        .. 'provider "a" {\n  alias = "west"\n}\nprovider "z" {\n  alias = "east"\n}\n' .. RESOURCE,
    }
    local main = text_of(outcome, 'modules/m/main.tf')
    local declared = '    %s = {\n      source                = "%s"\n      configuration_aliases = [%s]\n    }\n'
    assert.matches(declared:format('a', 'x/a', 'a.west'), main, 1, true)
    assert.matches(declared:format('z', 'hashicorp/z', 'z.east'), main, 1, true)
    assert.matches('  providers = {\n    a      = a\n    a.west = a.west\n    z.east = z.east\n  }\n',
      text_of(outcome, 'env/dev/main.tf'), 1, true)
  end)

  it('declares an alias where the root declared no providers', function()
    local outcome = extract { ['old/a.tf'] = 'provider "a" {\n  alias = "west"\n}\n', ['old/main.tf'] = RESOURCE }
    assert.is_nil(text_of(outcome, 'modules/m/a.tf'))
    assert.matches('terraform {\n  required_providers {\n    a = {\n      source                = "hashicorp/a"\n',
      text_of(outcome, 'modules/m/main.tf'), 1, true)
  end)

  it('brings along what speaks of addresses in the state', function()
    local outcome = extract {
      ['old/main.tf'] = RESOURCE .. 'moved {\n  from = a_b.old\n  to   = a_b.c\n}\nimport {\n  to = a_b.c\n  id = "1"\n}\n'
        .. 'removed {\n  from = a_b.gone\n}\nmodule "k" {\n  source = "./k"\n}\ndata "d" "e" {}\n',
      ['old/k/main.tf'] = '',
    }
    local prod = text_of(outcome, 'env/prod/main.tf')
    assert.matches('moved {\n  from = a_b.old\n  to   = a_b.c\n}\n', prod, 1, true)
    assert.matches('import {\n  to = module.m.a_b.c\n  id = "1"\n}\n', prod, 1, true)
    assert.matches('removed {\n  from = a_b.gone\n}\n', prod, 1, true)
    assert.matches('moved {\n  from = module.k\n  to   = module.m.module.k\n}\n', prod, 1, true)
    assert.falsy(prod:find('data.d', 1, true))
    assert.are.equal(3, #labels(prod, 'moved'))
    local module = text_of(outcome, 'modules/m/main.tf')
    for _, kind in ipairs { 'moved', 'import', 'removed' } do assert.are.same({}, labels(module, kind)) end
  end)

  it('keeps paths leading where they led', function()
    local files = {
      ['old/main.tf'] = 'provider "a" {\n  key = file("${path.module}/keys/a.pem")\n}\nresource "a_b" "c" {\n'
        .. '  a = file("${path.root}/moves.txt")\n  b = file("${path.root}/../stays.txt")\n  c = file("moves.txt")\n'
        .. '  d = fileset(path.root, "*.txt")\n'
        .. '  e = fileexists("${path.root}/../age.key") ? file("${path.root}/../age.key") : ""\n'
        .. '  f = file("${path.module}/../stays.txt")\n}\nresource "local_file" "out" {\n  filename = "${path.root}/out.txt"\n}\n'
        .. 'resource "local_file" "own" {\n  filename = "${path.module}/own.txt"\n}\nlocals {\n  where = path.cwd\n}\n',
      ['old/moves.txt'] = '', ['stays.txt'] = '', ['old/keys/a.pem'] = '',
    }
    local outcome = extract(files)
    local main = text_of(outcome, 'modules/m/main.tf')
    for _, line in ipairs {
      'a = file("${path.module}/moves.txt")', 'b = file("${path.module}/../../stays.txt")',
      'c = file("${path.module}/moves.txt")',
      'd = fileset(path.module, "*.txt")', 'f = file("${path.module}/../../stays.txt")', 'filename = "${path.root}/out.txt"',
      'e = fileexists("${path.module}/../../age.key") ? file("${path.module}/../../age.key") : ""',
      'filename = "${path.module}/own.txt"',
    } do
      assert.matches(line, main, 1, true)
    end
    assert.matches('key = file("${path.module}/../../modules/m/keys/a.pem")', text_of(outcome, 'env/dev/main.tf'), 1, true)
    local said = {}
    for i, hazard in ipairs(outcome.hazards) do said[i] = ('%s %s'):format(hazard.id, hazard.object) end
    assert.are.same({ 'state Terraform old', 'path local_file.own (old/main.tf:16)', 'path old/main.tf:19' }, said)
    assert.matches('but for the replacement of local_file.own', outcome.hazards[1].step, 1, true)
    assert.matches('age.key is not in git', table.concat(outcome.notes, '\n'), 1, true)
    assert.matches('out.txt is made in the folder of each root now', table.concat(outcome.notes, '\n'), 1, true)
  end)

  it('may leave the root where it is, as one of those that call the module', function()
    local backend = 'terraform {\n  backend "local" {\n    path = "s/x.tfstate"\n  }\n}\n'
    local outcome = extract({ ['old/main.tf'] = RESOURCE .. VARIABLE .. backend },
      { environments = { 'old', 'env/dev' }, state = 'old' })
    assert.are.same({ 'm' }, labels(text_of(outcome, 'old/main.tf'), 'module'))
    assert.matches('^In old: terraform init', outcome.hazards[1].step)
  end)

  it('says where the state is kept', function()
    local function step(backend)
      return extract({ ['old/main.tf'] = RESOURCE .. VARIABLE .. 'terraform {\n' .. backend .. '\n}\n' }).hazards[1].step
    end
    assert.matches('old/terraform.tfstate, which git does not hold', step(''), 1, true)
    assert.matches('old/s/x.tfstate', step 'backend "local" {\npath = "s/x.tfstate"\n}', 1, true)
    assert.matches('stays in the backend gcs', step 'backend "gcs" {}', 1, true)
    assert.matches('stays in the backend cloud', step 'cloud {}', 1, true)
  end)

  it('copies the lock file, and an example of values', function()
    local outcome = extract {
      ['old/main.tf'] = RESOURCE .. VARIABLE, ['old/terraform.tfvars.example'] = 'x = 1 # mine\n',
      ['old/.terraform.lock.hcl'] = '# lock\n', ['old/x.auto.tfvars'] = 'x = 2\n',
    }
    assert.are.equal('x = 1 # mine\n', text_of(outcome, 'env/prod/terraform.tfvars.example'))
    assert.are.equal('# lock\n', text_of(outcome, 'env/dev/.terraform.lock.hcl'))
  end)

  it('does nothing when nothing moves into the module', function()
    local outcome = extract({ ['modules/m/main.tf'] = RESOURCE, ['env/dev/main.tf'] = VARIABLE }, { moves = {} })
    assert.are.same({}, outcome.created)
    assert.are.same({}, outcome.changed)
  end)

  it('refuses what would not be one root, or would be mixed with what is there', function()
    refused('conflict', 'old/more.tf does not move to modules/m', { ['old/main.tf'] = RESOURCE, ['old/more.tf'] = '' },
      { moves = { ['old/main.tf'] = 'modules/m/main.tf' } })
    refused('conflict', 'made of the files of two folders', { ['old/main.tf'] = RESOURCE, ['b/more.tf'] = '' },
      { moves = { ['old/main.tf'] = 'modules/m/main.tf', ['b/more.tf'] = 'modules/m/more.tf' } })
    refused('conflict', 'modules/m/x.tf is there already', { ['old/main.tf'] = RESOURCE, ['modules/m/x.tf'] = '' })
    refused('conflict', 'env/dev/x.tf is there already', { ['old/main.tf'] = RESOURCE, ['env/dev/x.tf'] = '' })
    refused('conflict', 'configured from a_b.c.url', { ['old/main.tf'] = RESOURCE .. 'provider "k" {\n  host = a_b.c.url\n}\n' })
    refused('conflict', 'configured from data.x.y.z', { ['old/main.tf'] = RESOURCE
      .. 'locals {\n  h = data.x.y.z\n}\nprovider "k" {\n  host = local.h\n}\n' })
    for name, words in pairs {
      ['old/x.tf.json'] = 'is JSON', ['old/x_override.tf'] = 'overrides parts', ['old/override.tf'] = 'overrides parts',
    } do
      refused('conflict', words, { ['old/main.tf'] = RESOURCE, [name] = '{}' },
        { moves = { ['old/main.tf'] = 'modules/m/main.tf' } })
    end
    refused('conflict', 'x/main.tf:2 calls old as a module', { ['old/main.tf'] = RESOURCE,
      ['x/main.tf'] = 'module "y" {\n  source = "../old"\n}\n' })
    refused('conflict', 'nothing in old can be a part of a module', { ['old/a.tf'] = 'provider "a" {\n  alias = "w"\n}\n' })
    refused('parse', 'old/main.tf', { ['old/main.tf'] = 'resource "a" {\n' })
  end)

  it('refuses arguments that say too little', function()
    local files = { ['old/main.tf'] = RESOURCE }
    refused('argument', 'state: it must be', files, { state = 'test' })
    refused('argument', 'name: ', files, { name = 'not a name' })
    refused('argument', 'environments: ', files, { environments = {} })
    refused('argument', 'module: ', files, { module = '' })
    refused('argument', 'module: ', files, { module = '../m' })
    refused('argument', 'environments: /x is no folder', files, { environments = { '/x' }, state = '/x' })
    refused('argument', 'outputs: ', files, { outputs = '../outputs.tf' })
  end)
end)

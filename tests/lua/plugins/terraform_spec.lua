-- terraform_spec.lua: what Terraform and Terragrunt name, and how it follows moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local TERRAFORM, TERRAGRUNT = 'tests/fixtures/refs/terraform', 'tests/fixtures/refs/terragrunt'
local LINKED, WRITES = 'tests/fixtures/traps/linked', 'tests/fixtures/traps/writes'

-- Why a plan is refused.
local function why(plan)
  local out = {}
  for i, problem in ipairs(plan.problems) do out[i] = problem.message end
  return table.concat(out, '\n')
end

local function with(lines, word)
  local out = {}
  for _, line in ipairs(lines) do
    if line:find(word, 1, true) then out[#out + 1] = line end
  end
  return out
end

describe('the finder of Terraform', function()
  it('finds every reference of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'terraform.txt', kit.lines(kit.graph(TERRAFORM, 'terraform')))
  end)

  it('writes sources of modules anew as short as they can be, and so that they stay local', function()
    local edits = kit.moves(TERRAFORM, 'terraform', {
      ['modules/net'] = 'live/prod/net', ['modules/app'] = 'live/shared/app', ['live/prod/sub'] = 'live/sub',
    })
    assert.are.same({
      'json/main.tf.json:4 ../modules/net -> ../live/prod/net',
      'live/prod/main.tf:2 ../../modules/net -> ./net',
      'live/prod/main.tf:38 modules/net -> live/prod/net',
      'live/prod/main.tf:6 ../../modules/app/ -> ../shared/app/',
      'live/prod/main.tf:9 ./sub -> ../sub',
      'live/staging/main.tf:13 ../../modules/net -> ../prod/net',
      'live/staging/main.tf:9 ../../modules/app -> ../shared/app',
      'modules/net/resources.tf:18 ../../charts/web -> ../../../charts/web',
      'modules/net/resources.tf:3 ../../ansible -> ../../../ansible',
    }, edits)
  end)

  it('leaves alone what moves together with what it names, and follows files that leave', function()
    local edits, listed, plan = kit.moves(TERRAFORM, 'terraform', { live = 'infra/live', modules = 'infra/modules' })
    assert.are.same({}, plan.problems)
    assert.are.same({ 'live/prod/main.tf:38 modules/net -> infra/modules/net' }, with(edits, ' modules/net ->'))
    assert.are.same({ 'live/prod/main.tf:42 modules/net: pinned to the revision v1.2.0 of this repository' }, listed)
    edits = kit.moves(TERRAFORM, 'terraform', { ['modules/net/files'] = 'files', state = 'states' })
    assert.are.same({
      'live/prod/backend.tf:3 ../../state -> ../../states',
      'modules/net/main.tf:12 files -> ../../files',
      'modules/net/main.tf:16 files/a.txt -> ../../files/a.txt',
      'modules/net/main.tf:3 files/a.txt -> ../../files/a.txt',
      'modules/net/main.tf:4 files/b.bin -> ../../files/b.bin',
      'modules/net/main.tf:5 files/a.txt -> ../../files/a.txt',
      'modules/net/resources.tf:13 files -> ../../files',
      'modules/net/resources.tf:27 files/run.sh -> ../../files/run.sh',
      'modules/net/resources.tf:28 files/a.txt -> ../../files/a.txt',
      'modules/net/resources.tf:31 files -> ../../files',
      'modules/net/resources.tf:31 files/run.sh -> ../../files/run.sh',
      'modules/net/resources.tf:36 files/a.txt -> ../../files/a.txt',
      'modules/net/resources.tf:38 files -> ../../files',
      'modules/net/resources.tf:42 files/run.sh -> ../../files/run.sh',
    }, edits)
  end)

  it('names a module of another repository by its address', function()
    local cross = require('ifx.plugin').registry {}:load('terraform').references[1].cross.source
    local to = { name = 'modules', url = 'https://git.example.org/o/modules.git', path = 'net' }
    assert.are.equal('git::https://git.example.org/o/modules.git//net?ref=main', cross({}, { border = { to = to } }))
    to.branch = 'v1'
    assert.matches('%?ref=v1$', cross({}, { border = { to = to } }))
    to.url = nil
    assert.are.equal('no address of modules is known', select(2, cross({}, { border = { to = to } })))
  end)

  it('lists what stands in a file that it cannot write, and refuses what would be lost', function()
    local _, listed, plan = kit.moves(TERRAFORM, 'terraform', { ['modules/net/files'] = 'files' })
    assert.are.equal('modules/net/main.tf:18 files/a.txt: written with escapes', listed[#listed])
    assert.are.equal('written with escapes', plan.problems[1].message)
    assert.are.equal(1, #plan.problems)
    _, _, plan = kit.moves(TERRAFORM, 'terraform', { ['modules/net/files'] = 'a"b' })
    assert.matches('the new path would need escapes inside the quotes', why(plan), 1, true)
  end)
end)

describe('the finder of Terragrunt', function()
  it('finds every reference of the fixture, as each unit means it', function()
    assert.are.same(kit.expected 'terragrunt.txt', kit.lines(kit.graph(TERRAGRUNT, 'terraform')))
  end)

  it('keeps // where it stands, and names that are looked for in the folders above', function()
    local edits, listed, plan = kit.moves(TERRAGRUNT, 'terraform', {
      modules = 'terraform/modules', ['prod/eu'] = 'live/prod/eu', ['prod/account.hcl'] = 'live/prod/account.hcl',
    })
    assert.are.same({}, plan.problems)
    assert.are.same({ 'old/app/terragrunt.hcl:6 modules/web: pinned to the revision v2 of this repository' }, listed)
    assert.are.same({
      '_envcommon/mysql.hcl:6 modules//mysql -> terraform/modules//mysql',
      'prod/eu/web/terragrunt.hcl:6 ../../../modules//web -> ../../../../terraform/modules//web',
      'qa/us/web/terragrunt.hcl:6 ../../../modules//web -> ../../../terraform/modules//web',
      'stacks/units/vpc/terragrunt.hcl:2 ../../../modules/web -> ../../../terraform/modules/web',
    }, edits)
  end)

  it('refuses to move a file out of the sight of those who look for it', function()
    local _, _, plan = kit.moves(TERRAGRUNT, 'terraform', { ['prod/account.hcl'] = 'accounts/prod.hcl' })
    assert.matches('no folder above prod/eu/web has it', why(plan), 1, true)
  end)

  it('follows a file above that is renamed', function()
    local edits, _, plan = kit.moves(TERRAGRUNT, 'terraform', { ['root.hcl'] = 'top.hcl' })
    assert.are.same({}, plan.problems)
    assert.are.same('prod/eu/mysql/terragrunt.hcl:2 root.hcl -> top.hcl', edits[1])
  end)
end)

describe('a Terraform file that is read through links', function()
  it('names what it names from the folder of the link', function()
    assert.are.same(kit.expected 'terraform-linked.txt', kit.lines(kit.graph(LINKED, 'terraform')))
  end)

  it('follows what one reader means, and refuses to move what two readers mean', function()
    local edits, _, plan = kit.moves(LINKED, 'terraform', { ['modules/net'] = 'modules/network' })
    assert.are.same({}, plan.problems)
    assert.are.same({ 'common/main.tf:2 ./modules/net -> ./modules/network' }, edits)
    for _, dir in ipairs { 'modules/db', 'environments/shared/modules/db' } do
      _, _, plan = kit.moves(LINKED, 'terraform', { [dir] = 'elsewhere/db' })
      assert.matches('the same bytes name environments/shared/modules/db and modules/db', why(plan), 1, true)
    end
  end)

  it('is followed together with its links', function()
    local edits, _, plan = kit.moves(LINKED, 'terraform', { common = 'shared/common' })
    assert.are.same({}, plan.problems)
    assert.are.same({ 'environments/shared/environment.tf:1 ../../common/main.tf -> ../../shared/common/main.tf' }, edits)
  end)
end)

describe('files that Terraform writes to the repository', function()
  it('are found by the rules of resources and in heredocs', function()
    assert.are.same(kit.expected 'terraform-writes.txt', kit.lines(kit.graph(WRITES, 'terraform')))
  end)

  it('follow moves of all environments, and are listed when one of them goes', function()
    local edits, listed, plan = kit.moves(WRITES, 'terraform', { ['gitops/flux'] = 'flux' })
    assert.are.same({}, plan.problems)
    assert.are.same({}, listed)
    assert.are.same({
      'infrastructure/modules/flux/definitions.tf:16 gitops/flux/apps/overlays -> flux/apps/overlays',
      'infrastructure/modules/flux/definitions.tf:25 gitops/flux/clusters -> flux/clusters',
      'infrastructure/modules/flux/definitions.tf:4 gitops/flux/clusters -> flux/clusters',
    }, edits)
    edits, listed = kit.moves(WRITES, 'terraform', { ['gitops/flux/clusters/prod'] = 'flux/prod' })
    assert.are.same({}, edits)
    assert.are.equal(2, #listed)
    assert.matches('definitions.tf:25 gitops/flux/clusters: it stays, but some of its files went to flux/prod', listed[1])
  end)
end)

-- ansible_spec.lua: what playbooks and roles name, and how it follows moves. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/ansible'

describe('the finder of Ansible', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'ansible.txt', kit.lines(kit.graph(FIXTURE, 'ansible')))
  end)

  it('lets names and paths follow what they name, from where Ansible looks for them', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'ansible', {
      playbooks = 'plays', ['roles/web/templates'] = 'roles/web/templates/deep', ['roles/k3s'] = 'roles/cluster',
      ['roles/base'] = 'roles/common', inventory = 'hosts', ['local/role'] = 'roles/vendored',
      ['roles/web/files/index.html'] = 'shared/index.html',
    })
    assert.are.same({
      'ansible.cfg:2 inventory/hosts.ini -> hosts/hosts.ini',
      'playbooks/site.yml:13 k3s/master -> cluster/master',
      'requirements.yml:6 ./local/role -> ./roles/vendored',
      'roles/web/defaults/main.yml:1 files/index.html -> ../../shared/index.html',
      'roles/web/meta/main.yml:3 base -> common',
      'roles/web/tasks/install.yml:3 k3s/master -> cluster/master',
      'roles/web/tasks/main.yml:10 files/index.html -> ../../shared/index.html',
      'roles/web/tasks/main.yml:13 web.conf.j2 -> deep/web.conf.j2',
      'roles/web/tasks/main.yml:15 files -> ../../shared',
      'roles/web/tasks/main.yml:15 templates -> templates/deep',
      'roles/web/tasks/main.yml:16 ../templates -> deep',
      'roles/web/tasks/main.yml:5 web.conf.j2 -> deep/web.conf.j2',
      'roles/web/tasks/main.yml:8 index.html -> ../../../shared/index.html',
    }, edits)
    assert.are.equal(4, #listed)
    assert.matches('^ansible.cfg:3 ./roles: it stays, but some of its files went to', listed[1])
    assert.are.same({}, plan.problems)
  end)

  it('moves a whole project without a word changed', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'ansible', {
      playbooks = 'x/playbooks', roles = 'x/roles', inventory = 'x/inventory', ['ansible.cfg'] = 'x/ansible.cfg',
      group_vars = 'x/group_vars', ['local'] = 'x/local', ['requirements.yml'] = 'x/requirements.yml', keys = 'x/keys',
    })
    assert.are.same({}, edits)
    assert.are.same({}, listed)
    assert.are.same({}, plan.problems)
  end)

  it('refuses to move a role where its name cannot say so', function()
    local _, listed, plan = kit.moves(FIXTURE, 'ansible', { ['roles/base'] = 'elsewhere/base' })
    assert.matches('a role is found by its name in a folder of roles', listed[#listed])
    assert.is_true(#plan.problems > 0)
  end)

  it('keeps the names of files of a role without their extension', function()
    local edits = kit.moves(FIXTURE, 'ansible', { ['roles/web/tasks/install.yml'] = 'roles/web/tasks/steps/install.yaml' })
    assert.are.same({
      'playbooks/site.yml:40 install -> steps/install',
      'roles/web/tasks/install.yml:1 ../handlers/main.yml -> ../../handlers/main.yml',
      'roles/web/tasks/main.yml:1 install.yml -> steps/install.yaml',
    }, edits)
  end)

  it('looks where the ansible.cfg says, from its own folder, and takes a submodule for a role', function()
    for _, lead in ipairs { './', '', '$PWD/', '${PWD}/', '{{CWD}}/', '{{ CWD }}/' } do
      local said = kit.of({
        ['ansible.cfg'] = ('[defaults]\nroles_path = %sgone: %sparts/roles\n'):format(lead, lead),
        ['plays/site.yml'] = '- hosts: all\n  roles: [a.b, own, c.d, lost]\n',
        ['parts/roles/a.b'] = false, ['parts/roles/own/tasks/main.yml'] = '[]\n',
      }, 'ansible')
      assert.matches(': %? does not exist; made when roles are installed$', said[1])
      assert.matches('ansible.config .*parts/roles %-> dir parts/roles: ok$', said[2])
      assert.are.same({
        'plays/site.yml:2:11 ansible.role a.b -> dir parts/roles/a.b: ok',
        'plays/site.yml:2:16 ansible.role own -> dir parts/roles/own: ok',
        'plays/site.yml:2:21 ansible.role c.d -> remote -: ? a role of a collection, or of Galaxy',
        'plays/site.yml:2:26 ansible.role lost -> path -: BROKEN no folder of roles holds it',
      }, { table.unpack(said, 3) }, lead)
    end
  end)

  it('sees no playbook where nothing else speaks of Ansible', function()
    assert.are.same({}, kit.of({
      ['a.yml'] = '- hosts: all\n  roles: [gone]\n', ['b/tasks/main.yml'] = '- copy: { src: gone }\n',
    }, 'ansible'))
  end)
end)

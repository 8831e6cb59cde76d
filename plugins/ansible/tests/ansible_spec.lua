-- ansible_spec.lua: the laws of finders, for Ansible. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('ansible', function()
  it('keeps the laws of finders in every kind of file', function()
    contract.references(contract.plugin(), {
      files = {
        ['ansible.cfg'] = '[defaults]\r\n; é\r\ninventory = é.ini\r\n', ['é.ini'] = '[all]\n',
        ['site.yml'] = '- hosts: é\r\n  roles: [é, gone]\r\n  tasks:\r\n  - copy: "src=é.txt dest=/x"\r\n'
          .. '  - debug:\r\n      msg: >-\r\n        é\r\n        {{ lookup("file", "é.txt") }}\r\n',
        ['files/é.txt'] = 'x\n',
        ['group_vars/all.yml'] = 'é: "{{ inventory_dir }}/é.ini"\n',
        ['requirements.yml'] = '[{ src: ../x }]\n',
        ['roles/é/tasks/main.yml'] = '- template: { src: "é.j2" }\n', ['roles/é/templates/é.j2'] = 'x\n',
        ['roles/é/meta/main.yml'] = 'dependencies: [ é ]\n',
        ['roles/é/molecule/é/molecule.yml'] = 'provisioner: { playbooks: { prepare: none.yml } }\n',
      },
      expect = {
        { kind = 'ansible.config', line = 3, column = 13, text = 'é.ini', target = 'é.ini', resolved = true },
        { kind = 'ansible.path', file = 'group_vars/all.yml', column = 25, text = 'é.ini', target = 'é.ini', resolved = true },
        { kind = 'ansible.requirement', text = '../x', resolved = false },
        { kind = 'ansible.role', file = 'roles/é/meta/main.yml', text = 'é', target = 'roles/é', resolved = true },
        { kind = 'ansible.molecule', text = 'none.yml', resolved = false },
        { kind = 'ansible.template', text = 'é.j2', target = 'roles/é/templates/é.j2', base = 'roles/é', resolved = true },
        { kind = 'ansible.role', line = 2, column = 11, text = 'é', target = 'roles/é', resolved = true },
        { kind = 'ansible.role', line = 2, column = 14, text = 'gone', resolved = false },
        { kind = 'ansible.file', line = 4, column = 16, text = 'é.txt', target = 'files/é.txt', resolved = true },
        { kind = 'ansible.file', line = 8, column = 28, text = 'é.txt', target = 'files/é.txt', resolved = true },
      },
    })
  end)
end)

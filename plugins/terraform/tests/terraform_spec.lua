-- terraform_spec.lua: the laws of finders, for Terraform. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('terraform', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders, with expressions, heredocs and commands', function()
    contract.references(plugin, {
      files = {
        ['root/main.tf'] = [[
module "a" { source = "../mod" } # one line
resource "null_resource" "x" {
  provisioner "local-exec" {
    command = "sh ${path.module}/é/run.sh"
  }
}
]],
        ['mod/main.tf'] = 'locals {\r\n  a = file("${path.module}/gone.txt")\r\n  b = <<-E\r\n    ${path.module}/x.txt\r\n'
          .. '  E\r\n}\r\n',
        ['mod/x.txt'] = '',
        ['root/é/run.sh'] = '',
        ['mod/x.tf.json'] = '{"module": {"m": {"source": "../root"}}}\n',
      },
      expect = {
        { kind = 'terraform.file', line = 2, column = 28, text = 'gone.txt', target = 'mod/gone.txt', resolved = false },
        { kind = 'terraform.path', line = 4, column = 20, text = 'x.txt', target = 'mod/x.txt', resolved = true },
        { kind = 'terraform.module', file = 'mod/x.tf.json', text = '../root', target = 'root', resolved = true },
        { kind = 'terraform.module', line = 1, column = 24, text = '../mod', target = 'mod', resolved = true },
        { kind = 'terraform.path', line = 4, column = 34, text = 'é/run.sh', target = 'root/é/run.sh', resolved = true },
      },
    })
  end)

  it('keeps them for Terragrunt', function()
    contract.references(plugin, {
      files = {
        ['live/terragrunt.hcl'] = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n'
          .. 'terraform {\n  source = "../mod//"\n}\n',
        ['root.hcl'] = 'locals {\n  a = read_terragrunt_config("${get_terragrunt_dir()}/env.hcl")\n}\n',
        ['mod/main.tf'] = '',
        ['live/env.hcl'] = '',
      },
      expect = {
        { kind = 'terraform.parent_folder', line = 2, column = 34, text = 'root.hcl', target = 'root.hcl', resolved = true },
        { kind = 'terraform.unit_source', text = '../mod//', target = 'mod', resolved = true },
        { kind = 'terraform.read_config', file = 'root.hcl', text = 'env.hcl', target = 'live/env.hcl', resolved = true },
      },
    })
  end)
end)

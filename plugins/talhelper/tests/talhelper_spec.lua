-- talhelper_spec.lua: the laws of finders, for talhelper. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('talhelper', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['talconfig.yaml'] = 'patches: [ "@./é.yaml" ]\r\nnodes:\r\n- extraManifests: [gone.yaml]\r\n', ['é.yaml'] = 'x\n',
        ['talconfig.yml'] = 'inlineManifests: [{ contents: "@\\u00e9.yaml" }]\n',
      },
      expect = {
        { kind = 'talhelper.patch', line = 1, column = 14, text = './é.yaml', target = 'é.yaml', resolved = true },
        { kind = 'talhelper.manifest', line = 3, column = 20, text = 'gone.yaml', resolved = false },
        { kind = 'talhelper.manifest', text = 'é.yaml', resolved = true, editable = false },
      },
    })
  end)
end)

-- renovate_spec.lua: the laws of finders, for Renovate. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('renovate', function()
  it('keeps the laws of finders', function()
    contract.references(contract.plugin(), {
      files = {
        ['.renovaterc'] = '\xef\xbb\xbf// é\r\n{ "includePaths": ["é/a.md"],\r\n  fileMatch: "\\\\.md$", }',
        ['package.json'] = '{ "renovate": { "ignorePaths": ["é/**"] } }', ['other/package.json'] = '{ "extends": ["x"] }',
        ['é/a.md'] = 'x\n', ['x.json'] = '{ "$schema": "renovate-schema.json", "extends": ["github>a/b//c"] }',
      },
      expect = {
        { kind = 'renovate.files', line = 2, column = 21, text = 'é/a.md', target = 'é/a.md', resolved = true },
        { kind = 'renovate.files', line = 3, column = 14, text = '\\.md$', resolved = true },
        { kind = 'renovate.files', file = 'package.json', text = 'é/**', target = 'é/**', resolved = true },
        { kind = 'renovate.preset', file = 'x.json', text = 'github>a/b//c' },
      },
    })
  end)
end)

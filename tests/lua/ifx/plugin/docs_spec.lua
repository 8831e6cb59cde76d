-- docs_spec.lua: docs/plugins.md says what the code does. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local host = require 'host'
local manifest = require 'ifx.plugin.manifest'
local modules = require 'ifx.plugin.modules'
local schema = require 'ifx.schema'

local document = fs.try_read(fs.join(host.dir, 'docs/plugins.md'))

-- The text between `<!-- NAME: … -->` and `<!-- end -->`.
local function part(name)
  return document:match('<!%-%- ' .. name .. ':[^\n]*%-%->\n(.-)<!%-%- end %-%->')
end

describe('docs/plugins.md', function()
  it('has the fields of the manifest', function()
    assert.equal(schema.markdown(manifest.fields), part 'manifest fields')
  end)

  it('has the properties of a configuration field', function()
    assert.equal(schema.markdown(schema.field), part 'config fields')
  end)

  it('has every module that plugins may require, and every contribution that works', function()
    for name in pairs(modules.plugins) do assert.truthy(document:find('`' .. name .. '`', 1, true), name) end
    for name, usable in pairs(manifest.contributions) do
      if usable then assert.truthy(document:find('**' .. name .. '**', 1, true), name) end
    end
  end)
end)

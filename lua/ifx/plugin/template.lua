-- template.lua: the plugin that `ifx plugin new` makes: small, real, tested. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local manifest = require 'ifx.plugin.manifest'

local template = {}

template.files = {
  ['plugin.yaml'] = [[
name: @NAME@
version: 0.1.0
api: @API@
summary: Files that a Makefile includes
contributes:
  references: [@NAME@.include]
]],

  ['init.lua'] = [[
-- init.lua: references from a Makefile to the files that it includes.

-- A name that make computes, or that matches several files, is not the name of one file.
local function why_unknown(name)
  if name:find('$', 1, true) then return 'a variable' end
  if name:find('[%*%?%[]') then return 'a pattern' end
end

-- One name: `first` is its first byte in the file.
local function reference(ctx, dir, name, first)
  local target = ctx.resolve(dir, name)
  local resolved = target ~= nil and ctx.exists(target) == 'file'
  return {
    kind = '@NAME@.include', exact = true, text = name, start = first, stop = first + #name - 1,
    base = dir, target = target, target_kind = 'file', resolved = resolved,
    why = not resolved and 'no such file' or nil, editable = true,
  }
end

local function find(file, ctx)
  local references, unknown = {}, {}
  local dir = path.dirname(file.path)
  local content = file.text()
  for line, line_start in text.lines(content) do
    local names = line:match('^%-?include%s+()')
    for at, name in line:gmatch('()([^%s#]+)', names or #line + 1) do
      local why = why_unknown(name)
      if why then
        local number, column = text.position(content, line_start + at - 1)
        table.insert(unknown, { file = file.path, line = number, column = column, text = name, why = why })
      else
        table.insert(references, reference(ctx, dir, name, line_start + at - 1))
      end
    end
  end
  return references, unknown
end

return {
  references = {
    {
      kinds = { ['@NAME@.include'] = 'a file that a Makefile includes' },
      files = { '**/Makefile', '**/*.mk' },
      find = find,
    },
  },
}
]],

  ['tests/@NAME@_spec.lua'] = [[
local contract = require 'ifx.contract'

describe('@NAME@', function()
  local plugin = contract.plugin()

  it('finds what a Makefile includes', function()
    contract.references(plugin, {
      files = {
        ['app/Makefile'] = 'all:\n\techo include this\n\ninclude ../common.mk gone.mk\n',
        ['common.mk'] = '-include local.mk\n',
        ['local.mk'] = '',
      },
      expect = {
        { file = 'app/Makefile', line = 4, column = 9, text = '../common.mk', target = 'common.mk', resolved = true },
        { file = 'app/Makefile', line = 4, text = 'gone.mk', target = 'app/gone.mk', resolved = false },
        { file = 'common.mk', line = 1, text = 'local.mk', target = 'local.mk', resolved = true },
      },
    })
  end)

  it('lists what make computes instead of guessing', function()
    local graph = contract.references(plugin, { files = { Makefile = 'include $(DIR)/a.mk *.mk\n' }, expect = {} })
    assert.equal(2, #graph.unknown)
    assert.equal('a variable', graph.unknown[1].why)
  end)
end)
]],
}

local function fill(text, name)
  return (text:gsub('@(%u+)@', { NAME = name, API = tostring(manifest.api) }))
end

---Makes `parent/name`.
---@param parent string
---@param name string
---@return string dir
---Raises 'argument' for a name that no plugin can have, 'exists' when the folder is there.
function template.write(parent, name)
  local why = manifest.fields.name.check(name)
  if why then err.raise { kind = 'argument', op = 'make a plugin', message = ("'%s' %s"):format(name, why) } end
  local dir = fs.join(parent, name)
  if fs.lstat(dir) then
    err.raise { kind = 'exists', op = 'make a plugin', message = 'there is already something at ' .. dir }
  end
  for file, text in pairs(template.files) do
    local target = fs.join(dir, fill(file, name))
    fs.mkdir(fs.dirname(target))
    fs.write(target, fill(text, name), { sync = false })
  end
  return dir
end

return template

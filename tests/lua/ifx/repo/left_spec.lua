-- left_spec.lua: which words are old names that still stand, and which are not. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local left = require 'ifx.repo.left'
local overlay = require 'ifx.repo.overlay'

local function tree_of(files)
  local entries = {}
  for file in pairs(files) do entries[#entries + 1] = { path = file, mode = '100644' } end
  return base.new({ kind = 'folder' }, entries, function(_, entry) return files[entry.path] end)
end

-- The words found in n.md when a/y.yaml moves to b/z.yaml.
local function words(text, options)
  local tree = tree_of { ['n.md'] = text, ['a/y.yaml'] = '' }
  local after = overlay.open(tree, { moves = { ['a/y.yaml'] = 'b/z.yaml' } })
  local out = {}
  for _, item in ipairs(left.find(tree, after, { ['a/y.yaml'] = 'b/z.yaml' }, {}, options)) do out[#out + 1] = item.text end
  return out
end

describe('ifx.repo.left', function()
  it('tells addresses of this repository from those of others', function()
    local options = { names = { 'r', 'platform' } }
    assert.same({}, words('https://raw.example.org/other/project/main/y.yaml', options))
    assert.same({}, words('git@example.org:other/project.git//y.yaml', options))
    assert.same({ '//raw.example.org/someone/r/main/y.yaml' }, words('https://raw.example.org/someone/r/main/y.yaml', options))
    assert.same({ 'someone/platform.git//y.yaml' }, words('git@example.org:someone/platform.git//y.yaml', options))
    assert.same({ '//git.example.org/old-name/raw/a/y.yaml' }, words('https://git.example.org/old-name/raw/a/y.yaml', options))
    assert.same({ '/home/me/y.yaml' }, words('/home/me/y.yaml', options))
    assert.same({ '//example.org/y.yaml' }, words('https://example.org/y.yaml'))
  end)

  it('takes no word for one that was just written, or that names something in another repository', function()
    local text = 'x: c/a/y.yaml and a/y.yaml'
    assert.same({ 'c/a/y.yaml', 'a/y.yaml' }, words(text))
    assert.same({ 'a/y.yaml' }, words(text, { edits = { { file = 'n.md', new = 'c/a/y.yaml' } } }))
    assert.same({ 'c/a/y.yaml', 'a/y.yaml' }, words(text, { edits = { { file = 'other.md', new = 'c/a/y.yaml' } } }))
    assert.same({ 'c/a/y.yaml' }, words(text, { references = {
      { file = 'n.md', start = 19, stop = 26, exact = true, target_kind = 'remote' },
      { file = 'n.md', start = 4, stop = 13, exact = true, target_kind = 'path' },
    } }))
  end)
end)

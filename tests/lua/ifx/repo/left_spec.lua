-- left_spec.lua: which words are old names that still stand, and which are not. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')
local graph = require 'ifx.repo.graph'
local left = require 'ifx.repo.left'
local overlay = require 'ifx.repo.overlay'
local trees = require 'ifx.repo.tree'
local worker = require 'ifx.worker'

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

  it('finds words below folders whose files move that name nothing, and never did', function()
    local tree = tree_of {
      ['a/y.yaml'] = '', ['a/stays.md'] = '',
      ['n.md'] = 'see a/stays.md, a/none.md and\nx/a/none.md, b/none.md; a/v1 is no path\n`a/gone/x.md`\n',
    }
    local moves = { ['a/y.yaml'] = 'b/z.yaml' }
    local after = overlay.open(tree, { moves = moves })
    local function lost(touched)
      local _, _, found = left.find(tree, after, moves, {}, { touched = touched })
      local out = {}
      for i, item in ipairs(found) do out[i] = ('%d:%d %s %s'):format(item.line, item.column, item.text, item.old) end
      return out
    end
    assert.same({ '1:17 a/none.md a', '3:2 a/gone/x.md a' }, lost { a = true })
    assert.same({}, lost { b = true })
    assert.same({}, lost(nil))
  end)

  it('finds on several processors what it finds on one, in every sort of tree', function()
    local many, count = graph.MANY_FILES, worker.count
    local files, moves = {}, {}
    for i = 1, 30 do
      files[('apps/a%d/cm.yaml'):format(i)] = ('# of apps/a%d/cm.yaml and apps/none%d\n'):format(i % 30 + 1, i)
      files[('docs/%d.md'):format(i)] = ('see apps/a%d/cm.yaml,\n é apps/a1 and x/a2/cm.yaml\n'):format(i)
      moves[('apps/a%d/cm.yaml'):format(i)] = ('else/b%d.yaml'):format(i)
    end
    local dir = fixture.repository(files)
    for _, tree in ipairs { trees.worktree(dir), trees.revision(dir, 'HEAD'), trees.folder(dir) } do
      local after = trees.overlay(tree, { moves = moves, write = { ['docs/1.md'] = 'apps/a9/cm.yaml' } })
      local function find()
        return table.pack(left.find(tree, after, moves, { ['apps/a1'] = 'else' }, { touched = { apps = true } }))
      end
      local alone = find()
      graph.MANY_FILES, worker.count = 1, function() return 3 end
      local ok, together = pcall(find)
      graph.MANY_FILES, worker.count = many, count
      assert.is_true(ok, together)
      assert.same(alone, together, tree.kind)
      assert.is_true(#alone[1] > 100 and #alone[2] == 0 and #alone[3] == 30, ('%d, %d'):format(#alone[1], #alone[3]))
      tree:close()
    end
    fixture.clean()
  end)
end)

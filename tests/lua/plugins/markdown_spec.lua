-- markdown_spec.lua: what the links of Markdown documents name. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/markdown'

local function texts(markdown)
  local files = { ['a/doc.md'] = markdown, ['a/x.md'] = '', ['a/y (z).md'] = '' }
  local out = {}
  for _, ref in ipairs(graphs.build(fixture.tree(files), kit.options 'markdown').references) do
    out[#out + 1] = ref.text
    assert.are.equal(ref.style and ref.text or markdown:sub(ref.start, ref.stop), ref.text)
  end
  return table.concat(out, ' | ')
end

describe('the finder of Markdown links', function()
  it('finds every form of the fixture, and no code, comment or front matter', function()
    assert.are.same(kit.expected 'markdown.txt', kit.lines(kit.graph(FIXTURE, 'markdown')))
  end)

  it('writes destinations anew with the escapes of their form', function()
    local edits, listed = kit.moves(FIXTURE, 'markdown', {
      ['docs/guide.md'] = 'manual/the (guide).md', ['docs/images'] = 'pictures',
    })
    local said = table.concat(edits, '\n')
    assert.matches('README.md:6 docs/guide.md %-> manual/the%%20%%28guide%%29.md', said)
    assert.matches('README.md:7 docs/images/a picture.png %-> pictures/a picture.png', said)
    assert.matches('README.md:8 docs/images/a%%20picture.png %-> pictures/a%%20picture.png', said)
    assert.matches('README.md:35 docs/guide.md %-> manual/the %(guide%).md', said)
    assert.matches('the new path would need escapes in an address', table.concat(listed, '\n'))
    assert.matches('pinned to the revision v1.0.0', table.concat(listed, '\n'))
  end)

  it('knows balanced brackets, escapes and unclosed forms', function()
    assert.are.equal('y (z).md', texts '[a](y%20(z).md)')
    assert.are.equal('x.md', texts '[a [b] c](x.md)')
    assert.are.equal('x.md', texts '[a]( x.md )')
    assert.are.equal('', texts '[a](x.md "title" more)')
    assert.are.equal('', texts '[a](x.md')
    assert.are.equal('', texts '[a\\](x.md)')
    assert.are.equal('', texts '[a]()  [b](#c) [d](//host/x.md) <a href="">')
    assert.are.equal('x.md', texts '`` ` [a](x.md) `` and [a](x.md)')
    assert.are.equal('x.md', texts '`unclosed [a](x.md)')
  end)

  it('knows fences inside lists and quotes, and CRLF', function()
    assert.are.equal('x.md', texts '- ```\r\n  [a](none.md)\r\n  ```\r\n- [a](x.md)\r\n')
    assert.are.equal('x.md', texts '> ~~~\n> [a](none.md)\n> ~~~\n> [a](x.md)\n')
    assert.are.equal('', texts '````\n```\n[a](x.md)\n')
  end)

  it('takes only addresses of files for paths', function()
    local own = 'https://github.com/example/fixture'
    assert.are.equal('a/x.md', texts(('[a](%s/blob/main/a/x.md) [b](%s/issues/12) [c](%s/releases)'):format(own, own, own)))
    assert.are.equal('', texts('[a](https://github.com/example/other/blob/main/a/x.md)'))
  end)

  it('does not take a rule at the top for front matter', function()
    assert.are.equal('x.md', texts '---\n[a](x.md)\n\n---\n')
  end)

  it('survives what no document holds', function()
    local hostile = { '](', '[](', '[]()', '](' .. ('('):rep(5000), ('['):rep(5000) .. '](x.md)', '<a href=', '\xff](\xfe)' }
    for _, content in ipairs(hostile) do
      assert.has_no.errors(function() texts(content) end)
    end
  end)
end)

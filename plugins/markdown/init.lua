-- init.lua: finds the links of Markdown documents. SPDX-License-Identifier: Apache-2.0

local destination = require './destination'
local finder = require 'ifx.repo.finder'
local parse = require './parse'
local spans = require 'ifx.repo.spans'

local function find(file, ctx)
  local c, place = finder.collect('markdown', file, ctx), spans.of(file)
  for _, link in ipairs(parse.links(file.text())) do
    destination.add(c, link, place)
  end
  return c:result()
end

return {
  references = {
    {
      kinds = {
        ['markdown.link'] = 'where a link leads: [text](path)',
        ['markdown.image'] = 'the file of an image: ![text](path)',
        ['markdown.definition'] = 'where a reference definition leads: [label]: path',
        ['markdown.autolink'] = 'an address of this repository in angle brackets',
        ['markdown.html'] = 'href, src and srcset of HTML elements',
      },
      files = { '**/*.md', '**/*.markdown', '**/*.mdx', '**/*.mdown', '**/*.mkd' },
      find = find,
      rewrite = { link = destination.rewrite },
      cross = { link = destination.cross },
    },
  },
}

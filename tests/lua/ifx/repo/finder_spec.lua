-- finder_spec.lua: what finders share: spans, lookups, doubts. SPDX-License-Identifier: Apache-2.0
local finder = require 'ifx.repo.finder'
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local graphs = require 'ifx.repo.graph'
local yaml = require 'yaml'

-- The graph of a tree with one finder, which calls `each(collector, match, document)` for every item of `paths`.
local function graph(files, each, pattern)
  local one = { plugin = 'probe', kinds = { ['probe.path'] = 'a path' }, files = { '**/probe.yaml' } }
  function one.find(file, ctx)
    local c = finder.collect('probe', file, ctx)
    local document = c:document()
    for _, match in ipairs(document and c:query(document, 1, pattern or { 'paths', '*' }) or {}) do
      each(c, match, document)
    end
    return c:result()
  end
  return graphs.build(fixture.tree(files), { plugins = { one }, text = false, repo_urls = { 'https://github.com/o/own' } })
end

local function add_text(c, match)
  if c:text(match) then c:path(match, { kind = 'probe.path', base = 'd' }) end
end

local function span(text, ref)
  return ref.text, text:sub(ref.start, ref.stop), ('%d:%d'):format(ref.line, ref.column), ref.editable
end

describe('the span of a scalar', function()
  local TEXT = [[
paths:
- plain/x # why
- 'single/it''s'
- "double/x"
- "esc\x61pe"
- |-
  block/x
- >-
  two
  lines
- é: 1
]]
  local refs = graph({ ['d/probe.yaml'] = TEXT }, function(c, match)
    if match.kind == 'scalar' then c:add(match, { kind = 'probe.path' }) end
  end).references

  it('is the bytes of the text, without quotes and indicators', function()
    assert.are.same({ 'plain/x', 'plain/x', '2:3', true }, { span(TEXT, refs[1]) })
    assert.are.same({ 'double/x', 'double/x', '4:4', true }, { span(TEXT, refs[3]) })
    assert.are.same({ 'block/x', 'block/x', '7:3', true }, { span(TEXT, refs[5]) })
  end)

  it('is the whole scalar where the bytes say the text otherwise', function()
    assert.are.same({ "single/it's", "'single/it''s'", '3:3', true }, { span(TEXT, refs[2]) })
    assert.are.same({ 'escape', '"esc\\x61pe"', '5:3', true }, { span(TEXT, refs[4]) })
  end)

  it('is never edited where it spreads over lines', function()
    assert.is_false(refs[6].editable)
    assert.are.equal('two lines', refs[6].text)
  end)

  it('may be a part, which is locked where its bytes cannot be told', function()
    local parts = graph({ ['probe.yaml'] = 'paths: ["ü=value", "\\x61=value"]\n' }, function(c, match)
      c:add(match, { kind = 'probe.path', from = match.text:find('=', 1, true) + 1 })
    end).references
    assert.are.same({ 'value', 'value', '1:12', true }, { span('paths: ["ü=value", "\\x61=value"]\n', parts[1]) })
    assert.is_false(parts[2].editable)
  end)
end)

describe('a text that can be a reference', function()
  local function said(text)
    local unknown = graph({ ['probe.yaml'] = text }, add_text).unknown
    local lines = {}
    for i, item in ipairs(unknown) do lines[i] = ('%d:%d %s'):format(item.line, item.column, item.why) end
    return lines
  end

  it('is not null, empty, a number, a map, or a template', function()
    assert.are.same({
      '2:17 YAML reads this as a number, not as a text', '2:21 YAML reads this as a boolean, not as a text',
      '2:27 a list or a map where a text is expected', '2:31 a template', '2:42 a variable', '2:50 an encrypted value',
    }, said 'paths:\n  [~, "", null, 12, true, {}, "{{ x }}", "${y}", "ENC[AES256_GCM,data:x]"]\n')
  end)

  it('has bytes of its own: aliases and merge keys are listed', function()
    assert.are.same({ '2:14 a YAML alias: the text stands at its anchor' }, said 'x: &x a\npaths: [a.y, *x]\n')
    assert.are.same({ '2:8 reached through a YAML alias or merge key' }, said 'x: &x [a]\npaths: *x\n')
    assert.are.same({ '1:1 reached through a YAML alias or merge key' }, said 'x: &x {paths: [a]}\n<<: *x\n')
    assert.are.same({}, said 'other: 1\n')
  end)

  it('is not looked for in what does not parse: the graph says so once', function()
    local result = graph({ ['probe.yaml'] = 'paths: [a\n' }, add_text)
    assert.are.same({ 1, 0 }, { #result.errors, #result.unknown })
  end)
end)

describe('a path', function()
  local FILES = {
    ['d/file.yaml'] = '', ['d/sub/x.yaml'] = '', ['real/x.yaml'] = '', ['d/link'] = { link = '../real' },
    ['d/dangling'] = { link = 'nowhere' }, ['modules/m'] = { submodule = ('0'):rep(40) },
  }

  local function look(text, r)
    FILES['d/probe.yaml'] = ('paths: ["%s"]\n'):format(text)
    local found = graph(FILES, function(c, match)
      local fields = { kind = 'probe.path', base = 'd' }
      for key, value in pairs(r or {}) do fields[key] = value end
      c:path(match, fields)
    end)
    local ref = found:by_file('d/probe.yaml')[1]
    return { ref.target or '-', ref.target_kind, tostring(ref.resolved), ref.why or '-' }
  end

  it('is resolved from its base, through links', function()
    assert.are.same({ 'd/file.yaml', 'file', 'true', '-' }, look './file.yaml')
    assert.are.same({ 'd/sub', 'dir', 'true', '-' }, look 'sub/')
    assert.are.same({ '', 'dir', 'true', '-' }, look '..')
    assert.are.same({ 'd/link/x.yaml', 'file', 'true', '-' }, look 'link/x.yaml')
    assert.are.same({ 'd/link', 'dir', 'true', '-' }, look 'link')
  end)

  it('says why it leads to nothing', function()
    assert.are.same({ 'd/gone', 'path', 'false', 'does not exist' }, look 'gone')
    assert.are.same({ '-', 'path', 'false', 'leads out of the repository' }, look '../../x')
    assert.are.same({ '-', 'path', 'false', 'an absolute path' }, look '/etc/x')
    assert.are.same({ 'd/dangling', 'path', 'false', 'a symbolic link that leads nowhere in this tree' }, look 'dangling')
  end)

  it('is not known inside a submodule, in another revision, or where it need not exist', function()
    assert.are.same({ 'modules/m/x', 'path', 'nil', 'inside the submodule modules/m' }, look '../modules/m/x')
    assert.are.same({ 'modules/m', 'dir', 'true', '-' }, look '../modules/m')
    assert.are.same({ 'd/sub', 'dir', 'nil', 'an old revision' }, look('sub', { pinned = 'an old revision' }))
    assert.are.same({ 'd/gone', 'path', 'nil', 'does not exist; made later' }, look('gone', { optional = 'made later' }))
  end)

  it('is checked for what is expected there', function()
    local function check(_, kind) return kind ~= 'file' and 'no file' or nil end
    assert.are.same({ 'd/sub', 'dir', 'false', 'no file' }, look('sub', { check = check }))
    assert.are.same({ 'd/file.yaml', 'file', 'true', '-' }, look('file.yaml', { check = check }))
  end)
end)

describe('a pattern of paths', function()
  local function look(text, r)
    local files = { ['d/probe.yaml'] = 'paths: ["' .. text .. '"]\n', ['d/a/x.yaml'] = '', ['b.txt'] = '' }
    local ref = graph(files, function(c, match)
      r = r or {}
      r.kind, r.base = 'probe.path', 'd'
      c:glob(match, r)
    end).references[1]
    return { ref.target or '-', ref.target_kind, tostring(ref.resolved), ref.why or '-' }
  end

  it('resolves when something matches', function()
    assert.are.same({ 'd/a/*.yaml', 'glob', 'true', '-' }, look 'a/*.yaml')
    assert.are.same({ '*.txt', 'glob', 'true', '-' }, look '../*.txt')
    assert.are.same({ 'd/*', 'glob', 'true', '-' }, look '*')
  end)

  it('says why it does not', function()
    assert.are.same({ 'd/*.txt', 'glob', 'false', 'matches nothing' }, look '*.txt')
    assert.are.same({ 'd/*.txt', 'glob', 'nil', 'matches nothing; made later' }, look('*.txt', { optional = 'made later' }))
    assert.are.same({ '-', 'glob', 'false', 'leads out of the repository' }, look '../../*')
    assert.are.equal('false', look('[z-a]/*')[3])
  end)
end)

describe('the folder before something that is filled in', function()
  local function look(text)
    local content = 'paths: ["' .. text .. '"]\n'
    local ref = graph({ ['d/probe.yaml'] = content, ['d/a/b/x.yaml'] = '' }, function(c, match)
      c:folder_before(match, match.text:find('$', 1, true), { kind = 'probe.path', base = 'd' })
    end).references[1]
    return ref and { ref.target, content:sub(ref.start, ref.stop) }
  end

  it('is a reference where it is there', function()
    assert.are.same({ 'd/a', 'a' }, look 'a/$X/y.yaml')
    assert.are.same({ 'd/a/b', './a/b' }, look './a/b/x-$X.yaml')
  end)

  it('is none where nothing is known', function()
    for _, text in ipairs { '$X', './$X', '../$X/y', 'a$X', 'gone/$X', '/a/$X', 'a/b/x.yaml/$X' } do assert.is_nil(look(text)) end
  end)
end)

describe('a remote text', function()
  local function look(text)
    local ref = graph({ ['probe.yaml'] = 'paths: ["' .. text .. '"]\n', ['d/x.yaml'] = '' }, function(c, match)
      c:remote(match, { kind = 'probe.path' })
    end).references[1]
    return { ref.text, ref.target_kind, tostring(ref.resolved), tostring(ref.editable), ref.anchor or '-' }
  end

  it('is a path where it names one of the repository itself', function()
    assert.are.same({ 'd', 'dir', 'true', 'true', 'root' }, look 'https://github.com/o/own//d?ref=main')
    assert.are.same({ 'd', 'dir', 'nil', 'false', 'root' }, look 'https://github.com/o/own//d?ref=v1.0.0')
    assert.are.same({ 'https://github.com/o/own', 'repository', 'true', 'true', '-' }, look 'https://github.com/o/own')
    assert.are.same({ 'https://github.com/o/other//d', 'remote', 'nil', 'true', '-' }, look 'https://github.com/o/other//d')
  end)
end)

describe('a YAML text inside a block scalar', function()
  it('has the places of the file', function()
    local text = 'paths:\n- |\n    a: x\n\n    b: "long/y"\n- ">\\n c: z"\n'
    local refs = graph({ ['probe.yaml'] = text }, function(c, match)
      local inner = yaml.document(match.value)
      local inside = c:inside(match)
      for _, found in ipairs(inside:query(inner, 1, { '*' })) do inside:add(found, { kind = 'probe.path' }) end
      if match.style ~= 'literal' then inside:doubt(match, 'x', 'y') end
    end).references
    assert.are.same({ 'x', 'x', '3:8', true }, { span(text, refs[1]) })
    assert.are.same({ 'long/y', 'long/y', '5:9', true }, { span(text, refs[2]) })
    assert.are.equal(2, #refs)
  end)
end)

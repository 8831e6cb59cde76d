-- settings_spec.lua: JSON5, TOML and INI, asked by path. SPDX-License-Identifier: Apache-2.0
local settings = require 'ifx.settings'

-- 'path = value @line:column bytes', for every scalar.
local function lines(format, content)
  local read, why = settings.read(format, content)
  assert(read, why and why.message)
  local out = {}
  for _, node in ipairs(read:query { '**' }) do
    if node.kind == 'scalar' then
      local bytes = node.inner_start and content:sub(node.inner_start, node.inner_stop) or content:sub(node.start, node.stop)
      out[#out + 1] = ('%s = %s @%d:%d %s'):format(
        table.concat(node.path, '.'), tostring(node.value), node.line, node.column, bytes)
    end
  end
  return out
end

local function refused(format, content)
  local read, why = settings.read(format, content)
  assert.is_nil(read, content)
  return ('%d:%d %s'):format(why.line, why.column, why.message)
end

describe('settings', function()
  it('read JSON5: comments, bare keys, single quotes, trailing commas, escapes', function()
    assert.are.same({
      'extends.1 = a @3:13 a', 'extends.2 = b.c @3:18 b.c',
      "é = it's @4:8 'it\\'s'", 'n.m-1 = 1 @5:14 1', 'n.x = true @5:20 true',
      'n.y = \u{1F600}/ @5:30 "\\ud83d\\ude00\\/"', 'n.z =  @6:11 ',
    }, lines('json5', '\xef\xbb\xbf// é\n{\n  extends: ["a", \'b.c\',], /* x */\n  "é": \'it\\\'s\',\n'
      .. '  n: {"m-1": 1, x: true, "y":"\\ud83d\\ude00\\/",\n  "z":    "" },\n} // end'))
    assert.are.same({ ' = 1 @1:1 1' }, lines('json5', '1'))
  end)

  it('say where JSON5 cannot be read', function()
    for content, why in pairs {
      [''] = '1:1 a value', ['{'] = '1:2 a key', ['[1 2]'] = '1:4 a comma or ]', ['{a 1}'] = '1:4 a colon',
      ['"a\nb"'] = '1:3 a string',
      ['/* x'] = '1:1 a comment', ['1 2'] = '1:3 text', [('['):rep(200)] = 'levels', ["'\\"] = 'inside a string',
    } do
      assert.matches(why, refused('json5', content), 1, true)
    end
  end)

  it('read TOML: tables, lists of tables, dotted keys, four kinds of strings', function()
    assert.are.same({
      'top = 1 @1:7 1', 'a.b.c.d = x @3:7 x', 'list.1.p = ^a\\. @5:5 ^a\\.', 'list.1.q.1 = b @6:6 b',
      'list.1.q.2 = c @7:3 c',
      'list.2.p = two\nlines @10:5 two\nlines', 'list.2.sub.k = v @14:8 v', 'list.2.sub.t.u = 2020-01-01 @15:11 2020-01-01',
    }, (function()
      local out = lines('toml',
        "top = 1 # x\n[a.\"b\"]\nc.d = 'x'\n[[list]]\np = '''^a\\.'''\nq = [\"b\", # c\n  'c',\n]\n[[list]]\n"
        .. 'p = """\ntwo\nlines"""\n[list.sub]\n"k"  = "v"\nt = { u = 2020-01-01 }\n')
      for i, line in ipairs(out) do out[i] = line:gsub('= nil @(%S+) (2020%S+)', '= %2 @%1 %2') end
      return out
    end)())
  end)

  it('say where TOML cannot be read', function()
    for content, why in pairs {
      ['a'] = '1:2 an equals', ['a = '] = 'a value', ['[a'] = '1:3 a ]',
      ['a = "x'] = 'closing quote', ["a = 'x\n'"] = 'closing quote',
      ['a = 1 b'] = 'end of the line', ['a = [1 2]'] = 'a comma', ['= 1'] = '1:1 a key', ['a = ' .. ('['):rep(200)] = 'levels',
    } do
      assert.matches(why, refused('toml', content), 1, true)
    end
  end)

  it('read INI: sections, comments, values over several lines', function()
    local content = 'root = true\n[*.{md,txt}]\nindent=2 ; two\n# no\n[defaults]\r\nroles_path : a:b\r\n'
      .. 'skip =\r\n  ./x,\r\n  y\r\n'
    assert.are.same({
      '.root = true @1:8 true', '*.{md,txt}.indent = 2 @3:8 2', 'defaults.roles_path = a:b @6:14 a:b',
      'defaults.skip = ./x, @8:3 ./x,',
      'defaults.skip = y @9:3 y',
    }, lines('ini', content))
    local sections = settings.read('ini', content):query { '*' }
    assert.are.equal('*.{md,txt}', content:sub(sections[1].inner_start, sections[1].inner_stop))
    assert.are.equal('true', settings.read('ini', content):get { '', 'root' })
  end)

  it('find by patterns as documents do', function()
    local read = assert(settings.read('json5', '{a: {b: [1, {b: 2}]}, b: 3}'))
    local function at(...)
      local out = {}
      for _, node in ipairs(read:query { ... }) do out[#out + 1] = table.concat(node.path, '.') end
      return out
    end
    assert.are.same({ 'a.b', 'a.b.2.b', 'b' }, at('**', 'b'))
    assert.are.same({ 'a.b.1', 'a.b.2' }, at('a', 'b', '*'))
    assert.are.same({}, at('a', 'c'))
    assert.is_nil(read:get { 'a' })
  end)

  it('read any bytes, or say where they cannot, with spans inside of the text', function()
    local samples = {
      json5 = '{ a: ["x", \'y\\u0041\'], /* c */ "b": { c: 1, }, } // end\n',
      toml = 'a = 1\n[b."c"]\nd = ["x", \'y\', \'\'\'z\'\'\']\n[[e]]\nf.g = """\\\n h"""\ni = { j = true }\n',
      ini = 'a = b\n[c]\r\nd: e\n  f\n; g\n',
    }
    local signs = { '{', '}', '[', ']', '"', "'", '\\', '=', ':', ',', '\n', '#', '/', '\0', '\xff', '' }
    local function check(format, content)
      local read, why = settings.read(format, content)
      assert.is_truthy(read or why.message and why.line >= 1 and why.column >= 1)
      for _, node in ipairs(read and read.nodes or {}) do
        assert.is_true(node.start >= 1 and node.stop <= #content and node.start <= node.stop + 1, content)
        assert.is_true(not node.inner_start or content:sub(node.inner_start, node.inner_stop) == node.text, content)
      end
    end
    for format, sample in pairs(samples) do
      for at = 1, #sample do
        for _, sign in ipairs(signs) do
          local content = sample:sub(1, at - 1) .. sign .. sample:sub(at + 1)
          check(format, content)
          check(format, content:sub(1, at))
        end
      end
    end
  end)
end)

-- gotemplate_spec.lua: the actions of Go templates, and texts without them. SPDX-License-Identifier: Apache-2.0
local gotemplate = require 'ifx.repo.gotemplate'
local yaml = require 'yaml'

local function tokens(s)
  local out = {}
  for _, action in ipairs(gotemplate.actions(s)) do
    assert.are.equal('{{', s:sub(action.start, action.start + 1))
    assert.are.equal('}}', s:sub(action.stop - 1, action.stop))
    local words = {}
    for i, token in ipairs(action.tokens) do
      assert.are.equal(token.text, s:sub(token.start, token.stop))
      words[i] = token.type:sub(1, 1) .. ':' .. token.text .. (token.escaped and '!' or '')
    end
    out[#out + 1] = table.concat(words, ' ')
  end
  return out
end

describe('an action', function()
  it('is made of words, texts and signs', function()
    assert.are.same({ 'w:include s:a b s:|', 'w:$x s::= w:.Files.Get w:$.x.y' },
      tokens 'a {{ include "a b" | }}{{- $x := .Files.Get $.x.y -}} b')
    assert.are.same({ 's:( w:printf s:%s/x w:1.5 s:)' }, tokens '{{(printf `%s/x` 1.5)}}')
    assert.are.same({ "w:eq w:'}' w:'\\'' s:)" }, tokens "{{ eq '}' '\\'' ) }}")
    assert.are.same({ 's:a\\"b! s:' }, tokens '{{ "a\\"b" "" }}')
  end)

  it('ends at its own brackets, not at those in a text or a comment', function()
    assert.are.same({ 's:}}', '', 'w:x' }, tokens '{{ "}}" }}{{/* }} "{{ */}}{{ x }}')
    assert.are.same({ 's:a\nb' }, tokens '{{ `a\nb` }}')
    assert.are.same({ '' }, tokens '{{- /* a\n}} b */ -}}')
  end)

  it('is none when it never ends', function()
    for _, s in ipairs { '{{', '{{ x', '{{ "x }}', '{{ "x\n" }}', '{{ `x }}', '{{/* x }}', '{', '}}', '' } do
      assert.are.same({}, tokens(s))
    end
    assert.are.same({ 'w:x' }, tokens '{{ x }}{{ "')
  end)
end)

describe('an operand', function()
  local function operand(s, i)
    local first, last, formats = gotemplate.operand(gotemplate.actions(s)[1], i)
    return first and s:sub(first.start, last.stop), formats and #formats
  end

  it('is one token, or all between a pair of brackets', function()
    assert.are.same({ '$x', 0 }, { operand('{{ f $x | g }}', 2) })
    assert.are.same({ '(printf "a/%s" (g "%d"))', 2 }, { operand('{{ f (printf "a/%s" (g "%d")) y }}', 2) })
    assert.are.same({ '(a', 0 }, { operand('{{ f (a }}', 2) })
    assert.is_nil((operand('{{ f }}', 2)))
    assert.is_nil((operand('{{ f | g }}', 2)))
  end)
end)

describe('a text without its actions', function()
  it('has every other byte at its place', function()
    local s = 'é: {{ x }}\n{{- if "é" }}\n  {{ a }} {{ b }}\nb: "{{ `"` }}/c"\n{{/* one\n two */}}\n- x{{ y }}{{ z }}\n'
    local masked = gotemplate.masked(s)
    assert.are.equal(#s, #masked)
    assert.is_nil(masked:find('[{}]'))
    for i = 1, #s do
      if masked:sub(i, i) == '\n' or s:sub(i, i) == '\n' then assert.are.equal(s:sub(i, i), masked:sub(i, i)) end
    end
    assert.truthy(masked:find('/c"\n', 1, true))
  end)

  it('reads as the format that it makes', function()
    local s = 'a:\n{{- range .x }}\n  {{ .n }}: {{ .v | quote }}\n  {{ .m }}: ./plain\n{{- end }}\nb: ["{{ .x }}/{{ .y }}", z]\n'
    local document = yaml.document(gotemplate.masked(s))
    assert.are.equal('z', document:get({ 'b', 2 }, 1))
    local found = document:query({ 'a', '*' }, 1)
    assert.are.equal('./plain', found[2].text)
    assert.are.equal('./plain', s:sub(found[2].inner_start, found[2].inner_stop))
  end)

  it('has only the first branches of conditions when that is asked for', function()
    local s = 'a: 1\n{{ if .x }}\nb: 2\n{{ if .y }}\nc: 3\n{{ else if .z }}\nc: 4\n{{ else }}\nc: 5\n{{ end }}\n{{ else }}\n'
      .. 'b: 6\n{{ if .w }}\nd: 7\n{{ else }}\n{{ end }}\n{{ end }}\ne: {{ if .v }}8{{ else }}9{{ end }}\n'
    local masked, others = gotemplate.masked(s, 'first')
    assert.are.equal(#s, #masked)
    assert.are.equal(3, #others)
    for _, other in ipairs(others) do assert.are.equal('{{ else', s:sub(other.start, other.start + 6)) end
    local document = yaml.document(masked)
    assert.are.same({ 1, 2, 3, nil }, { document:get({ 'a' }, 1), document:get({ 'b' }, 1), document:get({ 'c' }, 1) })
    assert.is_nil(document:get({ 'd' }, 1))
    for _, cut in ipairs { '{{ else }}a', '{{ end }}a', '{{ if }}{{ else }}a', '{{ end }}{{ else }}{{ end }}' } do
      assert.are.equal(#cut, #gotemplate.masked(cut, 'first'))
    end
  end)

  it('is itself where it has none', function()
    for _, s in ipairs { '', 'a: b\n', '{{', 'a: {b: {}}\n' } do assert.are.equal(s, gotemplate.masked(s)) end
  end)

  it('is made in a time that grows with its length', function()
    local s = ('x: {{ a }}\n'):rep(20000) .. ('{{'):rep(20000)
    local start = os.clock()
    assert.are.equal(#s, #gotemplate.masked(s))
    assert.is_true(os.clock() - start < 5)
  end)
end)

-- hcl_spec.lua: HCL documents as scripts ask them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local hcl = require 'hcl'
local ifx = require 'ifx'

local SAMPLE = [==[
# the root
terraform {
  backend "s3" {}
}

module net "x\ty" {
  source = "../mod" # ü
  v      = { a = 1, "b" = [1, -2.5, null, true], (1) = "$${x}" }
  f      = file("${path.module}/x/${var.n}.yaml")
  t      = templatefile(("${path.module}/a.tpl"), { n = join(",", ["p"]...) })
  h      = <<-EOT
    hello
      ${var.w}
  EOT
  s      = module.m["k"].ids[0].z[*].q
}
top = 1
]==]

local function refusal(kind, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, kind), tostring(e))
  return e
end

local function only(list, field, wanted)
  local out = {}
  for _, item in ipairs(list) do
    if item[field] == wanted then out[#out + 1] = item end
  end
  return out
end

local function spans(doc, list, first, last)
  local out = {}
  for _, item in ipairs(list) do out[#out + 1] = doc:text():sub(item[first or 'start'], item[last or 'stop']) end
  return out
end

describe('hcl.document', function()
  local doc = hcl.document(SAMPLE)

  it('lists blocks with labels, bodies and places', function()
    local blocks = doc:blocks()
    assert.equal(3, #blocks)
    assert.same({ 'terraform', 'backend', 'module' }, { blocks[1].type, blocks[2].type, blocks[3].type })
    assert.same(ifx.list { 'net', 'x\ty' }, blocks[3].labels)
    assert.same({ 'net', '"x\\ty"' }, spans(doc, blocks[3].label_spans))
    assert.equal(blocks[1].id, blocks[2].parent)
    assert.is_nil(blocks[1].parent)
    assert.same({ 0, 1, 0 }, { blocks[1].depth, blocks[2].depth, blocks[3].depth })
    assert.same({ 3, 3 }, { blocks[2].line, blocks[2].column })
    assert.equal('backend "s3" {}', SAMPLE:sub(blocks[2].start, blocks[2].stop))
    assert.equal(blocks[2].body_start - 1, blocks[2].body_stop)
    assert.equal('\n  backend "s3" {}\n', SAMPLE:sub(blocks[1].body_start, blocks[1].body_stop))
    assert.same({ 'module' }, { doc:blocks 'module'[1].type })
    assert.same({}, { table.unpack(doc:blocks 'none') })
  end)

  it('lists attributes of a block, by the block or its id, and of the top level', function()
    local module = doc:blocks 'module'[1]
    local list = doc:attributes(module)
    assert.same({ 'source', 'v', 'f', 't', 'h', 's' }, {
      list[1].name, list[2].name, list[3].name, list[4].name, list[5].name, list[6].name })
    assert.equal(6, #doc:attributes(module.id))
    assert.equal('source = "../mod"', SAMPLE:sub(list[1].start, list[1].stop))
    assert.same({ '"../mod"', 7, 3, module.id }, { list[1].expr, list[1].line, list[1].column, list[1].block })
    assert.equal('"../mod"', SAMPLE:sub(list[1].expr_start, list[1].expr_stop))
    assert.equal('top', doc:attributes()[1].name)
    assert.is_nil(doc:attributes()[1].block)
    assert.equal('top', doc:find(nil, 'top').name)
    assert.equal('f', doc:find(module, 'f').name)
    assert.is_nil(doc:find(module, 'top'))
    refusal('not_found', doc.attributes, doc, 99)
    refusal('argument', doc.attributes, doc, 'module')
    refusal('argument', doc.find, doc, nil, 7)
  end)

  it('gives the values of constants, and why others have none', function()
    local module = doc:blocks 'module'[1]
    local value = doc:value(doc:find(module, 'v'))
    assert.same({ 1, ifx.list { 1, -2.5, ifx.null, true }, '${x}' }, { value.a, value.b, value['1'] })
    assert.same({ 'a', 'b', '1' }, { table.unpack(ifx.keys(value)) })
    assert.equal('integer', math.type(value.a))
    local none, why = doc:value(doc:find(module, 'f'))
    assert.is_nil(none)
    assert.equal('line 9, column 12: file("${path.module}/x/${var.n}.yaml") is not constant', why)
    assert.equal('line 1, column 5: 9223372036854775808 is more than 64 bits hold',
      (select(2, hcl.document('a = 9223372036854775808'):value { name = 'a' })))
    refusal('not_found', doc.value, doc, { name = 'none' })
    refusal('argument', doc.value, doc, {})
  end)

  it('takes apart strings', function()
    local strings = doc:strings()
    local path = only(strings, 'attribute', 'f')[1]
    assert.same({ 'file', 1, true, false, 'quoted' }, { path.call, path.arg, path.direct, path.whole, path.style })
    assert.is_nil(path.value)
    assert.equal(4, #path.parts)
    assert.same({ 'path.module', 'path.module' }, { path.parts[1].expr, path.parts[1].traversal })
    assert.same({ '/x/', '/x/' }, { path.parts[2].text, path.parts[2].raw })
    assert.same({ '${path.module}', '/x/', '${var.n}', '.yaml' }, spans(doc, path.parts))
    local template = only(strings, 'attribute', 't')
    assert.is_true(template[1].direct)
    assert.same({ 'join', 1, 'n' }, { template[2].call, template[2].arg, template[2].key })
    assert.same({ 'join', 2, false }, { template[3].call, template[3].arg, template[3].direct })
    assert.is_true(only(strings, 'value', 'b')[1].is_key)
    assert.equal('1', only(strings, 'value', '${x}')[1].key)
    local source = only(strings, 'attribute', 'source')[1]
    assert.is_true(source.whole)
    assert.equal('../mod', source.value)
    assert.same({ '../mod' }, spans(doc, { source }, 'inner_start', 'inner_stop'))
    local heredoc = only(strings, 'style', 'heredoc')[1]
    assert.equal('    hello\n      ${var.w}\n', SAMPLE:sub(heredoc.inner_start, heredoc.inner_stop))
    assert.is_true(heredoc.whole)
  end)

  it('names directives', function()
    local s = hcl.document('a = "%{ if var.x ~}y%{ else }z%{ endif }%{ for i, v in l }${v}${i}%{ endfor }${v}"')
    local parts = s:strings()[1].parts
    assert.same({ 'if', 'else', 'endif', 'for', 'endfor' },
      { parts[1].directive, parts[3].directive, parts[5].directive, parts[6].directive, parts[9].directive })
    assert.same({ 'var.x', 'l' }, { parts[1].expr, parts[6].traversal })
    assert.is_nil(parts[3].expr)
    local bound = {}
    for _, t in ipairs(s:traversals()) do bound[#bound + 1] = t.text .. '=' .. tostring(t.bound) end
    assert.same({ 'var.x=false', 'l=false', 'v=true', 'i=true', 'v=false' }, bound)
  end)

  it('lists traversals, bare keys left out, and says which are variables of loops', function()
    local traversal = only(doc:traversals(), 'attribute', 's')[1]
    assert.equal('module.m["k"].ids[0].z[*].q', traversal.text)
    assert.same(ifx.list { 'module', 'm' }, traversal.names)
    assert.equal('module', traversal.root)
    local s = hcl.document('a = { b = c, (d) = e[f.g].0.h, k = { for k, v in k.v : k => v.w if v } }')
    local texts = {}
    for _, t in ipairs(s:traversals()) do texts[#texts + 1] = t.text .. (t.bound and '!' or '') end
    assert.same({ 'c', 'd', 'e[f.g].0.h', 'f.g', 'k.v', 'k!', 'v.w!', 'v!' }, texts)
  end)

  it('lists calls with the spans of their arguments', function()
    local call = doc:calls 'join'[1]
    assert.is_true(call.expand)
    assert.same({ '","', '["p"]' }, spans(doc, call.args))
    assert.same({ 'file', 'templatefile', 'join' }, (function()
      local names = {}
      for _, c in ipairs(doc:calls()) do names[#names + 1] = c.name end
      return names
    end)())
    local scoped = hcl.document('x = (provider :: # c\n a/* d */::b("e"))')
    assert.equal('provider::a::b', scoped:calls 'provider::a::b'[1].name)
    assert.equal('provider::a::b', scoped:strings()[1].call)
  end)

  it('counts columns in characters, and bytes in bytes', function()
    local d = hcl.document('\xEF\xBB\xBFä = "ö"\r\nb = ["ü", x]\r\n')
    local a = d:attributes()[1]
    assert.same({ 'ä', 4, 1 }, { a.name, a.start, a.column })
    assert.same({ 5, '"ö"' }, { d:strings()[1].column, a.expr })
    local x = d:traversals()[1]
    assert.same({ 2, 11 }, { x.line, x.column })
  end)

  it('refuses what does not parse, with its place', function()
    local e = refusal('parse', hcl.document, 'a = [1\n', { file = 'x.tf' })
    assert.same({ 'x.tf', 2, 1, 'hcl.document' }, { e.file, e.line, e.column, e.op })
    refusal('argument', hcl.document, 5)
    refusal('argument', hcl.document, '', { file = 5 })
    refusal('limit', hcl.document, 'a = ' .. ('['):rep(300) .. (']'):rep(300))
  end)

  it('ends when closed, twice without harm', function()
    local d <close> = hcl.document('a = 1')
    d:close()
    d:close()
    refusal('argument', d.text, d)
    refusal('argument', d.text, 'no document')
  end)
end)

describe('hcl.quote', function()
  it('makes literals that read back the same', function()
    assert.equal([["a\"\\\n$${b}%%{c}$d"]], hcl.quote 'a"\\\n${b}%{c}$d')
    for _, text in ipairs { '', 'ü', '${', '$${', '%{', '\0\1\127', '\u{2028}', '\u{1F600}', '$', '\t\r' } do
      local d = hcl.document('a = ' .. hcl.quote(text))
      assert.equal(text, d:value(d:find(nil, 'a')))
    end
    refusal('argument', hcl.quote, '\xFF')
  end)
end)

describe('an edited document', function()
  it('sets, adds, removes and replaces, and is returned', function()
    local doc = hcl.document 'module "a" {\n  source = "x" # keep\n}\n'
    local a = doc:blocks()[1]
    assert.equal(doc, doc:set(a, 'source', hcl.quote '../x'):set(a.id, 'n', '1'):set(nil, 'top', 'true'))
    assert.equal('module "a" {\n  source = "../x" # keep\n  n      = 1\n}\ntop = true\n', doc:text())
    doc:remove(doc:find(a, 'n')):remove(doc:find(nil, 'top')):append(nil, 'moved {\n  from = a\n}'):append(a, 'b = 2')
    assert.equal('module "a" {\n  source = "../x" # keep\n  b = 2\n}\n\nmoved {\n  from = a\n}\n', doc:text())
    local label = a.label_spans[1]
    doc:replace(label.start, label.stop, '"b"')
    assert.same({ 'b' }, { table.unpack(doc:blocks 'module'[1].labels) })
    doc:remove(doc:blocks 'moved'[1])
    assert.equal('module "b" {\n  source = "../x" # keep\n  b = 2\n}\n', doc:text())
  end)

  it('refuses what is gone, and what would change more', function()
    local doc = hcl.document('a {}\nb = 1\n', { file = 'x.tf' })
    local a, b = doc:blocks()[1], doc:find(nil, 'b')
    doc:remove(a):remove(b)
    assert.equal('', doc:text())
    refusal('not_found', doc.remove, doc, a)
    refusal('not_found', doc.remove, doc, b)
    refusal('not_found', doc.append, doc, a, 'c = 1')
    refusal('not_found', doc.set, doc, a, 'c', '1')
    refusal('argument', doc.remove, doc, {})
    refusal('argument', doc.replace, doc, 2, 1, '')
    refusal('argument', doc.replace, doc, 1, 7, '')
    doc:append(nil, 'c = "x"')
    local e = refusal('parse', doc.replace, doc, 6, 6, '"y')
    assert.same({ 'x.tf', 1, 'hcl.document:replace' }, { e.file, e.line, e.op })
    assert.equal('c = "x"\n', doc:text())
  end)
end)

describe('what is too long or too large', function()
  it('is cut between characters in messages', function()
    local long = ('\xc3\xa9'):rep(60)
    for _, text in ipairs { 'a = 1 x' .. long, 'a = <<x' .. long .. ' ', 'a = <<x' .. long .. '\n' } do
      local e = refusal('parse', hcl.document, text .. '\n')
      assert.is_truthy(utf8.len(e.message), e.message)
    end
  end)

  it('is no number', function()
    local doc = hcl.document 'a = 1e999\nb = -1e999\nc = 1e300\n'
    for _, name in ipairs { 'a', 'b' } do
      local value, why = doc:value(doc:find(nil, name))
      assert.is_nil(value)
      assert.is_truthy(why:find('more than 64 bits', 1, true), why)
    end
    assert.equal(1e300, (doc:value(doc:find(nil, 'c'))))
  end)
end)

describe('a document that is closed while it is asked', function()
  it('has no attributes', function()
    local doc = hcl.document 'a = 1\n'
    local closing = setmetatable({}, { __index = function(_, key)
      doc:close()
      return key == 'name' and 'a' or nil
    end })
    refusal('not_found', doc.value, doc, closing)
    refusal('argument', doc.text, doc)
  end)
end)

describe('hcl.format', function()
  it('writes the canonical style', function()
    assert.equal('a "b" {\n  c   = x\n  ddd = 1 # e\n}\n', hcl.format 'a b {\nc="${x}"\n ddd=1   # e\n}\n')
    local e = refusal('parse', hcl.format, 'a = ', { file = 'x.tf' })
    assert.same({ 'x.tf', 1, 'hcl.format' }, { e.file, e.line, e.op })
    refusal('argument', hcl.format, nil)
  end)
end)

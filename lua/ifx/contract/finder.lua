-- finder.lua: the laws that every reference finder must keep. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

-- What a file may hold in the wild, under any name that a finder asks for.
local HOSTILE = {
  empty = '',
  ['a NUL byte'] = 'a\0b',
  ['no UTF-8'] = '\xff\xfe\xfa: \x80\n',
  ['broken YAML'] = 'a: [b\nc: }\n',
  ['a list of nothing'] = '- \n- ~\n- {}\n- []\n',
  ['a scalar'] = '42\n',
  ['CRLF and a BOM'] = '\xef\xbb\xbfa: b\r\n',
  ['an endless line'] = ('x'):rep(100000),
  ['an alias of itself'] = '&a [*a]\n',
}

local function finders_of(plugin)
  local list = {}
  for _, finder in ipairs(plugin.value.references or {}) do list[#list + 1] = { plugin = plugin.name, value = finder } end
  if #list == 0 then contract.fail('%s contributes no references', plugin.name) end
  return list
end

local function build(plugin, dir)
  local tree <close> = require 'ifx.repo.tree'.folder(dir)
  return require 'ifx.repo.graph'.build(tree, { plugins = finders_of(plugin), text = false, repo_urls = {} })
end

local function check_kind(plugin, ref)
  for _, finder in ipairs(plugin.value.references) do
    if finder.kinds[ref.kind] then return end
  end
  contract.fail('%s:%d: the kind %s is none of the kinds of %s', ref.file, ref.line or 0, tostring(ref.kind), plugin.name)
end

-- A span that is off by one byte destroys a file when it is rewritten.
local function check_span(ref, bytes)
  local found = bytes:sub(ref.start, ref.stop)
  if ref.stop > #bytes then contract.fail('%s: the span of %s ends after the file', ref.file, ref.text) end
  local verbatim = not ref.style or ref.style == 'plain'
  if ref.exact and verbatim and found ~= ref.text then
    contract.fail("%s:%d: the span holds '%s', the reference says '%s'", ref.file, ref.line or 0, found, ref.text)
  end
  local line, column = require 'ifx.text'.position(bytes, ref.start)
  if ref.line and (ref.line ~= line or ref.column ~= column) then
    contract.fail('%s: %s stands at %d:%d, not at %d:%d', ref.file, ref.text, line, column, ref.line, ref.column or 0)
  end
  if ref.resolved == false and not ref.why then
    contract.fail('%s:%d: %s does not resolve, but why?', ref.file, line, ref.text)
  end
end

local function check_overlap(references)
  for i = 2, #references do
    local before, ref = references[i - 1], references[i]
    local alike = before.file == ref.file and before.kind == ref.kind and before.exact and ref.exact
    if alike and ref.start <= before.stop then
      contract.fail('%s: two references of the kind %s overlap at %d:%d', ref.file, ref.kind, ref.line or 0, ref.column or 0)
    end
  end
end

local FIELDS = { 'file', 'line', 'column', 'kind', 'text', 'target', 'resolved', 'exact', 'editable', 'base' }

local function summary(graph)
  local list = {}
  for i, ref in ipairs(graph.references) do
    list[i] = {}
    for _, field in ipairs(FIELDS) do list[i][field] = ref[field] end
  end
  return list
end

local function check_expected(graph, expect)
  if #graph.references ~= #expect then
    contract.fail('%d references were expected and %d found:\n%s', #expect, #graph.references, contract.show(summary(graph)))
  end
  for i, want in ipairs(expect) do
    for field, value in pairs(want) do
      if graph.references[i][field] ~= value then
        contract.fail('reference %d: %s is %s, expected %s', i, field, tostring(graph.references[i][field]), tostring(value))
      end
    end
  end
end

local function check_hostile(plugin, files)
  for path in pairs(files) do
    for what, bytes in pairs(HOSTILE) do
      contract.with_files({ [path] = bytes }, function(dir)
        for _, e in ipairs(build(plugin, dir).errors) do
          if e.plugin then contract.fail('%s with %s: %s', path, what, e.message) end
        end
      end)
    end
  end
end

---Checks a plugin's finders on these files: what is found is what is expected (in the order of files and bytes; each
---only by the fields that are given), spans hold exactly the text, kinds are declared, a second look finds the same,
---nothing is written, and nothing that a file may hold makes a finder raise.
---@param plugin ifx.contract.Plugin
---@param case { files: table<string, string>, expect: table[] }
---@return table graph
---Raises kind 'plugin' with what is broken.
return function(plugin, case)
  local graph = contract.with_files(case.files, function(dir)
    local first = build(plugin, dir)
    for _, e in ipairs(first.errors) do
      if e.plugin then contract.fail('%s: %s', e.file, e.message) end
    end
    for _, ref in ipairs(first.references) do
      check_kind(plugin, ref)
      check_span(ref, case.files[ref.file])
    end
    check_overlap(first.references)
    check_expected(first, case.expect)
    if not contract.equal(summary(build(plugin, dir)), summary(first)) then
      contract.fail('a second look at the same files finds something else')
    end
    if not contract.equal(contract.files_of(dir), case.files) then contract.fail('a finder changed a file') end
    return first
  end)
  check_hostile(plugin, case.files)
  return graph
end

-- judge_spans.lua: what `ifx refs --json` says stands there, byte for byte. SPDX-License-Identifier: Apache-2.0
local graph = json.decode(fs.read(fs.env 'ANSWER'))
equal('nothing failed', 0, #graph.errors)

-- The contents of files, read from Git by one process.
local names, contents = {}, {}
for _, ref in ipairs(graph.references) do
  if ref.editable and not contents[ref.file] then
    contents[ref.file], names[#names + 1] = true, ref.file
  end
end
local asked = {}
for i, name in ipairs(names) do asked[i] = BASE .. ':' .. name .. '\n' end
local answer, at = git.run(REPO, { 'cat-file', '--batch' }, { stdin = table.concat(asked) }).stdout, 1
for _, name in ipairs(names) do
  local size, first = answer:match('^%x+ blob (%d+)\n()', at)
  contents[name] = answer:sub(first, first + tonumber(size) - 1)
  at = first + tonumber(size) + 1
end

-- A span holds the text itself, or the text as a string of JSON or YAML, or as an address writes it.
local function same(written, text)
  if written == text then return true end
  if written:find '^"' then return json.decode(written) == text end
  return (written:gsub('%%(%x%x)', function(hex) return string.char(tonumber(hex, 16)) end)) == text
end

local kinds, wrong = {}, 0
for _, ref in ipairs(graph.references) do
  if ref.resolved ~= false then kinds[ref.kind] = (kinds[ref.kind] or 0) + 1 end
  if ref.editable then
    local written = contents[ref.file]:sub(ref.start, ref.stop)
    if not same(written, ref.text) then
      wrong = wrong + 1
      ok(('%s:%d:%d'):format(ref.file, ref.line, ref.column), false, ('%s is not %s'):format(written, ref.text))
    end
  end
end
equal('spans that hold something else', 0, wrong)
for kind, least in fs.env('KINDS'):gmatch '(%S+)=(%d+)' do
  ok('found: ' .. kind, (kinds[kind] or 0) >= tonumber(least), ('%d, not %s'):format(kinds[kind] or 0, least))
end
done()

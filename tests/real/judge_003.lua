-- judge_003.lua: is the result what accept-003.json says of option A? SPDX-License-Identifier: Apache-2.0
check_moves(accept.moves)
for _, move in ipairs(accept.moves) do
  equal('history of ' .. move.from, move.follow_before, commits_of(BASE, move.from))
  local after = commits_of(TIP, move.to)
  ok('history of ' .. move.to, after >= move.follow_after_min, after)
end
local generated = {}
for _, entry in ipairs(accept.generated.A) do table.move(expand(entry), 1, 99, #generated + 1, generated) end
check_generated(generated)

local function check_removed(rewrite)
  local text = run('show', TIP .. ':' .. rewrite.file)
  for entry in rewrite.from:gmatch '[^, ]+' do ok(rewrite.file .. ' has no more ' .. entry, not has(text, entry)) end
  local rest = {}
  for _, line in ipairs(file_lines(BASE, rewrite.file)) do
    local gone = false
    for entry in rewrite.from:gmatch '[^, ]+' do gone = gone or has(line, entry) end
    if not gone then rest[#rest + 1] = line end
  end
  equal(rewrite.file .. ' lost these lines and nothing else', table.concat(rest, '\n'), text)
end

for _, rewrite in ipairs(accept.rewrites) do
  if rewrite.kind == 'kustomize resources' then
    check_removed(rewrite)
  else
    local name = ('%s:%d'):format(rewrite.file, rewrite.line)
    local before = file_lines(BASE, rewrite.file)[rewrite.line]
    local first, last = before:find(rewrite.from, 1, true)
    equal(name, before:sub(1, first - 1) .. rewrite.to .. before:sub(last + 1), file_lines(TIP, rewrite.file)[rewrite.line])
  end
end

-- rewrites_note: written anew so that it resolves from where it is read, or listed by file and line; never passed over
local listed = listed_places()

local function resolves(file, word)
  local plain = word:gsub('^/+', '')
  local dir = fs.dirname(file)
  for _, base in ipairs { '', dir, fs.dirname(dir) } do
    local path = fs.normalize(fs.join(base, plain))
    if path and oid(TIP, path) then return true end
  end
end

local NOTED = {
  ['docs/FLOWISE-SETUP.md'] = { 407, 408 },
  ['services/homelab-dashboard/DEPLOYMENT.md'] = { 61, 80, 81, 82 },
  ['services/homelab-dashboard/MIGRATION-CHECKLIST.md'] = { 45, 106, 107, 108 },
  ['services/homelab-dashboard/SECURITY-SUMMARY.md'] = { 115, 125 },
  ['services/homelab-dashboard/scripts/deploy.sh'] = { 57, 62, 68, 69, 70 },
}
for file, numbers in pairs(NOTED) do
  ok('the note speaks of ' .. file, has(accept.rewrites_note, fs.basename(file)))
  for _, n in ipairs(numbers) do
    local word = file_lines(TIP, file)[n]:match '[%w./_-]+%.yaml'
    ok(('%s:%d resolves, or is listed'):format(file, n), listed[('%s:%d'):format(file, n)] or (word and resolves(file, word)), word)
  end
end
for file, numbers in pairs { ['claudedocs/SECURITY-CHANGES-APPLIED.md'] = { 223, 271 }, ['claudedocs/SECURITY-FILES-MODIFIED.txt'] = { 23, 27 } } do
  for _, n in ipairs(numbers) do
    equal(('%s:%d is left alone'):format(file, n), file_lines(BASE, file)[n], file_lines(TIP, file)[n])
    ok(('%s:%d is listed'):format(file, n), listed[('%s:%d'):format(file, n)])
  end
end

check_unchanged()
check_kustomizations({}, { apps = './apps' })
check_renders(accept.checks.kubectl_kustomize.after_A, 'apps')
done()

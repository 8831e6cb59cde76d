-- judge_003.lua: is the result what accept-003.json says? SPDX-License-Identifier: Apache-2.0
local accept = json.decode(fs.read(fs.join(SHARED, 'conformance/migrations/accept-003.json')))
local plan = json.decode(fs.read(fs.env 'PLAN'))

for _, move in ipairs(accept.moves) do
  equal(move.to .. ' has the blob of ' .. move.from, move.blob, oid(TIP, move.to))
  equal(move.from .. ' is gone', nil, oid(TIP, move.from))
  equal('the first commit holds the rename of ' .. move.from, move.blob, oid(TIP .. '~1', move.to))
  equal('history of ' .. move.from, move.follow_before, commits_of(BASE, move.from))
  local after = commits_of(TIP, move.to)
  ok('history of ' .. move.to, after >= move.follow_after_min, after)
end
equal('nothing else was renamed', #accept.moves, #lines(run('diff', '--name-only', '-M100', '--diff-filter=R', BASE, TIP .. '~1')))
equal('the first commit only renames', '', run('diff', '--name-only', '-M100', '--diff-filter=r', BASE, TIP .. '~1'))

-- {a,b} in a path stands for each
local function expand(path)
  local head, choices, rest = path:match '^(.-){(.-)}(.*)$'
  if not head then return { path } end
  local out = {}
  for choice in choices:gmatch '[^,]+' do out[#out + 1] = head .. choice .. rest end
  return out
end

local generated = 0
for _, entry in ipairs(accept.generated.A) do
  for _, path in ipairs(expand(entry)) do
    generated = generated + 1
    ok('generated: ' .. path, oid(TIP, path) ~= nil and oid(BASE, path) == nil)
  end
end
equal('nothing else was generated', generated, #lines(run('diff', '--name-only', '--no-renames', '--diff-filter=A', TIP .. '~1', TIP)))

local function has(text, part) return text:find(part, 1, true) ~= nil end

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
local listed = {}
for _, section in ipairs(plan.report) do
  for _, row in ipairs(section.rows or {}) do
    local place = row[1]:match '^(.-:%d+):%d+$'
    if place and section.title:find '^Old names' or place and section.title:find '^References left' then listed[place] = true end
  end
end

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

-- must_not_change
equal('every entry of must_not_change has its check here', 5, #accept.must_not_change)
local same = { 'clusters/homelab/flux-system' }
for _, name in ipairs { 'family-assistant', 'lobechat', 'whisper' } do
  same[#same + 1] = 'infrastructure/kubernetes/services/' .. name
end
for _, path in ipairs(same) do
  ok(path .. ' is there', oid(BASE, path) ~= nil)
  equal(path .. ' is as before', oid(BASE, path), oid(TIP, path))
end
for _, path in ipairs(lines(run('diff', '--name-only', '--no-renames', '--diff-filter=MAT', BASE, TIP, '--', 'services'))) do
  ok('no source changed: ' .. path, path:find '%.md$' or path:find '/scripts/deploy%.sh$')
end
local workflow = '.github/workflows/build-dashboard.yaml'
for _, n in ipairs { 7, 61 } do equal(('%s:%d'):format(workflow, n), file_lines(BASE, workflow)[n], file_lines(TIP, workflow)[n]) end
local function kustomizations(rev)
  local out = {}
  for _, path in ipairs(lines(run('ls-tree', '-r', '--name-only', rev, '--', 'clusters'))) do
    for _, object in ipairs(path:find '%.yaml$' and yaml.decode_all(run('show', rev .. ':' .. path)) or {}) do
      if type(object) == 'table' and object.kind == 'Kustomization' and object.spec then out[object.metadata.name] = object.spec.path end
    end
  end
  return out
end
local names_before, names_after = kustomizations(BASE), kustomizations(TIP)
for _, name in ipairs { 'infrastructure', 'lobechat-stack', 'flux-system' } do
  ok('Kustomization ' .. name .. ' keeps its name and path', names_before[name] and names_before[name] == names_after[name])
end
equal('the new one', './apps', names_after.apps)
equal('and no other', count(names_before) + 1, count(names_after))

-- checks
local function render(dir, path)
  return add_objects({}, proc.run({ 'kubectl', 'kustomize', fs.join(dir, path) }, { timeout = 120 }).stdout, path)
end
if proc.find 'kubectl' then
  local before, after, union = {}, {}, {}
  for path, number in pairs(accept.checks.kubectl_kustomize.before) do
    before = render(fs.env 'WORK_BEFORE', path)
    equal('objects of ' .. path .. ' before', number, count(before))
  end
  for path, number in pairs(accept.checks.kubectl_kustomize.after_A) do
    after[path] = render(fs.env 'WORK_AFTER', path)
    equal('objects of ' .. path .. ' after', number, count(after[path]))
    for id, content in pairs(after[path]) do
      ok('one owner of ' .. id, union[id] == nil)
      union[id] = content
    end
  end
  equal('the union is asked for', true, accept.checks.union_equal)
  equal_objects('union', before, union)
  local volumes = {}
  for id in pairs(after.apps) do
    local namespace, name = id:match '^v1 PersistentVolumeClaim (%S*) (%S+)$'
    if name then volumes[#volumes + 1] = namespace .. '/' .. name end
  end
  equal('volumes that move', table.concat(accept.checks.pvc_in_moved_set, ' '), table.concat(volumes, ' '))
else
  print 'pending: kubectl is not here, so nothing was rendered'
end
for _, name in ipairs(accept.checks.pvc_in_moved_set) do
  ok('the plan names the volume ' .. name, plan.hazards[1] and has(plan.hazards[1].reason, name))
end
done()

-- judge_homelab.lua: what both options of accept-003.json ask of the result. SPDX-License-Identifier: Apache-2.0
local accept = json.decode(fs.read(fs.join(SHARED, 'conformance/migrations/accept-003.json')))
local plan = json.decode(fs.read(fs.env 'PLAN'))

local function has(text, part) return text:find(part, 1, true) ~= nil end

local function check_moves(moves)
  for _, move in ipairs(moves) do
    equal(move.to .. ' has the blob of ' .. move.from, move.blob, oid(TIP .. '~1', move.to))
    equal(move.from .. ' is gone', nil, oid(TIP, move.from))
  end
  equal('nothing else was renamed', #moves, #lines(run('diff', '--name-only', '-M100', '--diff-filter=R', BASE, TIP .. '~1')))
  equal('the first commit only renames', '', run('diff', '--name-only', '-M100', '--diff-filter=r', BASE, TIP .. '~1'))
end

-- {a,b} in a path stands for each
local function expand(path)
  local head, choices, rest = path:match '^(.-){(.-)}(.*)$'
  if not head then return { path } end
  local out = {}
  for choice in choices:gmatch '[^,]+' do out[#out + 1] = head .. choice .. rest end
  return out
end

local function check_generated(paths)
  for _, path in ipairs(paths) do ok('generated: ' .. path, oid(TIP, path) ~= nil and oid(BASE, path) == nil) end
  equal('nothing else was generated', #paths, #lines(run('diff', '--name-only', '--no-renames', '--diff-filter=A', TIP .. '~1', TIP)))
end

-- What the report lists for a person, as FILE:LINE.
local function listed_places()
  local listed = {}
  for _, section in ipairs(plan.report) do
    for _, row in ipairs(section.rows or {}) do
      local place = row[1]:match '^(.-:%d+):%d+$'
      if place and section.title:find '^Old names' or place and section.title:find '^References left' then listed[place] = true end
    end
  end
  return listed
end

-- must_not_change
local function check_unchanged()
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
end

local function kustomizations(rev)
  local out = {}
  for _, path in ipairs(lines(run('ls-tree', '-r', '--name-only', rev, '--', 'clusters'))) do
    for _, object in ipairs(path:find '%.yaml$' and yaml.decode_all(run('show', rev .. ':' .. path)) or {}) do
      if type(object) == 'table' and object.kind == 'Kustomization' and object.spec then out[object.metadata.name] = object.spec.path end
    end
  end
  return out
end

-- The Flux Kustomizations keep their names, and their paths but those in `changed`; `new` ones come.
local function check_kustomizations(changed, new)
  local before, after = kustomizations(BASE), kustomizations(TIP)
  for _, name in ipairs { 'infrastructure', 'lobechat-stack', 'flux-system' } do
    ok('Kustomization ' .. name .. ' was there', before[name])
    equal('Kustomization ' .. name, changed[name] or before[name], after[name])
  end
  for name, path in pairs(new) do equal('Kustomization ' .. name, path, after[name]) end
  equal('and no other', count(before) + count(new), count(after))
end

local function render(dir, path)
  return add_objects({}, proc.run({ 'kubectl', 'kustomize', fs.join(dir, path) }, { timeout = 120 }).stdout, path)
end

-- Objects before and after, asked of the real tool: numbers, one owner each, equal union, the volumes of the root `moved`.
local function check_renders(wanted, moved)
  for _, name in ipairs(accept.checks.pvc_in_moved_set) do
    ok('the plan names the volume ' .. name, plan.hazards[1] and has(plan.hazards[1].reason, name))
  end
  if not proc.find 'kubectl' then return print 'pending: kubectl is not here, so nothing was rendered' end
  local before, after, union, volumes = {}, {}, {}, {}
  for path, number in pairs(accept.checks.kubectl_kustomize.before) do
    before = render(fs.env 'WORK_BEFORE', path)
    equal('objects of ' .. path .. ' before', number, count(before))
  end
  for path, number in pairs(wanted) do
    after[path] = render(fs.env 'WORK_AFTER', path)
    equal('objects of ' .. path .. ' after', number, count(after[path]))
    for id, content in pairs(after[path]) do
      ok('one owner of ' .. id, union[id] == nil)
      union[id] = content
    end
  end
  equal('the union is asked for', true, accept.checks.union_equal)
  equal_objects('union', before, union)
  for id in pairs(after[moved]) do
    local namespace, name = id:match '^v1 PersistentVolumeClaim (%S*) (%S+)$'
    if name then volumes[#volumes + 1] = namespace .. '/' .. name end
  end
  equal('volumes that move', table.concat(accept.checks.pvc_in_moved_set, ' '), table.concat(volumes, ' '))
end


-- judge_000.lua: is the result what accept-000.json says? SPDX-License-Identifier: Apache-2.0
local accept = json.decode(fs.read(fs.join(SHARED, 'conformance/migrations/accept-000.json')))
local plan = json.decode(fs.read(fs.env 'PLAN'))
local PLATFORM, NAME = fs.env 'PLATFORM', 'platform-gitops'
local URL = 'https://github.com/binGhzal/platform-gitops'

local function there(...) return (git.run(PLATFORM, { ... }).stdout:gsub('\n$', '')) end
local function oid_there(rev, path) return git.try_line(PLATFORM, { 'rev-parse', '--verify', '--quiet', rev .. ':' .. path }) end
local function has(text, part) return text ~= nil and text:find(part, 1, true) ~= nil end

-- moves: blobs, histories, which repository; stay
local here, away, kept_history = 0, 0, 0
for _, move in ipairs(accept.moves) do
  local name = ('%s:%s'):format(move.repo, move.to)
  if move.repo == NAME then
    away = away + 1
    equal(name .. ' has its blob', move.blob, oid_there('main~1', move.to))
    local commits = #lines(there('log', '--follow', '--format=%H', 'main~1', '--', move.to))
    equal(name .. ' has its history', move.follow_before, commits)
    kept_history = kept_history + (commits == move.follow_before and 1 or 0)
    ok(name .. ': the later commit stands on it', #lines(there('log', '--follow', '--format=%H', 'main', '--', move.to)) >= commits)
  else
    here = here + 1
    equal(name .. ' has its blob', move.blob, oid(TIP .. '~2', move.to))
    equal(name .. ' had its history', move.follow_before, commits_of(BASE, move.from))
    ok(name .. ' keeps it', commits_of(TIP, move.to) >= move.follow_after_min, commits_of(TIP, move.to))
  end
  ok(move.from .. ' is gone', oid(TIP, move.from) == nil)
  if not move.edited_after_move and not move.to:find '%.md$' then -- prose may name what moved
    local after = move.repo == NAME and oid_there('main', move.to) or oid(TIP, move.to)
    equal(name .. ' was not edited', move.blob, after)
  end
end
equal('the first commit only renames', '', run('diff', '--name-only', '-M100', '--diff-filter=r', BASE, TIP .. '~2'))
equal('nothing else was renamed', here, #lines(run('diff', '--name-only', '-M100', '--diff-filter=R', BASE, TIP .. '~2')))
for _, path in ipairs(accept.stay) do ok(path .. ' stays', oid(TIP, path) ~= nil and oid(BASE, path) ~= nil) end
equal('every file has its place', #lines(run('ls-tree', '-r', '--name-only', BASE)), #accept.stay + #accept.moves - 2) -- two have both

-- generated
local function expand(path)
  path = path:gsub(' %(.*$', '')
  local head, choices, rest = path:match '^(.-){(.-)}(.*)$'
  if not head then return { path } end
  local out = {}
  for choice in choices:gmatch '[^,]+' do
    for _, one in ipairs(expand(head .. choice .. rest)) do out[#out + 1] = one end
  end
  return out
end
local wanted = { infraflux = {}, [NAME] = {} }
for repository, entries in pairs(accept.generated) do
  for _, entry in ipairs(entries) do
    for _, path in ipairs(expand(entry)) do wanted[repository][path] = true end
  end
end
for path in pairs(wanted.infraflux) do ok('generated: ' .. path, oid(TIP, path) ~= nil and oid(BASE, path) == nil) end
for path in pairs(wanted[NAME]) do ok('generated there: ' .. path, oid_there('main', path) ~= nil and oid_there('main~1', path) == nil) end
equal('nothing else was generated', count(wanted.infraflux),
  #lines(run('diff', '--name-only', '--no-renames', '--diff-filter=A', TIP .. '~2', TIP .. '~1')))
equal('nor there', count(wanted[NAME]), #lines(there('diff', '--name-only', '--no-renames', '--diff-filter=A', 'main~1', 'main')))

-- what the report lists, by file and line before
local listed = {}
for _, section in ipairs(plan.report) do
  for _, row in ipairs(section.rows or {}) do
    local place, kind = type(row[1]) == 'string' and row[1]:match '^(.-:%d+):%d+$', section.title
    local is_list = kind:find 'Old names' or kind:find 'References left' or kind:find 'not there today'
    if place and is_list then listed[place] = table.concat(row, '  ') end
  end
end

-- rewrites: { old, new } for each line that the engine does; the words of the file are for people
local ENGINE = {
  ['README.md'] = {
    [44] = { ' gitops/argocd/bootstrap', NAME .. '/argocd/bootstrap/' }, [115] = { '`gitops/', NAME .. '/argocd/applications/' },
    [116] = { '`gitops/', NAME .. '/argocd/values/' }, [91] = { '── secrets/', 'configs/secrets/' },
    [110] = { '`secrets/', '`configs/secrets/README.md`' }, [117] = { '`secrets/', '`configs/secrets/`' },
    [129] = { 'clusters/prod/', 'clusters/workloads/prod/prod-cluster.yaml' },
  },
  ['clusters/README.md'] = {
    [7] = { '`mgmt/', '`management/`' }, [8] = { '`prod/', '`workloads/prod/`' }, [16] = { ' mgmt/', ' management/' },
    [19] = { ' prod/', ' workloads/prod/' },
  },
  ['docs/operations/bootstrap.md'] = {
    [104] = { ' gitops/', NAME .. '/argocd/bootstrap/' }, [117] = { ' gitops/', NAME .. '/argocd/bootstrap/app-of-apps.yaml' },
  },
  ['configs/secrets/age/README.age.md'] = { [11] = { ' gitops/', NAME .. '/argocd/values/argocd-values.yaml' } },
  ['CILIUM-ARCHITECTURE.md'] = {
    [274] = { '`gitops/', NAME .. '/argocd/applications/' }, [280] = { '`gitops/', NAME .. '/' },
  },
  ['IMPLEMENTATION-SUMMARY.md'] = {
    [222] = { ' gitops/', NAME .. '/argocd/bootstrap/' }, [298] = { '`gitops/', NAME .. '/argocd/' }, [301] = { '`gitops/', NAME .. '/' },
  },
  ['MIGRATION-SUMMARY.md'] = {
    [72] = { 'gitops/', 'kubernetes/base/cilium/values.yaml' }, [73] = { '`gitops/', NAME .. '/security/tetragon/application.yaml' },
    [74] = { '`gitops/', NAME .. '/observability/monitoring/values.yaml' },
    -- in both: here the objects of the cluster, there those of applications
    [75] = { '`gitops/', 'policies/' }, [76] = { '`gitops/', NAME .. '/networking/external-dns/values.yaml' },
  },
  ['platform:argocd/bootstrap/app-of-apps.yaml'] = {
    [9] = { 'binGhzal/infraflux', URL }, [11] = { 'gitops/', 'path: argocd/applications' },
  },
  ['platform:argocd/applications/capi-providers/application.yaml'] = { [13] = { 'clusters/mgmt', 'path: clusters/management/providers' } },
  ['platform:security/policies/application.yaml'] = { [12] = { 'gitops/', 'path: security/policies/manifests' } },
  ['platform:argocd/applicationsets/README.md'] = {
    [53] = { 'gitops/', ' argocd/applicationsets/' }, [56] = { 'gitops/', ' argocd/applicationsets/workload-patterns.yaml' },
  },
}

local function numbers_of(text)
  local out = {}
  for first, last in tostring(text):gmatch '(%d+)%-?(%d*)' do
    for n = tonumber(first), tonumber(last) or tonumber(first) do out[#out + 1] = n end
  end
  return out
end

local function line_after(file, n)
  local path = file:match '^platform:(.*)$'
  return path and lines(there('show', 'main:' .. path))[n] or not path and file_lines(TIP, file)[n] or nil
end

-- The files of the report are those before.
local BEFORE = {}
for _, move in ipairs(accept.moves) do
  BEFORE[move.repo == NAME and 'platform:' .. move.to or move.to] = move.from
end

-- The report names files by where they are when it is about the result.
local AFTER = {}
for new, old in pairs(BEFORE) do AFTER[old] = new:gsub('^platform:', '') end
local function at_new_place(place)
  local file, n = place:match '^(.*):(%d+)$'
  return ('%s:%s'):format(AFTER[file] or file, n)
end

local done, reported = 0, 0
for _, rewrite in ipairs(accept.rewrites) do
  for _, n in ipairs(numbers_of(rewrite.line)) do
    local name = ('%s:%d'):format(rewrite.file, n)
    if rewrite.file == '.sops.yaml' then -- any expression that matches exactly the moved files: asked below
      done = done + 1
    elseif rewrite.by == 'engine' then
      local pair = (ENGINE[rewrite.file] or {})[n]
      local text = line_after(rewrite.file, n)
      ok(name .. ' has its check here', pair ~= nil)
      ok(name .. ' is written anew', pair and not has(text, pair[1]) and has(text, pair[2]), text)
      done = done + 1
    else
      local place = ('%s:%d'):format(BEFORE[rewrite.file] or rewrite.file, n)
      local now = line_after(rewrite.file, n)
      local before = file_lines(BASE, BEFORE[rewrite.file] or rewrite.file)[n]
      local drawn = before:match '── ([%w./-]+)/' -- the name of a folder that is still there is true
      local still = n > 111 and (drawn and oid(TIP, drawn) or before:find('...', 1, true))
      ok(place .. ' is listed, or done', listed[place] or listed[at_new_place(place)] or now ~= before or still, now)
      reported = reported + 1
    end
  end
end
print(('note: %d lines written anew, %d reported'):format(done, reported))

local expression = require('regex').compile(yaml.decode(run('show', TIP .. ':.sops.yaml')).creation_rules[1].path_regex)
local matched = {}
for _, path in ipairs(lines(run('ls-tree', '-r', '--name-only', TIP))) do
  if expression:match(path) then matched[#matched + 1] = path end
end
equal('.sops.yaml matches the moved file, and no other', 'configs/secrets/.sops.yaml', table.concat(matched, ' '))

-- already broken: listed by file and line
local BROKEN = {
  ['README.md:20'] = true, ['README.md:83'] = true, ['docs/bootstrap.md:31'] = true, ['terraform/README.md:10'] = true,
  ['docs/bootstrap.md:152'] = true, ['README.md:101'] = true, ['README.md:104'] = true, ['README.md:107'] = true,
  ['gitops/argocd/apps/monitoring/values.yaml:22'] = true, ['gitops/argocd/apps/monitoring/values.yaml:25'] = true,
}
for place in pairs(BROKEN) do
  ok('already broken, and listed: ' .. place, listed[place] or listed[at_new_place(place)])
end
equal('every entry of already_broken is known here', 9, #accept.already_broken)
-- README.md:44 and docs/bootstrap.md:104 are written anew (above); secrets/.sops.yaml:2 and app-of-apps.yaml:11 are facts about
-- a rule and a folder, not names that lead nowhere.
ok('what the root would switch on is said', has(json.encode(plan.blocked), 'that no Application renders today'))

-- must_not_change
local function same_there(path, n)
  local old = BEFORE['platform:' .. path]
  if n then return equal(path .. ':' .. n, file_lines(BASE, old)[n], lines(there('show', 'main:' .. path))[n]) end
  equal(path .. ' is as before', oid(BASE, old), oid_there('main', path))
end
same_there('security/tetragon/application.yaml', 18)
same_there 'argocd/applicationsets/advanced-patterns.yaml'
same_there 'argocd/applicationsets/workload-patterns.yaml'
for _, path in ipairs { '.kubeconform.yaml', '.markdownlint.json', '.yamllint', '.vscode' } do
  equal(path .. ' is as before', oid(BASE, path), oid(TIP, path))
end

-- objects of Argo CD: the same before and after but for the sources that are rewritten
local function argo(read, rev, list_of)
  local out = {}
  for _, path in ipairs(list_of(rev)) do
    for _, object in ipairs(path:find '%.yaml$' and has(read(rev, path), 'argoproj.io') and yaml.decode_all(read(rev, path)) or {}) do
      if type(object) == 'table' and has(object.apiVersion, 'argoproj.io') then out[object.kind .. ' ' .. object.metadata.name] = object end
    end
  end
  return out
end
local function all(git_in)
  return function(rev) return lines(git_in('ls-tree', '-r', '--name-only', rev)) end
end
local function show(git_in) return function(rev, path) return git_in('show', rev .. ':' .. path) end end
local before = argo(show(run), BASE, all(run))
local after = argo(show(run), TIP, all(run))
for name, object in pairs(argo(show(there), 'main', all(there))) do
  ok('one repository has ' .. name, after[name] == nil)
  after[name] = object
end
local REWRITTEN = { ['Application platform'] = true, ['Application capi-providers'] = true, ['Application pod-security-standards'] = true }
local applications = {}
for name, object in pairs(before) do
  ok(name .. ' is there', after[name] ~= nil)
  if REWRITTEN[name] then
    for _, one in ipairs { object, after[name] } do one.spec.source.path, one.spec.source.repoURL = nil, nil end
  end
  equal(name .. ' is the same', json.encode(object), json.encode(after[name] or {}))
  if object.kind == 'Application' then applications[object.metadata.name] = true end
end
equal('Applications', accept.checks.application_objects, count(applications))
for _, name in ipairs(accept.checks.application_names) do ok('Application ' .. name, applications[name]) end
equal('and the one that is new', count(before) + 1, count(after))
ok('it is synced by hand', not after['Application infrastructure-cluster'].spec.syncPolicy.automated)

-- histories
equal('commits of the other repository', accept.checks.platform_history_commits, #lines(there('log', '--format=%H', 'main~1')))
equal('files with their history there', away, kept_history)
equal('git fsck there', '', there('fsck', '--strict', '--no-dangling'))

-- asked of the real tools
local roots = { infraflux = fs.env 'WORK_AFTER', platform = PLATFORM }
local function render(root, path)
  return add_objects({}, proc.run({ 'kubectl', 'kustomize', fs.join(roots[root], path) }, { timeout = 120 }).stdout, path)
end
if proc.find 'kubectl' then
  for place, number in pairs(accept.checks.kustomize_after) do
    local root, pattern = place:match '^(.-):(.*)$'
    for _, path in ipairs(expand(pattern)) do equal('objects of ' .. path, number, count(render(root, path))) end
  end
  local function objects_of(git_in, rev, paths)
    local out = {}
    for _, path in ipairs(paths) do add_objects(out, git_in('show', rev .. ':' .. path), path) end
    return out
  end
  local manifests = 'gitops/argocd/apps/security/manifests/'
  local union = objects_of(run, TIP, { 'kubernetes/policies/cilium-network-policies.yaml', 'kubernetes/policies/pod-security-standards.yaml' })
  for id, content in pairs(objects_of(there, 'main', {
    'security/policies/manifests/cilium-network-policies.yaml', 'security/policies/manifests/pod-security-standards.yaml',
  })) do
    ok('one repository has ' .. id, union[id] == nil)
    union[id] = content
  end
  equal_objects('policies', objects_of(run, BASE,
    { manifests .. 'cilium-network-policies.yaml', manifests .. 'pod-security-standards.yaml' }), union)
else
  print 'pending: kubectl is not here, so nothing was rendered'
end
local main = run('show', TIP .. ':terraform/environments/dev/main.tf')
equal('moved blocks', accept.checks.moved_blocks, select(2, ('\n' .. main):gsub('\nmoved {', '')))
for _, other in ipairs { 'staging', 'prod' } do
  ok('none elsewhere: ' .. other, not has(run('show', ('%s:terraform/environments/%s/main.tf'):format(TIP, other)), 'moved {'))
end
if proc.find 'terraform' then
  local options = { timeout = 120, check = false, env = { CHECKPOINT_DISABLE = '1', TF_CLI_CONFIG_FILE = '/dev/null' } }
  local function terraform(dir, ...)
    options.cwd = fs.join(roots.infraflux, dir)
    return proc.run({ 'terraform', ... }, options).status
  end
  equal('terraform fmt', 0, terraform('terraform', 'fmt', '-check', '-recursive'))
  for _, environment in ipairs { 'dev', 'staging', 'prod' } do
    equal('terraform get in ' .. environment, accept.checks.terraform_get_rc, terraform('terraform/environments/' .. environment, 'get'))
  end
else
  print 'pending: terraform is not here'
end
print(('%d passed, %d failed'):format(passed, failed))

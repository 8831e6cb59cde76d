-- judge_split.lua: files, histories and references of both repositories, against accept-000.json. SPDX-License-Identifier: Apache-2.0

local NEW = fs.env 'NEW'
local accept = json.decode(fs.read(SHARED .. '/conformance/migrations/accept-000.json'))
local sides = { infraflux = { REPO, TIP }, ['platform-gitops'] = { NEW, 'main' } }

local function at(repo, ...) return (git.run(repo, { ... }).stdout:gsub('\n$', '')) end

local function text_of(file)
  local there = file:match '^platform:(.*)$'
  return at(there and NEW or REPO, 'show', (there and 'main' or TIP) .. ':' .. (there or file))
end

local moved, expected = {}, {}
for _, move in ipairs(accept.moves) do
  local repo, tip = table.unpack(sides[move.repo])
  moved[move.to] = true
  expected[repo] = (expected[repo] or 0) + 1
  local follow = select(2, (at(repo, 'log', '--follow', '--format=%h', tip, '--', move.to) .. '\n'):gsub('\n', ''))
  ok('history of ' .. move.to, follow >= move.follow_after_min, ('%d commits, not %d'):format(follow, move.follow_after_min))
  local before = at(REPO, 'rev-parse', BASE .. ':' .. move.from)
  equal('what is moved: ' .. move.from, move.blob, before)
end
equal('files there', expected[NEW], select(2, (at(NEW, 'ls-tree', '-r', '--name-only', 'main') .. '\n'):gsub('\n', '')))
equal('commits there, without the one on top', accept.checks.platform_history_commits,
  tonumber(at(NEW, 'rev-list', '--count', 'main~1')))
for _, file in ipairs(accept.stay) do ok('it stays: ' .. file, oid(TIP, file)) end

-- What is edited there, and nothing else of it.
local changed = {}
for _, file in ipairs(lines(at(NEW, 'diff', '--name-only', 'main~1', 'main'))) do changed[file] = true end
for _, move in ipairs(accept.moves) do
  if move.repo == 'platform-gitops' and changed[move.to] then ok('it may be edited: ' .. move.to, move.edited_after_move) end
end
local lead = text_of 'platform:argocd/bootstrap/app-of-apps.yaml'
ok('address of the root', lead:find('repoURL: https://github.com/binGhzal/platform-gitops\n', 1, true))
ok('path of the root', lead:find('path: argocd/applications\n', 1, true))
local providers = text_of 'platform:argocd/applications/capi-providers/application.yaml'
ok('an address that stays', providers:find('repoURL: https://github.com/binGhzal/infraflux\n', 1, true))
ok('a path in what stays', providers:find('path: clusters/management/providers\n', 1, true))
ok('a folder that is in both', text_of('platform:security/policies/application.yaml')
  :find('path: security/policies/manifests\n', 1, true))

-- Prose that the document wants rewritten: the old path is gone from its line, the new one is there.
for _, item in ipairs(accept.rewrites) do
  local old = item.kind == 'md text' and item.by == 'engine' and item.from:match '^gitops/[%w/.-]*$'
  if old and not item.from:find '[,{ ]' then
    local text = lines(text_of(item.file))
    for n in tostring(item.line):gmatch '%d+' do
      local line = text[tonumber(n)] or ''
      local rest, count = line:gsub('platform%-gitops/', '') -- the old path may be the end of the new one
      ok(('%s:%s'):format(item.file, n), count > 0 and not rest:find(old, 1, true), line)
    end
  end
end
print(('%d passed, %d failed'):format(passed, failed))

-- judge_003_b.lua: is the result what accept-003.json says of option B? SPDX-License-Identifier: Apache-2.0
check_moves(accept.option_B_moves)

-- generated.B names them in words: one root for each component of the base and each app, and these
local function folders_below(base)
  local out, seen = {}, {}
  for _, move in ipairs(accept.option_B_moves) do
    local name = move.to:sub(1, #base + 1) == base .. '/' and move.to:sub(#base + 2):match '^([^/]+)/'
    if name and not seen[name] then seen[name], out[#out + 1] = true, name end
  end
  return out
end

local WORDS = {
  ['infrastructure/base/kustomization.yaml + one per component'] = function(add)
    add 'infrastructure/base/kustomization.yaml'
    for _, name in ipairs(folders_below 'infrastructure/base') do add('infrastructure/base/' .. name .. '/kustomization.yaml') end
  end,
  ['infrastructure/overlays/homelab/kustomization.yaml'] = true,
  ['infrastructure/sources/kustomization.yaml'] = true,
  ['apps/base/*/kustomization.yaml'] = function(add)
    for _, name in ipairs(folders_below 'apps/base') do add('apps/base/' .. name .. '/kustomization.yaml') end
  end,
  ['apps/overlays/homelab/kustomization.yaml'] = true,
  -- the first is there and points to the overlay: check_kustomizations below
  ['clusters/homelab/{infrastructure,apps}.yaml'] = function(add) add 'clusters/homelab/apps.yaml' end,
}
local generated = {}
local function add(path) generated[#generated + 1] = path end
for _, words in ipairs(accept.generated.B) do
  local rule = WORDS[words]
  ok('generated.B is known: ' .. words, rule)
  if rule == true then add(words) elseif rule then rule(add) end
end
check_generated(generated)
equal('the old root goes, and nothing else', 'infrastructure/kubernetes/kustomization.yaml',
  run('diff', '--name-only', '--no-renames', '--diff-filter=D', TIP .. '~1', TIP))

check_unchanged()
check_kustomizations({ infrastructure = './infrastructure/overlays/homelab' }, { apps = './apps/overlays/homelab' })
check_renders(accept.checks.kubectl_kustomize.after_B, 'apps/overlays/homelab')

-- no tracked file names an old path of a moved file, but where the report says so
local listed = listed_places()
for _, move in ipairs(accept.option_B_moves) do
  local hits = git.run(REPO, { 'grep', '-n', '-F', '-I', '-e', move.from, TIP }, { check = false }).stdout
  for hit in hits:gmatch '[^\n]+' do
    local place = hit:match '^[^:]+:(.-:%d+):'
    ok(('%s names %s, and is listed'):format(place, move.from), listed[place])
  end
end

-- rewrites_B_count beside what was written anew
local function group(row)
  if row[2]:find '^flux' then return 'flux_path' end
  if row[2]:find '^kustomize' then return 'kustomize' end
  local file = row[1]:match '^(.-):%d'
  if file:find '%.md$' then return 'markdown' end
  return file:find '%.sh$' and 'scripts' or file:find 'ignore$' and 'ignore' or 'others'
end
local counts, changed = {}, run('diff', '-U0', '--no-renames', TIP .. '~1', TIP, '--', 'clusters', 'infrastructure/kubernetes')
for _, section in ipairs(plan.report) do
  local written = section.title:find '^References rewritten'
  for _, row in ipairs((written or section.title:find '^References left' or section.title:find '^Old names') and section.rows or {}) do
    local name = group(row)
    counts[name] = counts[name] or { 0, 0 }
    counts[name][written and 1 or 2] = counts[name][written and 1 or 2] + 1
  end
end
counts.flux_path = { select(2, changed:gsub('\n%-  path: %./infrastructure/kubernetes', '')), 0 }
counts.kustomize = { select(2, changed:gsub('\n%-  %- [^\n]+%.yaml', '')), 0 }
local names = {}
for name in pairs(accept.rewrites_B_count) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local own = counts[name] or { 0, 0 }
  print(('note: rewrites_B_count %-10s %3d   ours: %d written anew, %d listed'):format(name, accept.rewrites_B_count[name], own[1], own[2]))
end
equal('the Flux path', accept.rewrites_B_count.flux_path, counts.flux_path[1])
-- The count has 16 for kustomize: the 13 entries of the old root, and the 3 of clusters/homelab/lobechat-stack, which name
-- files that stay (must_not_change: services/{lobechat,whisper}).
equal('entries of kustomizations', accept.rewrites_B_count.kustomize - 3, counts.kustomize[1])
-- For Markdown, scripts and .gitignore it counts every word that begins with infrastructure/kubernetes. Ours are fewer: that
-- folder stays, and so do 23 of its files (scripts/deploy-lobechat-stack.sh names three of them, .gitignore:36 matches no
-- file, create-structure.sh makes folders that are not there); and ours are more: relative words (k8s/deployment.yaml).
ok('less prose is written anew than has such a word', counts.markdown[1] <= accept.rewrites_B_count.markdown)
done()

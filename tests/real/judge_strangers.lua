-- judge_strangers.lua: what resolved before resolves after, here or in the second repository. SPDX-License-Identifier: Apache-2.0
local OTHER, AWAY, PLAN = fs.env 'OTHER', fs.env 'AWAY', fs.read(fs.env 'PLAN')

local function answer(name)
  local graph = json.decode(fs.read(fs.env(name)))
  equal(name .. ': nothing failed', 0, #graph.errors)
  return graph.references
end

-- Where each file is after the renames: repository and path, as Git sees it.
local places, moved = {}, 0
local tip_files, other_files = {}, {}
for _, file in ipairs(lines(run('ls-tree', '-r', '--name-only', TIP))) do tip_files[file] = true end
if OTHER ~= '' then
  for _, file in ipairs(lines(git.run(OTHER, { 'ls-tree', '-r', '--name-only', 'HEAD' }).stdout)) do other_files[file] = true end
end
for _, line in ipairs(lines(run('diff', '--name-status', '-M100', '--diff-filter=R', BASE, fs.env 'RENAMES'))) do
  local old, new = line:match '^R%d+\t(.-)\t(.*)$'
  if old then
    places[old], moved = { '', new }, moved + 1
  end
end
for _, file in ipairs(lines(run('ls-tree', '-r', '--name-only', BASE))) do
  local rest = AWAY ~= '' and file:sub(1, #AWAY) == AWAY and file:sub(#AWAY + 1)
  if rest then
    places[file] = { 'other', rest }
    ok(file .. ' is in the other repository', other_files[rest] and not tip_files[file])
  elseif not places[file] then
    places[file] = { '', file }
  end
  local place = places[file]
  ok(file .. ' is somewhere', (place[1] == '' and tip_files or other_files)[place[2]])
end
equal('files moved here', fs.env 'MOVED', tostring(moved))
equal('the first commit only renames', '', run('diff', '--name-only', '-M100', '--diff-filter=r', BASE, fs.env 'RENAMES'))

-- Where a folder is after the moves, when all of its files went to one place; else nil.
local function folder_place(folder)
  local found
  for file, place in pairs(places) do
    if folder == '' or file:sub(1, #folder + 1) == folder .. '/' then
      local rest = folder == '' and file or file:sub(#folder + 2)
      if place[2]:sub(-#rest) ~= rest then return nil end
      local there = place[1] .. ':' .. place[2]:sub(1, -#rest - 1):gsub('/$', '')
      if found and found ~= there then return nil end
      found = there
    end
  end
  return found
end

local function target_place(ref)
  if ref.target_kind == 'file' and places[ref.target] then return places[ref.target][1] .. ':' .. places[ref.target][2] end
  if ref.target_kind == 'dir' then return folder_place(ref.target) end
end

-- References by the line on which they stand (edits never change how many lines a file has) and by their kind.
local function by_line(references, place_of)
  local out = {}
  for _, ref in ipairs(references) do
    local place = place_of(ref.file)
    local key = place and ('%s:%s:%d %s'):format(place[1], place[2], ref.line, ref.kind)
    if key then
      out[key] = out[key] or {}
      table.insert(out[key], ref)
    end
  end
  return out
end

local function merge(into, from)
  for key, value in pairs(from) do into[key] = value end
  return into
end

local before = by_line(answer 'BEFORE', function(file) return places[file] end)
local after = by_line(answer 'AFTER', function(file) return { '', file } end)
if OTHER ~= '' then merge(after, by_line(answer 'AFTER_OTHER', function(file) return { 'other', file } end)) end

local function listed(ref) return PLAN:find(('%s:%d:%d '):format(ref.file, ref.line, ref.column), 1, true) ~= nil end

local kept, followed, crossed = 0, 0, 0
local function judge_one(key, ref, now, same_count)
  local what = ('%s:%d:%d %s %s'):format(ref.file, ref.line, ref.column, ref.kind, ref.text)
  local target = target_place(ref)
  local here = places[ref.file][1]
  local crosses = target and target:match '^[^:]*' ~= here
  if same_count and now and now.resolved == true and not crosses then
    kept = kept + 1
    if target and now.target and now.target_kind == ref.target_kind and target ~= here .. ':' .. ref.target then
      followed = followed + 1
      equal(what .. ' follows', target, here .. ':' .. now.target)
    end
    return
  end
  crossed = crossed + 1
  ok(what .. ' resolves after, or the plan says what becomes of it', (crosses or ref.target == '') and listed(ref),
    ('%s, now %s'):format(key, now and ('%s (%s)'):format(now.text, tostring(now.why or now.resolved)) or 'gone'))
  -- A path that fails is never the answer: it is an address now, or it stays on the plan's list of what cannot follow.
  ok(what .. ' is not left as a path that fails', not (now and same_count and now.exact and now.resolved == false), now and now.text)
end

for key, references in pairs(before) do
  local now = after[key] or {}
  for i, ref in ipairs(references) do
    if ref.resolved == true then judge_one(key, ref, now[i], #now == #references) end
  end
end
print(('note: %s: %d references resolve as before, %d of them follow, %d cross a border'):format(fs.env 'NAME', kept, followed, crossed))
ok('references follow', followed >= tonumber(fs.env 'FOLLOWED'), followed)

-- The history of moved files is whole: it grows by no more than the commits that were made. Of files with the same content
-- Git follows any, so only those are asked whose content is theirs alone.
local made, n = #lines(run('rev-list', BASE .. '..' .. TIP)), 0
local names, blobs, copies = {}, {}, {}
for blob, file in (run('ls-tree', '-r', BASE) .. '\n'):gmatch '%d+ blob (%x+)\t(.-)\n' do
  blobs[file], copies[blob] = blob, (copies[blob] or 0) + 1
end
for file, place in pairs(places) do
  if (place[1] ~= '' or place[2] ~= file) and copies[blobs[file]] == 1 then names[#names + 1] = file end
end
table.sort(names)
for i = 1, #names, math.max(1, #names // 24) do
  local file = names[i]
  local place, was = places[file], commits_of(BASE, file)
  local is = place[1] == '' and commits_of(TIP, place[2])
    or #lines((git.run(OTHER, { 'log', '--follow', '--format=%H', 'HEAD', '--', place[2] }).stdout:gsub('\n$', '')))
  n = n + 1
  ok('history of ' .. file, is >= was and is <= was + made, ('%d commits before, %d after'):format(was, is))
end
ok('histories were read', n > 4, n)
done()

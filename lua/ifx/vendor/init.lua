-- vendor: copies of what kustomizations and the like name elsewhere, pinned by a lock file. SPDX-License-Identifier: Apache-2.0
local archive = require 'ifx.vendor.archive'
local err = require 'err'
local fetch = require 'ifx.vendor.fetch'
local fs = require 'fs'
local hash = require 'hash'
local list = require 'ifx.list'
local lock = require 'ifx.vendor.lock'
local need = require 'ifx.vendor.need'
local path = require 'ifx.path'
local tree_files = require 'ifx.render.tree'
local trees = require 'ifx.repo.tree'

local vendor = {}

---@class ifx.vendor.Result
---@field pinned ifx.vendor.Entry[]   those that are new or changed
---@field kept integer                those that were right already
---@field written string[]            paths from the root of the repository
---@field removed string[]
---@field problems ifx.Error[]        with any of them nothing is written
---@field warnings ifx.Error[]        what could not be looked at

---@class ifx.vendor.Work
---@field root string
---@field registry ifx.Registry
---@field options { update: boolean, check: boolean }
---@field old table<string, ifx.vendor.Entry>
---@field new table<string, ifx.vendor.Entry>
---@field copies table<string, string>  bytes by digest, those that are to be written
---@field result ifx.vendor.Result
---@field todo ifx.vendor.Source[]
---@field seen table<string, true>
---@field scratch string            folder of what is fetched, gone afterwards
---@field fetched table<string, { tree: ifx.repo.Tree, id: string }>
---@field trees ifx.repo.Tree[]

local function problem(work, e) table.insert(work.result.problems, e) end

local function read_lock(root)
  local text = fs.try_read(fs.join(root, lock.FILE))
  return text and lock.parse(text, lock.FILE) or {}, text
end

-- The bytes of a copy, when it is there and is what the lock says.
local function good_copy(work, entry)
  local bytes = work.copies[entry.digest] or fs.try_read(fs.join(work.root, lock.copy(entry.digest)))
  return bytes and hash.sha256(bytes) == entry.digest and bytes or nil
end

local function add_todo(work, sources)
  for _, source in ipairs(sources) do
    if not work.seen[source.reference] then
      work.seen[source.reference] = true
      table.insert(work.todo, source)
    end
  end
end

-- What a copy names elsewhere is pinned too.
local function look_inside(work, entry, bytes)
  if not entry.repository then return end
  local shown = lock.copy(entry.digest)
  local files = tree_files.open(archive.tree(archive.unpack(bytes, shown)), shown)
  add_todo(work, need.of(work.registry, files, entry.path, work.result.warnings).remotes)
end

local function accept(work, entry, bytes)
  work.new[entry.reference] = entry
  local old = work.old[entry.reference]
  local same = old and old.digest == entry.digest and old.commit == entry.commit
  if not same then table.insert(work.result.pinned, entry) else work.result.kept = work.result.kept + 1 end
  if not work.copies[entry.digest] and not good_copy(work, entry) then work.copies[entry.digest] = bytes end
  look_inside(work, entry, bytes)
end

-- ---- fetching ----

local function refuse(source, kind, message, hint)
  err.raise { kind = kind, file = source.file, line = source.line, column = source.column,
    message = ('%s %s'):format(source.reference, message), hint = hint }
end

local function refuse_unpinned(source, commit)
  local what = source.ref and ("follows the branch '%s', which moves"):format(source.ref) or 'names no revision'
  local hint = ('pin it in %s, at %s where it stands now: `ifx vendor --update`'):format(lock.FILE, commit)
  if not path.within(source.file, lock.FOLDER) then hint = ('write ?ref=%s, or a tag; or %s'):format(commit, hint) end
  refuse(source, 'config', what, hint)
end

local function check_digest(work, source, entry)
  local old = work.old[source.reference]
  if not old or work.options.update or old.digest == entry.digest or old.commit ~= entry.commit then return end
  refuse(source, 'conflict', ('is not what was pinned: its digest is %s, and %s says %s')
    :format(entry.digest, lock.FILE, old.digest), 'look at why, then `ifx vendor --update` pins what is there now')
end

-- Many references name folders of one repository: it is fetched once.
local function fetched(work, source, commit)
  local key = ('%s\n%s\n%s'):format(source.repository, commit or source.ref or 'HEAD', source.submodules)
  local known = work.fetched[key]
  if not known then
    local scratch = fs.join(work.scratch, tostring(#work.trees + 1))
    fs.mkdir(scratch)
    local tree, id = fetch.repository(source, commit, scratch)
    known = { tree = tree, id = id }
    work.fetched[key] = known
    table.insert(work.trees, tree)
  end
  return known.tree, known.id
end

local function fetch_repository(work, source)
  local old = work.old[source.reference]
  local commit = old and not work.options.update and old.commit or nil
  local tree, id = fetched(work, source, commit)
  if not commit and not work.options.update and not fetch.is_pinned(source, work.scratch) then refuse_unpinned(source, id) end
  local files = need.files(work.registry, tree, source, work.result.warnings)
  local bytes = archive.pack(files)
  return { reference = source.reference, repository = source.repository, ref = source.ref, commit = id,
    path = source.path == '' and '.' or source.path, digest = hash.sha256(bytes) }, bytes
end

local function fetch_file(source)
  local name = path.basename((source.address:gsub('[?#].*$', '')))
  if not path.can_be_tracked(name) then name = 'file' end
  local bytes = archive.pack { { path = name, mode = '100644', bytes = fetch.file(source) } }
  return { reference = source.reference, path = name, digest = hash.sha256(bytes) }, bytes
end

local function fetch_one(work, source)
  local entry, bytes
  if source.repository then
    entry, bytes = fetch_repository(work, source)
  else
    entry, bytes = fetch_file(source)
  end
  check_digest(work, source, entry)
  accept(work, entry, bytes)
end

-- ---- what is there already ----

local function not_right(work, source, message)
  problem(work, err.new { kind = 'conflict', file = source.file, line = source.line, column = source.column,
    message = ('%s: %s'):format(source.reference, message), hint = '`ifx vendor` puts it right' })
end

local function check_one(work, source, old)
  if not old then return not_right(work, source, ('it is not pinned in %s'):format(lock.FILE)) end
  local there = fs.stat(fs.join(work.root, lock.copy(old.digest)))
  not_right(work, source, ('its copy %s %s'):format(lock.copy(old.digest), there and 'was changed' or 'is missing'))
  work.new[source.reference] = old
end

local function fits(source, old)
  return old.repository == source.repository and old.ref == source.ref
    and (not source.repository or old.path == (source.path == '' and '.' or source.path))
end

local function do_one(work, source)
  local old = work.old[source.reference]
  if old and not fits(source, old) then old, work.old[source.reference] = nil, nil end
  local bytes = old and not work.options.update and good_copy(work, old)
  if bytes then return accept(work, old, bytes) end
  if work.options.check then return check_one(work, source, old) end
  local ok, e = pcall(fetch_one, work, source)
  if ok then return end
  if err.is(e, 'cancelled') then error(e, 0) end
  problem(work, err.is(e) and e or err.wrap(e, 'vendor ' .. source.reference))
end

-- ---- the outcome ----

local function keep_others(work, part)
  if part == '' then return end
  for reference, entry in pairs(work.old) do
    if not work.new[reference] then work.new[reference] = entry end
  end
end

local function stray_copies(work)
  local wanted, stray = {}, {}
  for _, entry in pairs(work.new) do wanted[path.basename(lock.copy(entry.digest))] = true end
  local folder = fs.join(work.root, lock.FOLDER)
  for _, item in ipairs(fs.stat(folder) and fs.list(folder) or {}) do
    if item.name:find '%.tar$' and not wanted[item.name] then stray[#stray + 1] = path.join(lock.FOLDER, item.name) end
  end
  return stray
end

-- All copies first, the lock last: whoever is stopped between leaves copies that nothing names yet.
local function write(work, text, old_text)
  local files, result = {}, work.result
  for _, digest in ipairs(list.keys(work.copies)) do
    files[#files + 1] = { path = fs.join(work.root, lock.copy(digest)), bytes = work.copies[digest] }
    table.insert(result.written, lock.copy(digest))
  end
  if text ~= old_text then
    files[#files + 1] = { path = fs.join(work.root, lock.FILE), bytes = text }
    table.insert(result.written, lock.FILE)
  end
  if #files > 0 then
    if next(work.copies) then fs.mkdir(fs.join(work.root, lock.FOLDER)) end
    fs.write_all(files)
  end
  for _, stray in ipairs(stray_copies(work)) do
    fs.remove(fs.join(work.root, stray))
    table.insert(result.removed, stray)
  end
end

local function check_rest(work, text, old_text)
  local function wrong(file, message)
    problem(work, err.new { kind = 'conflict', file = file, message = message, hint = '`ifx vendor` puts it right' })
  end
  if #work.result.problems == 0 and text ~= old_text then wrong(lock.FILE, 'it is not what the references make it') end
  for _, stray in ipairs(stray_copies(work)) do wrong(stray, 'nothing names this copy') end
end

local function finish(work, part, old_text)
  keep_others(work, part)
  local text = (next(work.new) or old_text) and lock.print(work.new) or nil
  if work.options.check then
    check_rest(work, text, old_text)
  elseif #work.result.problems == 0 then
    write(work, text, old_text)
  end
end

local function leave(work)
  for _, tree in ipairs(work.trees) do tree:close() end
  fs.remove_tree(work.scratch)
end

---Pins every remote reference below a folder of a repository: fetches what is not there, writes copies and the lock file.
---@param dir string   absolute: the root of a repository, or a plain folder
---@param part string  the folder that is looked at, from there; '' for all
---@param options { registry: ifx.Registry, update: boolean, check: boolean }  update: what is pinned is fetched anew; check:
---nothing is fetched and nothing written
---@return ifx.vendor.Result
function vendor.run(dir, part, options)
  local old, old_text = read_lock(dir)
  local work <close> = setmetatable({
    scratch = fs.tempdir 'ifx-vendor-', fetched = {}, trees = {},
    root = dir, registry = options.registry, options = options, old = old, new = {}, copies = {}, todo = {}, seen = {},
    result = { pinned = {}, kept = 0, written = {}, removed = {}, problems = {}, warnings = {} },
  }, { __close = leave })
  local tree <close> = trees.folder(dir)
  add_todo(work, need.all(options.registry, tree_files.open(tree), tree, part, work.result.warnings))
  local i = 1
  while work.todo[i] do
    do_one(work, work.todo[i])
    i = i + 1
  end
  finish(work, part, old_text)
  return work.result
end

return vendor

-- paths.lua: adds what tasks and plays name, with the folders that variables stand for. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local globs = require 'ifx.repo.globs'
local indexes = require './index'
local search = require './search'
local url = require 'ifx.repo.url'
local written = require 'ifx.repo.written'

local M = {}

---@class ansible.Job
---@field c ifx.repo.Collector
---@field index ansible.Index
---@field file string
---@field taken table<integer, boolean> first bytes of the scalars that were read as paths

-- The variables that stand for a folder of the tree, and the folder; nil and why where it is not one.
local FOLDERS = {}

function FOLDERS.role_path(job)
  return job.index.roles[job.file], 'not in a role'
end

function FOLDERS.playbook_dir(job)
  if job.index.kinds[job.file] == 'playbook' then
    return path.dirname(job.file)
  end
  local folders = search.play_folders(job.index, job.file)
  return #folders == 1 and folders[1] or nil, 'playbooks of several folders use this file, or none is known to'
end

function FOLDERS.inventory_dir(job)
  return indexes.inventory(job.c.ctx, path.dirname(job.file)), 'no ansible.cfg names one inventory of the tree'
end

-- A folder that a text begins with, and the first byte behind its slash.
local function behind_folder(job, text)
  local name, from = text:match('^{{%s*([%w_]+)%s*}}/+()')
  if not name or not FOLDERS[name] then
    return nil
  end
  local folder, why = FOLDERS[name](job)
  return folder, from, not folder and why or nil
end

-- Does a task, a block or a play that a place is in ask for a condition?
local function is_conditional(job, at)
  local document = job.c:document()
  for i = #at, 1, -1 do
    if document:at(list.append(table.move(at, 1, i, 1, {}), { 'when' }), 1) then
      return true
    end
  end
  return false
end

-- Why what is missing may be there when it is needed. A static import is read whatever its condition says.
local function may_appear(job, match, base, text, static)
  local target = job.c.ctx.resolve(base, text)
  local ignored = target and globs.ignored(job.c.ctx.tree, target)
  if ignored then
    return ('%s leaves it out: it is made elsewhere'):format(ignored)
  end
  for line in job.c.file.text():gmatch('dest: *([^\n]*)') do
    if line:find('/' .. text, 1, true) or line:find('^["\']?' .. text:gsub('%p', '%%%0')) then
      return 'a task of this file makes it'
    end
  end
  return not static and is_conditional(job, match.path) and 'needed only where a condition holds' or nil
end

-- Adds a path that counts from a spot.
local function searched(job, part, r, spot)
  r.base = spot.path
  local ref = job.c:path(part, r)
  if spot.under ~= '' then
    ref.base, ref.under, ref.rewrite = spot.owner, spot.under, 'searched'
  end
end

--- Adds the folder that a text begins with, where it is there: something else fills in what follows.
---@param job ansible.Job
---@param view ifx.repo.Excerpt
---@param from integer
---@param folder string
---@param r table kind, folders
function M.folder(job, view, from, folder, r)
  if not written.is_elsewhere(folder) and not folder:find('^%.*$') then
    local spot = search.first(job.c.ctx, r.folders, folder)
    if spot then
      searched(job, view:part(from, from + #folder - 1), { kind = r.kind }, spot)
    end
  end
end

--- Adds a path that is looked for in some folders; the first that has it counts. Bytes `from` to `to` of the view.
---@param job ansible.Job
---@param view ifx.repo.Excerpt
---@param from integer
---@param to integer
---@param r table kind, folders (ansible.Spot[]), check, optional, static
function M.add(job, view, from, to, r)
  local c, text = job.c, view.text:sub(from, to)
  local folder, offset, why = behind_folder(job, text)
  job.taken[view.match.start] = true
  if folder and not text:find('{[{%%]', offset) then
    local part = view:part(from + offset - 1, to)
    c:path(part, {
      kind = r.kind, base = folder, anchor = 'root', check = r.check,
      optional = r.optional or may_appear(job, view.match, folder, part.text, r.static),
    })
  elseif text:find('MOLECULE_PROJECT_DIRECTORY', 1, true) then
    return -- the folder itself, whatever it is called
  elseif text:find('{{', 1, true) or text:find('{%', 1, true) then
    c:doubt(view:part(from, to), text, why or 'a variable or an expression fills it in')
    M.folder(job, view, from, text:match('^([^{]*)/[^/{]*{{') or '', r)
  elseif text ~= '' and not written.is_elsewhere(text) and not text:find('[\n$]') then
    local spot = search.first(c.ctx, r.folders, text)
    searched(job, view:part(from, to), {
      kind = r.kind, check = r.check,
      optional = r.optional or not spot and may_appear(job, view.match, r.folders[1].path, text, r.static) or nil,
    }, spot or r.folders[1])
  end
end

--- Adds the paths of a text that stand below the folder of a variable; of one that is filled in behind that, its folder.
---@param job ansible.Job
---@param match yaml.Match
function M.prefixed(job, match)
  local view = excerpt.scalar(job.c, match)
  for at, tail, stop in match.text:gmatch('(){{%s*[%w_]+%s*}}/+()[^%s{}\'"\\,;|&()]*()') do
    local folder, from, why = behind_folder(job, match.text:sub(at))
    local rest = match.text:sub(tail, stop - 1)
    if match.text:find('^{', stop) then
      rest = rest:match('^(.*)/[^/]*$') or ''
    end
    if folder and rest ~= '' then
      job.c:path(view:part(tail, tail + #rest - 1), {
        kind = 'ansible.path', base = folder, anchor = 'root', optional = 'a task may make it',
      })
    elseif from and not folder then
      job.c:doubt(view:part(at, stop - 1), match.text:sub(at, stop - 1), why)
    end
  end
end

--- The view of the text at a path; nil when there is none, or it is no text.
---@param job ansible.Job
---@param document yaml.Document
---@param at table
---@return ifx.repo.Excerpt|nil
function M.view(job, document, at)
  local match = document:at(at, 1)
  if match and match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' then
    return excerpt.scalar(job.c, match)
  elseif match and match.kind == 'alias' then
    job.c:text(match)
  end
end

--- Adds the whole text at a path.
---@param job ansible.Job
---@param document yaml.Document
---@param at table
---@param r table as for `add`
function M.whole(job, document, at, r)
  local view = M.view(job, document, at)
  if view then
    M.add(job, view, 1, #view.text, r)
  end
end

--- Adds the name of a role.
---@param job ansible.Job
---@param document yaml.Document
---@param at table
---@return string|nil folder of the role
function M.role(job, document, at)
  local c, view = job.c, M.view(job, document, at)
  if not view then
    return nil
  elseif view.text:find('MOLECULE_PROJECT_DIRECTORY', 1, true) then
    return nil -- the role that is tested, whatever it is called
  elseif view.text:find('{{', 1, true) then
    c:doubt(view.match, view.text, 'a variable or an expression fills it in')
    return nil
  elseif url.is_remote(view.text) or written.is_elsewhere(view.text) then
    return nil
  end
  local found = search.role(job.index, c.ctx, job.file, view.text)
  if found then
    c:path(view.match, { kind = 'ansible.role', base = found.base, anchor = 'root', rewrite = 'role' })
    return found.target
  end
  local brought = job.index.galaxy[view.text] and 'the requirements bring it'
    or view.text:find('.', 1, true) and 'a role of a collection, or of Galaxy'
  local ref = c:add(view.match, {
    kind = 'ansible.role', target_kind = brought and 'remote' or 'path', why = brought or 'no folder of roles holds it',
  })
  if not brought then
    ref.resolved = false
  end
end

--- Adds the name of a file of a role, which stands there without its extension.
---@param job ansible.Job
---@param document yaml.Document
---@param at table
---@param role string|nil folder of the role
---@param part string 'tasks', 'vars' …
function M.role_file(job, document, at, role, part)
  local view = role and M.view(job, document, at)
  if not view then
    return
  elseif view.text:find('{{', 1, true) then
    return job.c:doubt(view.match, view.text, 'a variable or an expression fills it in')
  end
  local base = path.join(role, part)
  local stem = job.c.ctx.resolve(base, view.text)
  local target = stem and (view.text:find('%.ya?ml$') and job.c.ctx.exists(stem) and stem or indexes.yaml_file(job.c.ctx, stem))
  local ref = job.c:add(view.match, {
    kind = 'ansible.role_file', base = base, anchor = 'root', target = target or stem, target_kind = target and 'file' or 'path',
    resolved = target ~= nil, rewrite = 'role_file',
  })
  ref.why = not target and 'does not exist' or nil
end

local REWRITE = {}
M.rewrite = REWRITE

--- A path that is looked for in a folder of a role or a playbook.
function REWRITE.searched(ref, move)
  local text = path.relative(move.new_target, path.join(move.new_base, ref.under))
  if text == path.relative(ref.target, path.join(ref.base, ref.under)) then
    return ref.text
  elseif text:find('[^%w_./@+%-]') then
    return nil, 'the new path may need quotes'
  end
  return ref.text:sub(-1) == '/' and text .. '/' or text
end

--- A role is named from a folder of roles, and cannot be named from outside of it.
function REWRITE.role(_, move)
  if move.new_target ~= move.new_base and path.within(move.new_target, move.new_base) then
    return path.relative(move.new_target, move.new_base)
  end
  return nil, 'a role is found by its name in a folder of roles: move it within that, or name its new folder in roles_path'
end

--- A file of a role keeps its place in the part of the role that it is named from.
function REWRITE.role_file(ref, move)
  if not path.within(move.new_target, move.new_base) then
    return nil, 'a file of a role is named from its role'
  end
  local text = path.relative(move.new_target, move.new_base)
  return ref.text:find('%.ya?ml$') and text or (text:gsub('%.ya?ml$', ''))
end

return M

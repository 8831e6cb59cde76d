-- paths.lua: adds what a helmfile names. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local states = require './states'

local M = {}

---@class helmfile.Job
---@field c ifx.repo.Collector
---@field content string
---@field document yaml.Document
---@field folders string[] what paths count from

--- What stands beside a scalar, by the way it was reached; nil where an action fills it in.
---@param job helmfile.Job
---@param match yaml.Match
---@param way yaml.Step[]
---@param up integer how many steps of the way to leave
---@param ... yaml.Step
---@return any
function M.beside(job, match, way, up, ...)
  local place = table.move(way, 1, #way - up, 1, {})
  for _, key in ipairs { ... } do
    place[#place + 1] = key
  end
  return job.document:get(place, match.doc)
end

--- Does something stand at a path, or match a pattern?
local function is_there(ctx, folder, written)
  local target = ctx.resolve(folder, written)
  if not target then
    return false
  elseif globs.is_glob(written) then
    return globs.first(ctx.tree, target, true) ~= nil
  end
  return finder.locate(ctx, target) ~= nil
end

--- The folder that a text counts from: the first where something is there, else the first.
---@param job helmfile.Job
---@param written string
---@return string
function M.folder(job, written)
  for _, folder in ipairs(job.folders) do
    if is_there(job.c.ctx, folder, written) then
      return folder
    end
  end
  return job.folders[1]
end

-- A text with an action in it: listed, but for the folder before the action.
local function filled(job, match, r)
  local first = match.inner_start or match.start
  local written = job.content:sub(match.start, match.stop)
  job.c:doubt(match, written:match('^["\']?(.-)["\']?$'), 'a template')
  local at = match.inner_start and job.content:find('{{', first, true) - first + 1
  local folder = at and match.text:sub(1, at - 1):match('^(.*)/')
  if folder and not states.is_remote(folder) then
    job.c:folder_before(match, at, { kind = r.kind, base = r.base or M.folder(job, folder), rewrite = r.rewrite })
  end
end

--- The text of a scalar that is in this tree; everything else is listed or added as what it is.
---@param job helmfile.Job
---@param match yaml.Match
---@param r table kind, base
---@return string|nil
function M.text(job, match, r)
  if job.content:sub(match.start, match.stop):find('{{', 1, true) then
    filled(job, match, r)
  elseif type(match.value) == 'string' and states.is_remote(match.value) then
    if match.value:find('^ref%+') then
      return nil -- a value out of a secret store
    end
    job.c:remote(match, { kind = r.kind })
  else
    local written = job.c:text(match)
    return written and not written:find('^[/~]') and written or nil
  end
end

--- Adds a path or a pattern.
---@param job helmfile.Job
---@param match yaml.Match
---@param r table kind, base, check, optional, rewrite
function M.add(job, match, r)
  local written = M.text(job, match, r)
  if not written then
    return
  end
  r.base = r.base or M.folder(job, written)
  r.anchor = r.base == path.dirname(job.c.file.path) and 'file' or 'root'
  r.optional = r.optional or job.c:ignored(r.base, written)
  if globs.is_glob(written) then
    r.check = nil
    job.c:glob(match, r)
  else
    job.c:path(match, r)
  end
end

return M

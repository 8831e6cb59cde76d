-- copy.lua: what a Dockerfile takes from its build context. SPDX-License-Identifier: Apache-2.0

local contexts = require './contexts'
local dockerfile = require './dockerfile'
local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local paths = require './paths'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = {
  ['docker.copy'] = 'what COPY or ADD takes from the build context',
  ['docker.mount'] = 'what RUN sees of the build context',
}

M.files = {
  '**/Dockerfile', '**/Containerfile', '**/Dockerfile.*', '**/Containerfile.*', '**/*.Dockerfile', '**/*.dockerfile',
  '**/*.Containerfile',
}

-- Is there something at this path of a folder, or something that this pattern matches?
local function is_there(ctx, folder, written)
  local target = ctx.resolve(folder, written)
  if not target then
    return false
  elseif globs.is_glob(written) then
    return globs.first(ctx.tree, target, true) ~= nil
  end
  return finder.locate(ctx, target) ~= nil
end

-- The context to read a source from, and why it may be missing there. Where nobody says one, Docker is mostly started
-- in the folder of the Dockerfile, which is only a habit.
local function choose(job, written)
  local own = path.dirname(job.c.file.path)
  for _, context in ipairs(job.contexts) do
    if is_there(job.c.ctx, context.folder, written) then
      return context.folder
    end
  end
  if is_there(job.c.ctx, own, written) then
    return own
  end
  local said = job.contexts[1]
  if not said then
    return nil, 'not in the folder of the Dockerfile, and no file of this tree says from where it is built'
  end
  return said.folder, paths.untracked(job.c, said.folder, written) or paths.elsewhere(job.c, said.folder, written)
    or not said.clean and ('what runs before the build in %s may make it'):format(said.by) or nil
end

local function add_source(job, match, kind)
  local lead = match.text:match('^/*')
  local written = match.text:sub(#lead + 1)
  if written == '' or written:find('^%.?/*$') or written:find('^%*+$') then
    return -- the whole context
  elseif written:find('[\\{}]') or written:find('^%.%./') or written:find('/%.%./') then
    return job.c:doubt(match, match.text, written:find('..', 1, true) and 'the builder drops what climbs out of its context'
      or 'a source with signs that are not understood')
  end
  local folder, why = choose(job, written)
  if not folder then
    return job.c:doubt(match, match.text, why)
  end
  local r = {
    kind = kind, base = folder, anchor = folder == path.dirname(job.c.file.path) and 'file' or 'root', from = #lead + 1,
    optional = why, rewrite = 'source',
  }
  if globs.is_glob(written) then
    job.c:glob(match, r)
  else
    job.c:path(match, r)
  end
end

-- A word without the quotes around it.
local function unquoted(job, word)
  local from, to = word.text:match('^["\']()[^"\']*()["\']$')
  local start, stop = word.start, word.stop
  if from then
    start, stop = start + from - 1, start + to - 2
  end
  return start <= stop and job.place(start, stop) or nil
end

local function source(job, word, kind)
  local match = unquoted(job, word)
  if not match then
    return
  elseif word.broken or match.text:find('["\']') then
    return job.c:doubt(match, match.text, 'written with escapes or over several lines')
  end
  local at, why = paths.variable(match.text)
  if at then
    job.c:doubt(match, match.text, why)
    local folder = match.text:sub(1, at - 1):match('^(.*)/')
    local base = folder and folder ~= '' and choose(job, folder)
    if base then
      job.c:folder_before(match, at, { kind = kind, base = base, rewrite = 'source' })
    end
  else
    add_source(job, match, kind)
  end
end

local function is_fetched(written)
  return paths.is_remote(written) or written:find('%.git[#?]') or written:find('%.git$') and written:find('^[%w.-]+%.%a+/')
end

local function copy(job, instruction)
  local target = instruction.words[#instruction.words]
  if target and target.start <= target.stop then
    job.c:nothing('docker.copy', target.start, target.stop) -- a path of the image
  end
  for _, flag in ipairs(instruction.flags) do
    if flag.text:find('^%-%-from=') then
      return -- out of another image, or of a context by its name
    end
  end
  for i = 1, #instruction.words - 1 do
    local word = instruction.words[i]
    if instruction.name == 'ADD' and is_fetched(word.text) then
      job.c:remote(job.place(word.start, word.stop), { kind = 'docker.copy' })
    elseif not word.text:find('^%d*<<') then
      source(job, word, 'docker.copy')
    end
  end
end

-- --mount=type=bind,source=go.mod,target=go.mod: a mount is a bind mount unless it says another type.
local function mounts(job, instruction)
  for _, flag in ipairs(instruction.flags) do
    local options = flag.text:match('^%-%-mount=(.*)$')
    local kind = options and (options:match('%f[^,\0]type=([^,]*)') or 'bind')
    if kind == 'bind' and not options:find('%f[^,\0]from=') then
      local first = #flag.text - #options + 1
      local from, value = options:match('%f[^,\0]source=()([^,]*)')
      if not from then
        from, value = options:match('%f[^,\0]src=()([^,]*)')
      end
      if from and value ~= '' then
        local start = flag.start + first + from - 2
        source(job, { start = start, stop = start + #value - 1, text = value, broken = flag.broken }, 'docker.mount')
      end
    end
  end
end

local FIND = { COPY = copy, ADD = copy, RUN = mounts }

--- Finds what a Dockerfile takes from its build context.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c = finder.collect('docker', file, ctx)
  if file.path:find('%.dockerignore$') then
    return c:result()
  end
  local job = { c = c, place = spans.of(file), contexts = contexts.of(ctx, file.path) }
  for _, instruction in ipairs(dockerfile.parse(file.text())) do
    local name = instruction.name
    if name == 'ONBUILD' and instruction.words[1] then
      local first = instruction.words[1]
      c:doubt(job.place(first.start, first.stop), first.text, 'ONBUILD: it runs in the context of another build')
    elseif FIND[name] then
      FIND[name](job, instruction)
    end
  end
  return c:result()
end

--- A source cannot climb out of the build context.
---@param ref table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_source(ref, move)
  local written = path.relative(move.new_target, move.new_base)
  if written:find('^%.%./') or written == '..' then
    return nil, 'it would leave the build context'
  elseif move.text ~= ref.text and move.text:find('[^%w_./@+*?%[%]-]') then
    return nil, 'the new path has signs that mean more in a Dockerfile'
  end
  return move.text
end

return M

-- template.lua: the files that actions of a helmfile, or of a template of values, read. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local gotemplate = require 'ifx.repo.gotemplate'
local spans = require 'ifx.repo.spans'
local written = require 'ifx.repo.written'

local M = {}

local KIND = 'helmfile.template'
local ASKS = 'the template asks whether it is there'

-- What these functions are called with; those that ask say so.
local FUNCTIONS = {
  readFile = { check = written.want_file }, readDir = { check = written.want_folder },
  readDirEntries = { check = written.want_folder },
  isFile = { optional = ASKS }, isDir = { optional = ASKS }, exec = { program = true },
}

local function folder_of(ctx, folders, text)
  for _, folder in ipairs(folders) do
    local target = ctx.resolve(folder, text)
    if target and finder.locate(ctx, target) then
      return folder
    end
  end
  return folders[1]
end

local function literal(job, token, known)
  local match = job.place(token.start, token.stop)
  if token.escaped then
    return job.c:doubt(match, token.text, 'a text with escapes')
  elseif token.text == '' or written.is_elsewhere(token.text) or known.program and not token.text:find('/', 1, true) then
    return
  end
  local base = folder_of(job.c.ctx, job.folders, token.text)
  job.c:path(match, {
    kind = KIND, base = base, anchor = base == path.dirname(job.c.file.path) and 'file' or 'root', check = known.check,
    optional = known.optional or job.c:ignored(base, token.text), rewrite = known.program and 'program' or 'quoted',
  })
end

local function computed(job, action, i, known)
  local first, last, formats = gotemplate.operand(action, i)
  if not first or known.program then
    return
  end
  for _, format in ipairs(formats) do
    local at = format.text:find('%', 1, true)
    local folder = format.text:sub(1, at - 1):match('^(.*)/')
    if folder then
      job.c:folder_before(job.place(format.start, format.stop), at, {
        kind = KIND, base = folder_of(job.c.ctx, job.folders, folder), rewrite = 'quoted',
      })
    end
  end
  job.c:doubt(job.place(first.start, last.stop), job.content:sub(first.start, last.stop), 'the template computes it')
end

-- "x" | readFile, and printf "x" | readFile
local function piped(action, i)
  local pipe, given, before = action.tokens[i - 1], action.tokens[i - 2], action.tokens[i - 3]
  if pipe and pipe.text == '|' and given and given.type == 'string' and not given.text:find('%', 1, true) then
    local first = not before or before.type == 'sign' or before.text == 'printf' or before.text == 'print'
    return first and given or nil
  end
end

--- Adds what the actions of a file name.
---@param c ifx.repo.Collector
---@param folders string[] what paths count from
function M.find(c, folders)
  local content = c.file.text()
  local job = { c = c, content = content, folders = folders, place = spans.of(c.file) }
  for _, action in ipairs(content:find('{{', 1, true) and gotemplate.actions(content) or {}) do
    for i, token in ipairs(action.tokens) do
      local known = token.type == 'word' and FUNCTIONS[token.text]
      local given = known and (piped(action, i) or action.tokens[i + 1])
      if given and given.type == 'string' then
        literal(job, given, known)
      elseif given then
        computed(job, action, i + 1, known)
      end
    end
  end
end

--- Writes a path in a text of a template anew.
---@param _ table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_quoted(_, move)
  if move.text:find('["\\`%%\n]') then
    return nil, 'the new path would need escapes in the template'
  end
  return move.text
end

return M

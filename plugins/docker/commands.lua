-- commands.lua: the build contexts that command lines give, wherever a file holds some. SPDX-License-Identifier: Apache-2.0

local shell = ifx.use 'shell'.library

local M = {}

local NAMES = { 'Makefile', 'GNUmakefile', 'justfile', 'Justfile', '.justfile', 'Jenkinsfile', '.gitlab-ci.yml', 'package.json' }
local ENDINGS = { '%.mk$', '%.sh$', '%.just$', '%.gitlab%-ci%.ya?ml$', 'Taskfile[^/]*%.ya?ml$' }
local FOLDERS = { '^%.github/workflows/', '^%.github/actions/', '^%.gitea/workflows/', '^%.forgejo/workflows/' }

--- Do files of this name hold commands?
---@param p string
---@return boolean
function M.may_hold(p)
  local name = path.basename(p)
  for _, one in ipairs(NAMES) do
    if name == one then
      return true
    end
  end
  for _, pattern in ipairs(ENDINGS) do
    if p:find(pattern) then
      return true
    end
  end
  for _, pattern in ipairs(FOLDERS) do
    if p:find(pattern) then
      return true
    end
  end
  return false
end

local TOOLS = { 'docker', 'podman', 'nerdctl', 'buildah' }
local VERBS = { build = true, bud = true }
local GROUPS = { buildx = true, image = true, builder = true }

-- The words behind `docker build`, as texts; false for one that something fills in.
local function arguments(line)
  local items = shell.parse(line)
  local words = items[1] and items[1].words or {}
  local verb = GROUPS[words[2] and shell.text(words[2]) or ''] and 3 or 2
  if not VERBS[words[verb] and shell.text(words[verb]) or ''] then
    return nil
  end
  local found = {}
  for i = verb + 1, #words do
    if not words[i].redirect then
      found[#found + 1] = shell.text(words[i]) or false
    end
  end
  return found
end

local function file_option(words)
  for i, word in ipairs(words) do
    if word == '-f' or word == '--file' then
      return words[i + 1]
    elseif word and word:find('^%-%-file=') then
      return word:match('=(.*)$')
    end
  end
end

-- The folder that the command is run in is not said: that of the file, or the root, whichever has the Dockerfile.
local function add(ctx, p, words, found)
  local context, named = words[#words], file_option(words)
  if not context or context:find('^[-/~]') or named == false then
    return
  end
  for _, base in ipairs { path.dirname(p), '' } do
    local folder = ctx.resolve(base, context)
    local is_folder = folder and (folder == '' or ctx.exists(folder) == 'dir')
    local dockerfile = is_folder and ctx.resolve(named and base or folder, named or 'Dockerfile')
    if dockerfile and ctx.exists(dockerfile) == 'file' then
      return found(dockerfile, folder)
    end
  end
end

--- Calls `found` with every Dockerfile and the folder that a command line builds it from.
---@param ctx table
---@param file ifx.repo.File
---@param found fun(dockerfile: string, folder: string)
function M.each(ctx, file, found)
  local content = file.text()
  if not content:find('build', 1, true) then
    return
  end
  for line in content:gsub('\\\r?\n', ' '):gmatch('[^\r\n]+') do
    for _, tool in ipairs(TOOLS) do
      local from = line:find('%f[%w]' .. tool .. '%s+%l+')
      local words = from and arguments(line:sub(from))
      if words then
        add(ctx, file.path, words, found)
      end
    end
  end
end

return M

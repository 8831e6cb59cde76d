-- compose.lua: what compose files name. SPDX-License-Identifier: Apache-2.0

local env = require './env'
local finder = require 'ifx.repo.finder'
local paths = require './paths'
local shape = require 'ifx.repo.shape'
local written = require 'ifx.repo.written'

local M = {}

M.kinds = {
  ['compose.build_context'] = 'the folder that an image is built from',
  ['compose.dockerfile'] = 'the Dockerfile of an image, from its build context',
  ['compose.additional_context'] = 'a folder that a build may copy from, beside its context',
  ['compose.env_file'] = 'a file with variables of a service',
  ['compose.label_file'] = 'a file with labels of a service',
  ['compose.volume'] = 'a file or folder of the host that a service sees',
  ['compose.config'] = 'a file that a config is made of',
  ['compose.secret'] = 'a file that a secret is made of',
  ['compose.include'] = 'a compose file that this one includes, and the folder of its project',
  ['compose.extends'] = 'a compose file with the service that this one extends',
  ['compose.watch'] = 'a path whose changes reach a running service',
}

M.files = { '**/compose*.yaml', '**/compose*.yml', '**/docker-compose*.yaml', '**/docker-compose*.yml' }

local NAME = { '^compose.*%.ya?ml$', '^docker%-compose.*%.ya?ml$' }

--- Is this a compose file by its name?
---@param p string
---@return boolean
function M.is_named(p)
  local name = path.basename(p)
  return name:find(NAME[1]) ~= nil or name:find(NAME[2]) ~= nil
end

-- Each service says what it runs; nothing else has such a map at its top.
local function looks_like_services(document)
  local readable, services = pcall(document.get, document, { 'services' }, 1)
  if not readable or type(services) ~= 'table' or ifx.is_list(services) or next(services) == nil then
    return false
  end
  for _, service in pairs(services) do
    if type(service) ~= 'table' or not (service.image or service.build or service.extends) then
      return false
    end
  end
  return document:get({ 'apiVersion' }, 1) == nil
end

--- Is this a compose file, by its name or by what stands in it?
---@param file ifx.repo.File
---@return boolean
function M.is_compose(file)
  if M.is_named(file.path) then
    return true
  end
  local content = file.text()
  if not (content:find('^services:') or content:find('\nservices:', 1, true)) then
    return false
  end
  local document = file.yaml()
  return document ~= nil and #document > 0 and looks_like_services(document)
end

local CREATES = 'docker makes a folder in its place'

-- The source of `SOURCE:TARGET[:MODE]`, when it is a path: its last byte, or nothing.
local function bind_source(volume)
  if volume:find('^[.]') then
    return (volume:find(':', 1, true) or 0) - 1
  elseif volume:find('^%$') then
    return (volume:match('^%${[^}]*}[^:]*()') or volume:match('^[^:]*()')) - 1
  end
end

---@class compose.Job
---@field c ifx.repo.Collector
---@field base string folder of the file
---@field document yaml.Document

local function short_volume(job)
  return function(match)
    local to = type(match.value) == 'string' and bind_source(match.text)
    if to and to > 0 then
      paths.add(job.c, match, { kind = 'compose.volume', base = job.base, to = to, optional = CREATES, rewrite = 'bind' })
    end
  end
end

-- What stands beside a scalar, by the way it was reached.
local function beside(job, match, way, ...)
  local place = table.move(way, 1, #way - 1, 1, {})
  for _, key in ipairs { ... } do
    place[#place + 1] = key
  end
  return job.document:get(place, match.doc)
end

local function long_volume(job)
  return function(match, way)
    if beside(job, match, way, 'type') == 'bind' then
      local strict = beside(job, match, way, 'bind', 'create_host_path') == false
      paths.add(job.c, match, { kind = 'compose.volume', base = job.base, optional = not strict and CREATES or nil })
    end
  end
end

local function device(job)
  return function(match, way)
    local options = beside(job, match, way, 'o')
    if type(options) == 'string' and options:find('bind', 1, true) then
      paths.add(job.c, match, { kind = 'compose.volume', base = job.base, optional = 'docker asks for it when it starts' })
    end
  end
end

local function file_of(job, kind)
  return function(match, way)
    local optional = beside(job, match, way, 'required') == false and 'it is not required' or nil
    paths.add(job.c, match, { kind = kind, base = job.base, check = written.want_file, optional = optional })
  end
end

local function has_dockerfile(job)
  return function(target, kind)
    if kind == 'file' then
      return 'a file where a folder is expected'
    end
    return not job.c.ctx.exists(path.join(target, 'Dockerfile')) and 'a folder without a Dockerfile' or nil
  end
end

local function build_context(job)
  return function(match, way)
    if paths.is_remote(match.text or '') then
      return job.c:remote(match, { kind = 'compose.build_context' })
    end
    local named = way[#way] == 'context'
      and (beside(job, match, way, 'dockerfile') or beside(job, match, way, 'dockerfile_inline'))
    paths.add(job.c, match, {
      kind = 'compose.build_context', base = job.base, check = named and written.want_folder or has_dockerfile(job),
    })
  end
end

local function dockerfile(job)
  return function(match, way)
    local context = beside(job, match, way, 'context')
    if type(context) == 'string' and paths.variable(context) then
      context = env.fill(context, env.of_project(job.c.ctx, job.base)) or context
    end
    if context == nil and type(way[1]) == 'string' and way[1]:find('^x%-') then
      return job.c:doubt(match, match.text, 'a part of a build whose context is not said here')
    elseif context ~= nil and (type(context) ~= 'string' or paths.variable(context)) then
      return job.c:doubt(match, match.text, 'its build context is filled in')
    elseif context and (paths.is_remote(context) or paths.is_of_machine(context)) then
      return job.c:add(match, { kind = 'compose.dockerfile', target_kind = 'remote', why = 'in a build context elsewhere' })
    end
    local folder = job.c.ctx.resolve(job.base, context or '.')
    if not folder then
      return job.c:doubt(match, match.text, 'its build context leads out of the repository')
    end
    local optional = not finder.locate(job.c.ctx, folder) and 'nor does its build context' or nil
    paths.add(job.c, match, {
      kind = 'compose.dockerfile', base = folder, anchor = folder == job.base and 'file' or 'root', optional = optional,
      check = written.want_file,
    })
  end
end

local function additional(job)
  return function(match, way)
    local from = math.type(way[#way]) == 'integer' and (match.text or ''):match('^[^=]*=()') or 1
    if not paths.is_remote((match.text or ''):sub(from)) then
      paths.add(job.c, match, { kind = 'compose.additional_context', base = job.base, from = from, check = written.want_folder })
    end
  end
end

local function plain(job, kind, check)
  return function(match)
    if not paths.is_remote(match.text or '') then
      paths.add(job.c, match, { kind = kind, base = job.base, check = check })
    end
  end
end

local function text_or_list(f)
  return { text = f, items = { text = f } }
end

local function service_shape(job)
  local context = build_context(job)
  local env_file, more = file_of(job, 'compose.env_file'), additional(job)
  return {
    keys = {
      build = {
        text = context,
        keys = {
          context = { text = context }, dockerfile = { text = dockerfile(job) },
          additional_contexts = { each = { text = more }, items = { text = more } },
        },
      },
      env_file = { text = env_file, items = { text = env_file, keys = { path = { text = env_file } } } },
      label_file = text_or_list(file_of(job, 'compose.label_file')),
      volumes = { items = { text = short_volume(job), keys = { source = { text = long_volume(job) } } } },
      extends = { keys = { file = { text = plain(job, 'compose.extends', written.want_file) } } },
      develop = { keys = { watch = { items = { keys = { path = { text = plain(job, 'compose.watch') } } } } } },
    },
  }
end

local function top_shape(job)
  local include = plain(job, 'compose.include', written.want_file)
  local function resource(kind)
    return { each = { keys = { file = { text = file_of(job, kind) } } } }
  end
  return {
    keys = {
      services = { each = service_shape(job) },
      configs = resource 'compose.config', secrets = resource 'compose.secret',
      volumes = { each = { keys = { driver_opts = { keys = { device = { text = device(job) } } } } } },
      include = {
        items = {
          text = include,
          keys = {
            path = text_or_list(include), env_file = text_or_list(file_of(job, 'compose.env_file')),
            project_directory = { text = plain(job, 'compose.include', written.want_folder) },
          },
        },
      },
    },
  }
end

--- Finds what a compose file names; a file that is none names nothing.
---@param c ifx.repo.Collector
function M.find(c)
  local document = M.is_compose(c.file) and c:document()
  for n = 1, document and #document or 0 do
    shape.walk(document, n, top_shape { c = c, base = path.dirname(c.file.path), document = document })
  end
end

--- A path that does not begin with a dot would be the name of a volume.
---@param _ table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite_bind(_, move)
  if move.text:find('[^%w_./@+~-]') then
    return nil, 'the new path has signs that mean more in a volume'
  end
  return move.text:find('^%.') and move.text or './' .. move.text
end

return M

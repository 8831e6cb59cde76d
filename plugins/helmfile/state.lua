-- state.lua: what a helmfile names. SPDX-License-Identifier: Apache-2.0

local paths = require './paths'
local release = require './release'
local shape = require 'ifx.repo.shape'
local spans = require 'ifx.repo.spans'
local states = require './states'
local template = require './template'
local written = require 'ifx.repo.written'

local M = {}

M.kinds = {
  ['helmfile.helmfiles'] = 'another helmfile that this one runs',
  ['helmfile.bases'] = 'a helmfile that this one is merged with; its paths count from the folder of this one',
  ['helmfile.environment_values'] = 'a file with values of an environment, or of the helmfile',
  ['helmfile.environment_secrets'] = 'an encrypted file with values of an environment',
  ['helmfile.chart'] = 'the folder of a chart, or a chart of a repository',
  ['helmfile.values'] = 'a values file of a release',
  ['helmfile.secrets'] = 'an encrypted values file of a release',
  ['helmfile.set_file'] = 'a file whose content is a value',
  ['helmfile.patches'] = 'a patch or a transformer of what a release renders',
  ['helmfile.hook'] = 'a program, or a path among the words of a hook',
  ['helmfile.post_renderer'] = 'the program that changes what Helm renders',
  ['helmfile.unit_tests'] = 'tests of a chart',
  ['helmfile.repository_file'] = 'a certificate or key of a repository of charts',
  ['helmfile.lock_file'] = 'where the versions of charts are kept',
  ['helmfile.template'] = 'a file or folder that an action reads, asks for or runs',
}

local function one(job, r)
  return { text = function(match)
    local copy = {}
    for key, value in pairs(r) do
      copy[key] = value
    end
    paths.add(job, match, copy)
  end }
end

local function environment(job)
  local function files(kind)
    return { items = { text = function(match, way)
      paths.add(job, match, { kind = kind, check = written.want_file, optional = release.missing(job, match, way, 2) })
    end } }
  end
  return { each = { keys = {
    values = files 'helmfile.environment_values', secrets = files 'helmfile.environment_secrets',
  } } }
end

local function helmfiles(job)
  local function add(match)
    paths.add(job, match, {
      kind = 'helmfile.helmfiles', base = nil, optional = release.missing(job, match, { 'helmfiles' }, 1),
    })
  end
  local values = { items = one(job, { kind = 'helmfile.environment_values', check = written.want_file }) }
  return { items = { text = add, keys = { path = { text = add }, values = values } } }
end

local function top(job)
  local releases = release.shape(job)
  local certificate = one(job, { kind = 'helmfile.repository_file', optional = 'keys are mostly kept elsewhere' })
  return { keys = {
    bases = { items = one(job, { kind = 'helmfile.bases', check = written.want_file }) },
    helmfiles = helmfiles(job), environments = environment(job),
    values = { items = one(job, { kind = 'helmfile.environment_values', check = written.want_file }) },
    releases = { items = releases }, templates = { each = releases },
    repositories = { items = { keys = {
      caFile = certificate, certFile = certificate, keyFile = certificate, keyring = certificate,
    } } },
    hooks = release.hooks(job), helmDefaults = { keys = { postRenderer = release.post_renderer(job) } },
    lockFilePath = one(job, { kind = 'helmfile.lock_file', optional = '`helmfile deps` makes it' }),
  } }
end

-- Names of repositories of charts: its own, and those of all others, one of which may be merged with it.
local function repositories(ctx, file, document)
  local names = {}
  for name in pairs(states.all(ctx).repositories) do
    names[name] = true
  end
  for _, name in ipairs(states.texts(file, document, { { 'repositories', '*', 'name' } })) do
    names[name] = true
  end
  return names
end

--- Finds what a helmfile names.
---@param c ifx.repo.Collector
---@param folders string[] what its paths count from
function M.find(c, folders)
  local file, content = c.file, c.file.text()
  template.find(c, folders)
  local document, why, branches = states.document(file)
  if not document then
    if why and content:find('{{', 1, true) then
      c:doubt({ line = why.line, column = why.column }, file.path, 'no YAML without its actions either: ' .. why.message)
    end
    return
  end
  local place = spans.of(file)
  for _, branch in ipairs(branches or {}) do
    c:doubt(place(branch.start, branch.stop), content:sub(branch.start, branch.stop), 'a branch beside one that is read')
  end
  local job = { c = c, content = content, document = document, folders = folders }
  job.repositories = repositories(c.ctx, file, document)
  for n = 1, #document do
    shape.walk(document, n, top(job))
  end
end

return M

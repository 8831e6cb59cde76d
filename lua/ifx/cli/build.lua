-- build: the objects that come out of a folder. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local term = require 'term'

local RESTRICTORS = { LoadRestrictionsRootOnly = 'root', LoadRestrictionsNone = 'none' }
local ORDERS = { legacy = 'legacy', none = 'none' }

local function choice(opts, name, known, default)
  local word = opts[name]
  if not word then return default end
  if known[word] then return known[word] end
  local words = require('ifx.list').keys(known)
  err.raise { kind = 'argument', usage = true, message = ("--%s cannot be '%s'"):format(name, word),
    hint = 'it is ' .. table.concat(words, ' or ') }
end

local function missing(where, hint)
  err.raise { kind = 'not_found', op = 'build', message = ("'%s' doesn't exist"):format(where), hint = hint }
end

local function refuse_file(where)
  err.raise { kind = 'argument', op = 'build', file = where, message = 'must build at directory: this is a file',
    hint = 'name the folder that it lies in' }
end

local function is_address(where)
  return where:find '^%a[%w+.-]*://' or where:find '^[%w._-]+@[%w.-]+:' or where:find '%?ref='
end

-- Why a folder of this machine is not there: what else the word may stand for.
local function hint_for(where, dir)
  if is_address(where) then return 'nothing is read from the network: clone the repository and name the folder' end
  local near = require 'ifx.render.near'(require('ifx.render.disk').open(), fs.realpath(dir):sub(2), where,
    { kind = 'dir' })
  if near then return near end
  local ok, found = pcall(require('ifx.repo.revision').find_id, dir, where)
  return ok and found and ("a revision is written REV:PATH: did you mean '%s:.'?"):format(where) or nil
end

-- The repository that a folder lies in, else the folder.
local function repository_of(dir)
  local at = dir
  while not fs.stat(fs.join(at, '.git')) do
    if at == '/' then return dir end
    at = fs.dirname(at)
  end
  return at
end

-- A folder of this machine: its files are all files of the machine, for a kustomization may name what lies beside it.
local function on_disk(where, dir)
  local real = fs.realpath(fs.join(dir, where))
  if not real then missing(where, hint_for(where, dir)) end
  if fs.stat(real).type ~= 'dir' then refuse_file(where) end
  return { files = require('ifx.render.disk').open(), module = 'ifx.render.disk', folder = real:sub(2),
    repository = repository_of(real) }
end

-- REV:PATH, as git writes it: the path is taken from the root of the repository.
local function in_revision(where, rev, inside, dir)
  local tree = require('ifx.repo.tree').revision(dir, rev)
  local files, folder = require('ifx.render.tree').open(tree, rev), fs.normalize(inside == '' and '.' or inside)
  local kind = folder and files:kind(folder)
  if kind ~= 'dir' then
    local _ <close> = tree
    if kind then refuse_file(where) end
    missing(where, require 'ifx.render.near'(files, '', inside, { prefix = rev .. ':', kind = 'dir' }))
  end
  return { files = files, module = 'ifx.render.tree', folder = folder, repository = dir,
    tree = tree }
end

local function open(where, dir)
  local rev, inside = where:match '^([^:]+):(.*)$'
  if rev and not is_address(where) and not fs.stat(fs.join(dir, where)) then return in_revision(where, rev, inside, dir) end
  return on_disk(where, dir)
end

local function as_json(result, entrypoint)
  local objects = require('ifx').list {}
  for i, object in ipairs(result.objects) do objects[i] = object:value() end
  return require('json').encode({ format = 'ifx.build/1', objects = objects, entrypoint = entrypoint,
    warnings = require('ifx').list(result.warnings), problems = require('ifx').list(result.problems or {}),
  }, { pretty = true }) .. '\n'
end

-- Nothing is written before everything is there.
local function write(to, texts)
  if to then return fs.write(to, table.concat(texts)) end
  for _, text in ipairs(texts) do term.write(text) end
end

-- Who asked for a document gets one, with the reason in it.
local function fail_as_json(opts, e)
  local problem = require('ifx.cli.report').data(e)
  if opts.all then
    term.write(require('json').encode({ format = 'ifx.build-all/1', roots = require('ifx').list {},
      problems = require('ifx').list { problem } }, { pretty = true }) .. '\n')
  else
    term.write(as_json { objects = {}, warnings = {}, problems = { problem } })
  end
end

-- What a controller makes of one entry point of a repository.
local function build_entrypoint(opts, where)
  if opts['load-restrictor'] or opts.reorder then
    err.raise { kind = 'argument', usage = true, message = 'of an entry point the controller says how files are read and ordered',
      hint = 'leave --load-restrictor and --reorder away' }
  end
  local build = require 'ifx.gitops.build'
  local entry = build.run { where = where, dir = opts.C or fs.cwd(), name = opts.entrypoint, repositories = opts.repo,
    helm = opts['enable-helm'] == true }
  local lines, whole = build.notes(entry)
  for _, line in ipairs(lines) do term.error(term.clean(line) .. '\n') end
  local nodes = {}
  for i, object in ipairs(entry.objects) do nodes[i] = object.node end
  write(opts.o, opts.json and { as_json({ objects = nodes, warnings = entry.warnings }, build.document(entry)) }
    or require 'ifx.render.texts'(nodes))
  return whole and 0 or 1
end

local function run(opts, args)
  if opts.entrypoint then return build_entrypoint(opts, args[1]) end
  if opts.repo then err.raise { kind = 'argument', usage = true, message = '--repo is for --entrypoint' } end
  local options = {
    load_restrictor = choice(opts, 'load-restrictor', RESTRICTORS, 'root'),
    reorder = choice(opts, 'reorder', ORDERS, 'legacy'), enable_helm = opts['enable-helm'] == true,
  }
  local place = open(args[1] or '.', opts.C or fs.cwd())
  local _ <close> = place.tree
  if opts.all then return require 'ifx.cli.builds'.run(place, options, opts) end
  local registry = require('ifx.plugin').registry { dir = place.repository, bringing = 'render' }
  local result = require('ifx.render').folder(registry, place.files, place.folder, options)
  if #result.warnings > 0 then require('ifx.cli.report').warn(result.warnings) end
  write(opts.o, opts.json and { as_json(result) } or require 'ifx.render.texts'(result.objects))
  return 0
end

return {
  summary = 'Print the objects that come out of a folder, as its tool would',
  usage = 'build [--all] [PATH|REV:PATH] [--entrypoint NAME] [--repo URL=DIR[@REV]]… [-o FILE] [--load-restrictor WHICH]\n'
    .. '           [--reorder ORDER] [--enable-helm] [--json] [-C DIR]',
  doc = [[
PATH is a folder with a kustomization (default: the current one), REV:PATH a folder of a revision, read without a checkout.
With --entrypoint it is a repository, or the folder of it that declares what is meant, and the objects are those that the
controller of the entry point would apply; the exit status is 1 when they are not all that it would apply.
With --all every folder below is built that is built by itself; the exit status is 1 when one of them cannot be.
Nothing is read from the network.]],
  options = {
    { 'all', doc = 'every root below the folder, on all processors' },
    { 'o', long = 'output', value = 'FILE',
      doc = 'write there instead of standard output; with --all a folder, one file for each root' },
    { 'load-restrictor', value = 'WHICH', doc = 'LoadRestrictionsRootOnly (default) or LoadRestrictionsNone' },
    { 'reorder', value = 'ORDER', doc = 'legacy (default) or none: in the order in which they are listed' },
    { 'enable-helm', doc = 'charts may be rendered with the program helm' },
    { 'entrypoint', value = 'NAME', doc = 'of this entry point: [CLUSTER:][KIND/][NAMESPACE/]NAME' },
    { 'repo', value = 'URL=DIR[@REV]', many = true, doc = 'this checkout stands for that repository' },
    { 'json', doc = 'one document of the format ifx.build/1, with --all ifx.build-all/1; also of what fails' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    if not opts.json then return run(opts, args) end
    local ok, result = pcall(run, opts, args)
    if ok then return result end
    if err.is(result) and not result.usage and result.kind ~= 'cancelled' then fail_as_json(opts, result) end
    error(result, 0)
  end,
}

-- files.lua: files that expressions and resources read and write. SPDX-License-Identifier: Apache-2.0

local reader = require './reader'

local M = {}

-- Functions that read the file that their first argument names.
local READS = list.set {
  'file', 'filebase64', 'filemd5', 'filesha1', 'filesha256', 'filesha512', 'filebase64sha256', 'filebase64sha512',
  'templatefile',
}

-- Functions that go on when what is inside of them fails.
local FORGIVES = { 'try', 'can' }

-- Attributes of resources, data and provisioners that are paths of files, by type: what becomes of them.
local ARGUMENTS = {
  local_file = { filename = 'writes', source = 'reads' },
  local_sensitive_file = { filename = 'writes', source = 'reads' },
  archive_file = { source_file = 'reads', source_dir = 'folder', output_path = 'writes' },
  helm_release = { chart = 'chart' },
  kustomization_build = { path = 'folder' },
  kubectl_path_documents = { pattern = 'glob' }, kubectl_filename_list = { pattern = 'glob' },
  file = { source = 'reads' }, -- the provisioner
}
local DATA = { local_file = { filename = 'reads' }, local_sensitive_file = { filename = 'reads' } }

local FORGIVEN = 'the expression goes on without it'

local function inside(calls, place)
  return list.find(calls, function(call) return call.start < place.start and place.stop <= call.stop end) ~= nil
end

-- Places that do without the file: inside of try() and can(), and where fileexists() asks for the same path.
local function forgiving(r)
  local calls, asked = {}, {}
  for _, name in ipairs(FORGIVES) do
    list.append(calls, r.document:calls(name))
  end
  for _, call in ipairs(r.document:calls 'fileexists') do
    local argument = call.args[1]
    if argument then
      asked[r:bytes(argument.start, argument.stop)] = true
    end
  end
  return function(call)
    local argument = call.args[1]
    return inside(calls, call) or asked[r:bytes(argument.start, argument.stop)] == true
  end
end

local function add_function(r, call, cwd, optional)
  local argument = call.args[1]
  local str = r:string_at(argument.start, argument.stop)
  if str then
    r:path(str, cwd(), { kind = 'terraform.file', check = reader.want 'file', optional = optional })
  else
    r:doubt(argument.start, argument.stop, call, 'a file that an expression names')
  end
end

-- fileset(FOLDER, PATTERN): the folder is text, or path.module and the like.
local function add_fileset(r, call, cwd)
  local folder, pattern = call.args[1], call.args[2]
  local of_folder, of_pattern = r:string_at(folder.start, folder.stop), r:string_at(pattern.start, pattern.stop)
  local bases, why
  if of_folder then
    local piece
    piece, why = r:piece(of_folder, cwd())
    if piece and not piece.open and not piece.machine then
      bases = list.map(piece.bases, function(base)
        return { dir = r.c.ctx.resolve(base.dir, piece.text) or '', via = base.via, root = base.root }
      end)
      r:add(of_folder, piece, { kind = 'terraform.file', check = reader.want 'dir' })
    elseif not piece and not why then
      bases = #of_folder.parts == 1 and r:places(of_folder.parts[1].expr) or nil
    end
  else
    bases, why = r:places(r:bytes(folder.start, folder.stop))
  end
  if bases and of_pattern then
    local piece = r:piece(of_pattern, bases)
    if piece then
      return r:glob(of_pattern, piece, { kind = 'terraform.fileset' })
    end
  end
  r:doubt(call.start, call.stop, call, why or 'files that an expression names')
end

local function find_functions(r, cwd)
  local forgiven
  for _, call in ipairs(r.document:calls()) do
    if READS[call.name] and call.args[1] then
      forgiven = forgiven or forgiving(r)
      add_function(r, call, cwd, forgiven(call) and FORGIVEN or nil)
    elseif call.name == 'fileexists' and call.args[1] then
      add_function(r, call, cwd, 'fileexists asks whether it is there')
    elseif call.name == 'fileset' and call.args[2] then
      add_fileset(r, call, cwd)
    end
  end
end

local ADD = {
  reads = function(r, str, cwd)
    r:path(str, cwd, { kind = 'terraform.argument', check = reader.want 'file', optional = 'it may be made before it is read' })
  end,
  writes = function(r, str, cwd)
    r:path(str, cwd, { kind = 'terraform.writes', writes = true })
  end,
  folder = function(r, str, cwd)
    r:path(str, cwd, { kind = 'terraform.argument', check = reader.want 'dir', optional = 'it may be made before it is read' })
  end,
  glob = function(r, str, cwd)
    local piece = r:piece(str, cwd)
    if piece and not piece.machine then
      r:glob(str, piece, { kind = 'terraform.argument' })
    end
  end,
  -- A chart is a folder where it looks like a path, else a name in a repository.
  chart = function(r, str, cwd)
    local first = str.parts[1]
    if first and (not first.raw or first.raw:find '^%.%.?/') then
      r:path(str, cwd, { kind = 'terraform.argument', check = reader.want 'dir' })
    end
  end,
}

local function find_arguments(r, cwd)
  for _, block in ipairs(r.document:blocks()) do
    local is_data = block.type == 'data'
    local known = (is_data or block.type == 'resource' or block.type == 'provisioner')
      and (is_data and DATA[block.labels[1]] or ARGUMENTS[block.labels[1]]) or {}
    for name, what in pairs(known) do
      local attribute = r.document:find(block, name)
      local str = attribute and r:string_at(attribute.expr_start, attribute.expr_stop)
      if str and not r.taken[str.start] then
        ADD[what](r, str, cwd())
      end
    end
  end
end

-- The bytes that end a path inside of a longer text, a command for instance.
local WORD = '^[^%s"\'`;|&<>(),{}%[%]\\*?!$#:=]+'

-- A path after ${path.module} and the like, somewhere in a text.
local function add_word(r, str, i)
  local part, before, text_of = str.parts[i], str.parts[i - 1], str.parts[i + 1]
  if not text_of or (text_of.raw or ''):sub(1, 1) ~= '/' then
    return
  end
  local bases, why = r:places(part.expr)
  if before and (not before.raw or before.raw:find '[%w_./~-]$') then
    bases, why = nil, 'a path with something before its beginning'
  end
  local from = #text_of.raw:match '^/+' + 1
  local word = text_of.raw:match(WORD, from) or ''
  local stop = from + #word
  local open = text_of.raw:find('^[*?%[{\\]', stop) or stop > #text_of.raw and str.parts[i + 2] ~= nil
  if open then
    word = word:match '^(.*)/[^/]*$' or ''
  end
  if word == '' then
    return
  elseif not bases then
    return r.c:doubt(str, text_of.raw:sub(1, from + #word - 1), why)
  end
  local start = text_of.start + from - 1
  r:add(str, { bases = bases, text = word, start = start, stop = start + #word - 1, open = open and true or false },
    { kind = 'terraform.path', optional = 'it may be made at run time' })
end

local function find_words(r)
  for _, str in ipairs(r.document:strings()) do
    for i, part in ipairs(not r.taken[str.start] and str.parts or {}) do
      if part.expr and not part.directive and part.expr:find '^path%.' then
        add_word(r, str, i)
      end
    end
  end
end

--- Adds the files that a configuration names.
---@param r terraform.Reader
---@param cwd fun(): terraform.Folder[] what a path without a beginning counts from
function M.find(r, cwd)
  find_functions(r, cwd)
  find_arguments(r, cwd)
end

--- Adds what is left: paths inside of longer texts.
---@param r terraform.Reader
function M.find_rest(r)
  find_words(r)
end

return M

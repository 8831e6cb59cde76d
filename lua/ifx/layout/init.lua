-- layout.lua: target layouts as data: reading, extending, filling in parameters. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fill = require 'ifx.layout.fill'
local fs = require 'fs'
local ifx = require 'ifx'
local repositories = require 'ifx.layout.repositories'
local schema = require 'ifx.schema'
local suggest = require 'ifx.suggest'
local yaml = require 'yaml'

local M = {}

-- A layout is a page or two that people write: larger files are refused.
M.max_bytes = 256 * 1024

---@class ifx.Layout
---@field name string
---@field summary string
---@field file string            where it was read from
---@field params table<string, ifx.Field>
---@field candidates table<string, string>  parameter to the class of folders that are proposed for it
---@field set table<string, any> values that it gives to parameters of the layout it extends
---@field fits { files: string[], references: string[] }
---@field moves ifx.layout.Move[]
---@field actions ifx.layout.Action[]
---@field generate ifx.layout.File[]
---@field repositories table<string, { name: string, url: string, dir: string? }>  results beside the repository itself
---@field redirects ifx.layout.Redirect[]

---One row of the move matrix. `from` globs of files, or `folder` globs of folders that move whole.
---@class ifx.layout.Move
---@field from? string[]
---@field folder? string[]
---@field except? string[]
---@field holds? string          class of content that the file (or the folder) must hold
---@field to? string             template of the new path, or of the folder's
---@field repository? string     key of the repository that it moves to; nil: it stays in this one
---@field also? { to: string, repository: string? }[]  further places of the file: a copy goes to each
---@field action string
---@field each? table<string, string>  variable to the list parameter whose values it takes in turn
---@field why? string
---@field place { file: string, line: integer, column: integer }  where it is written

-- All but Keep move; what the words beyond Move announce is done by the layout's transforms.
local ACTIONS = { 'Move', 'Keep', 'Split', 'Refactor', 'Consolidate', 'Enhance' }

local function check_name(value)
  return not value:find '^[a-z0-9][a-z0-9-]*$' and 'must be lower-case letters, digits and -' or nil
end

local function check_target(value)
  if value:sub(1, 1) == '/' then return 'must be a path inside the repository, without a leading /' end
  for step in value:gmatch '[^/]+' do
    if step == '..' then return 'must not leave the repository: ..' end
    if step == '.git' then return 'must not lie in .git' end
  end
end

-- A new place is a whole path: a slash at its end leaves open what the file is called there.
local function check_place(value)
  if value:sub(-1) == '/' then
    return "must not end in /: write the whole path, as 'apps/${base}' in a row with `from`, 'apps' in one with `folder`"
  end
  return check_target(value)
end

local PLACE = { pattern = '[^/]$' }

-- A row names files or folders, and where they go unless it keeps them: as check_move says it.
local ROW = {
  oneOf = ifx.list { { required = ifx.list { 'from' } }, { required = ifx.list { 'folder' } } },
  ['if'] = { properties = { action = { const = 'Keep' } }, required = ifx.list { 'action' } },
  ['then'] = { ['not'] = { anyOf = ifx.list { { required = ifx.list { 'to' } }, { required = ifx.list { 'repository' } } } } },
  ['else'] = { required = ifx.list { 'to' } },
}

local one_glob = { type = 'string', min = 1 }
local globs = { type = 'list', min = 1, items = one_glob }
local elsewhere = { type = 'string', doc = 'key of one of the `repositories`' }
local repeats = { type = 'map', values = { type = 'string' }, doc = 'variable: list parameter whose values it takes in turn' }

---The fields of a layout file.
M.fields = {
  layout = { type = 'integer', required = true, min = 1, max = 1, doc = 'version of this format: 1' },
  name = { type = 'string', required = true, check = check_name, json = { pattern = '^[a-z0-9][a-z0-9-]*$' },
    doc = 'its name, as in --layout NAME' },
  summary = { type = 'string', required = true, min = 1, doc = 'what it makes of a repository, in one line' },
  extends = { type = 'string', doc = 'name or file of the layout it builds on; its rows come after this one\'s' },
  params = { type = 'any', default = {}, doc = 'parameters, as of a recipe',
    accepts = { { type = 'map', values = { type = 'map', fields = schema.field } } } },
  candidates = { type = 'map', default = {}, values = { type = 'string' },
    doc = 'parameter: class of folders whose names are proposed for it' },
  set = { type = 'map', default = {}, values = { type = 'any' }, doc = 'values for parameters of the extended layout' },
  fits = { type = 'map', default = {}, doc = 'what a repository must have for the layout to be proposed', fields = {
    files = { type = 'list', default = {}, items = { type = 'string' }, doc = 'globs: each must match a file' },
    references = { type = 'list', default = {}, items = { type = 'string' }, doc = 'kinds: one of each must be there' },
  } },
  moves = { type = 'list', default = {}, doc = 'rows of the move matrix; the first that matches a file decides', items = {
    type = 'map', json = ROW, fields = {
      from = { type = 'any', accepts = { one_glob, globs }, doc = 'glob, or list of globs, of files' },
      folder = { type = 'any', accepts = { one_glob, globs }, doc = 'glob, or list of globs, of folders that move whole' },
      except = { type = 'any', accepts = { one_glob, globs }, doc = 'glob, or list of globs, that the row leaves alone' },
      holds = { type = 'string', doc = 'class of content that the file or folder must hold' },
      to = { type = 'string', min = 1, check = check_place, json = PLACE, doc = 'template of the new path' },
      repository = elsewhere,
      also = { type = 'list', doc = 'further places: a copy goes to each', items = { type = 'map', fields = {
        to = { type = 'string', required = true, min = 1, check = check_place, json = PLACE, doc = 'template of the path' },
        repository = elsewhere,
      } } },
      action = { type = 'enum', values = ACTIONS, default = 'Move', doc = 'what happens' },
      each = repeats,
      why = { type = 'string', doc = 'a word for the report' },
    } } },
  actions = { type = 'list', default = {}, doc = 'transforms that run when the files are in their new places', items = {
    type = 'map', fields = {
      use = { type = 'string', required = true, doc = 'PLUGIN.TRANSFORM' },
      with = { type = 'map', default = {}, values = { type = 'any' }, doc = 'its arguments; text may hold ${…}' },
      repository = elsewhere,
      each = repeats,
    } } },
  generate = { type = 'list', default = {}, doc = 'files that are written when they are not there', items = {
    type = 'map', fields = {
      path = { type = 'string', required = true, check = check_place, json = PLACE, doc = 'template of its path' },
      text = { type = 'string', required = true, doc = 'template of its text' },
      repository = elsewhere,
      each = repeats,
    } } },
  repositories = { type = 'map', default = {}, values = repositories.fields, doc = 'results beside the repository itself' },
  redirects = { type = 'list', default = {}, doc = 'where references to folders point that are split', items = {
    type = 'map', fields = {
      from = { type = 'string', required = true, min = 1, check = check_target, doc = 'folder or file before' },
      to = { type = 'string', required = true, min = 1, check = check_place, json = PLACE,
        doc = "path afterwards, '.' for the top" },
      repository = elsewhere,
      each = repeats,
    } } },
}

-- ---------------------------------------------------------------- reading

local function refuse(place, message, hint)
  err.raise { kind = 'config', op = 'read layout', message = message, hint = hint,
    file = place.file, line = place.line, column = place.column }
end

-- A glob or a list of globs, as a list.
local function as_globs(row, key, where, path)
  local value = row[key]
  if value == nil then return end
  if type(value) == 'string' then value = { value } end
  path[#path + 1] = key
  row[key] = schema.check_one(globs, value, key, { op = 'read layout', where = function() return where(path, false) end })
end

local function check_move(row, where, i)
  for _, key in ipairs { 'from', 'folder', 'except' } do as_globs(row, key, where, { 'moves', i }) end
  local place = where({ 'moves', i }, false)
  row.place = place
  if (row.from == nil) == (row.folder == nil) then refuse(place, 'a row names its files with `from` or with `folder`') end
  if row.action ~= 'Keep' and not row.to then refuse(place, 'a row that moves says where to: `to`') end
  if row.action == 'Keep' and row.to then refuse(place, 'a row that keeps has no `to`') end
  if row.action == 'Keep' and row.repository then refuse(place, 'a row that keeps has no `repository`; `also` copies') end
end

local function check_each(rows, name, count, params, where)
  for i = 1, count do
    local row = rows[i]
    for variable, param in pairs(row.each or {}) do
      local field = params[param]
      local place = where({ name, i, 'each', variable }, false)
      if not field then
        refuse(place, ("there is no parameter '%s'"):format(param))
      elseif not field.type:find '%[%]$' then
        refuse(place, ("'%s' is no list: its type is %s"):format(param, field.type))
      end
    end
  end
end

-- What every row of files knows about the file that it matched; captures of its globs are numbers.
local OF_A_FILE = { path = true, dir = true, base = true, stem = true }

local function check_template(template, is_known, names, place)
  for braced in template:gmatch '%$(%b{})' do
    local name = braced:sub(2, -2)
    local base = name:match '^(.*)%.base$'
    if not is_known(name) and not (base and is_known(base)) then
      local close = suggest(name, names)
      refuse(place, ("there is no variable '%s' here"):format(name),
        close and ("did you mean '%s'?"):format(close) or 'there are: ' .. table.concat(names, ', '))
    end
  end
end

local function check_deep(value, check, path)
  if type(value) == 'string' then return check(value, path) end
  if type(value) ~= 'table' then return end
  for key, item in pairs(value) do
    path[#path + 1] = key
    check_deep(item, check, path)
    path[#path] = nil
  end
end

-- A check of the templates of one row. `matched`: the variables of the file that it matched are there, too.
local function template_check(layout, row, where, matched)
  local names, known = {}, {}
  for _, group in ipairs { layout.params, row.each or {}, matched and OF_A_FILE or {} } do
    for name in pairs(group) do names[#names + 1], known[name] = name, true end
  end
  table.sort(names)
  local function is_known(name) return known[name] or matched and name:find '^%d+$' end
  return function(text, path) check_template(text, is_known, names, where(path, false)) end
end

-- A glob must be one whatever its variables hold: their values are quoted when they are filled in.
local function glob_check(check, where)
  return function(text, path)
    if check then check(text, path) end
    local ok, e = pcall(fs.glob, (text:gsub('%$%b{}', 'x')))
    if not ok then refuse(where(path, false), e.message, e.hint) end
  end
end

-- Every variable of the layout's own rows is known: told now, with its place, not when a file comes to match.
local function check_variables(layout, counts, where)
  for i = 1, counts.moves do
    local row = layout.moves[i]
    local check = template_check(layout, row, where)
    for _, key in ipairs { 'from', 'folder', 'except' } do
      check_deep(row[key], glob_check(check, where), { 'moves', i, key })
    end
    local of_file = template_check(layout, row, where, row.from ~= nil)
    check_deep(row.to, of_file, { 'moves', i, 'to' })
    for j, place in ipairs(row.also or {}) do of_file(place.to, { 'moves', i, 'also', j, 'to' }) end
  end
  for i = 1, counts.actions do
    check_deep(layout.actions[i].with, template_check(layout, layout.actions[i], where), { 'actions', i, 'with' })
  end
  for i = 1, counts.generate do
    local row = layout.generate[i]
    local check = template_check(layout, row, where)
    for _, key in ipairs { 'path', 'text' } do check(row[key], { 'generate', i, key }) end
  end
  for i = 1, counts.redirects do
    local row = layout.redirects[i]
    local check = template_check(layout, row, where)
    for _, key in ipairs { 'from', 'to' } do check(row[key], { 'redirects', i, key }) end
  end
  for id, one in pairs(layout.repositories) do
    if not one.inherited then check_deep(one, template_check(layout, {}, where), { 'repositories', id }) end
  end
end

local LISTS = { 'moves', 'actions', 'generate', 'redirects' }

local function merge(own, base)
  for _, key in ipairs(LISTS) do
    table.move(base[key], 1, #base[key], #own[key] + 1, own[key])
  end
  for id, one in pairs(base.repositories) do
    if not own.repositories[id] then own.repositories[id] = setmetatable({ inherited = true }, { __index = one }) end
  end
  for _, key in ipairs { 'params', 'candidates', 'set' } do
    for name, value in pairs(base[key]) do
      if own[key][name] == nil then own[key][name] = value end
    end
  end
  if #own.fits.files + #own.fits.references == 0 then own.fits = base.fits end
end

local function check_settings(layout, where)
  for name, value in pairs(layout.set) do
    local field = layout.params[name]
    local place = where({ 'set', name }, true)
    if not field then
      local names = {}
      for known in pairs(layout.params) do names[#names + 1] = known end
      local close = suggest(name, names)
      refuse(place, ("set: there is no parameter '%s'"):format(name), close and ("did you mean '%s'?"):format(close))
    end
    layout.set[name] = schema.check_one(field, value, name, { op = 'read layout', where = function() return place end })
  end
end

---Read a layout. `find(name)` gives { text =, path = } of the layout it extends.
---@param text string
---@param file string   for messages
---@param find fun(name: string): { text: string, path: string }
---@param depth? integer
---@return ifx.Layout
---Raises kind 'parse' or 'config' with the place.
function M.read(text, file, find, depth)
  depth = depth or 1
  if #text > M.max_bytes then
    err.raise { kind = 'limit', op = 'read layout', file = file, message = ('%d bytes are too many for a layout'):format(#text) }
  end
  local document = yaml.document(text, { file = file, schema = 'core' })
  local where = schema.places(document, file)
  if #document ~= 1 then refuse({ file = file, line = 1, column = 1 }, 'a layout is one YAML document') end
  local options = { op = 'read layout', where = where }
  local layout = schema.check(M.fields, document:value(1), options)
  layout.file = file
  layout.params = schema.check_schema(layout.params, options, { 'params' })
  layout.fits.files, layout.fits.references = layout.fits.files or {}, layout.fits.references or {}
  for i, row in ipairs(layout.moves) do check_move(row, where, i) end
  local own = {}
  for _, key in ipairs(LISTS) do own[key] = #layout[key] end
  if layout.extends then
    if depth > 8 then refuse(where({ 'extends' }, false), 'layouts extend each other in a circle') end
    local found = find(layout.extends)
    merge(layout, M.read(found.text, found.path, find, depth + 1))
  end
  for key, count in pairs(own) do
    check_each(layout[key], key, count, layout.params, where)
    repositories.check(layout, key, count, function(path, message, hint) refuse(where(path, false), message, hint) end)
  end
  check_variables(layout, own, where)
  check_deep(layout.fits.files, glob_check(nil, where), { 'fits', 'files' })
  check_settings(layout, where)
  return layout
end

---Values for the layout's parameters: those given as text, its own `set`, defaults.
---@param layout ifx.Layout
---@param given table<string, string>
---@return table values, string[] missing names of required parameters without a value
function M.values(layout, given)
  local values, missing, names = {}, {}, {}
  for name in pairs(layout.params) do names[#names + 1] = name end
  table.sort(names)
  for name in pairs(given) do
    if not layout.params[name] then
      local close = suggest(name, names)
      err.raise { kind = 'argument', op = 'layout ' .. layout.name, message = ("there is no parameter '%s'"):format(name),
        hint = close and ("did you mean '%s'?"):format(close)
          or #names > 0 and 'its parameters: ' .. table.concat(names, ', ') or 'it has no parameters' }
    end
  end
  for _, name in ipairs(names) do
    local field = layout.params[name]
    if given[name] then
      values[name] = schema.from_text(field, given[name], name, { op = 'layout ' .. layout.name })
    elseif layout.set[name] ~= nil then
      values[name] = layout.set[name]
    elseif field.default ~= nil then
      values[name] = field.default
    elseif field.required then
      missing[#missing + 1] = name
    end
  end
  return values, missing
end

-- ---------------------------------------------------------------- filling in

M.fill = fill.text

-- The variables of each repetition of a row: parameters, and one value of each list that `each` names.
local function repetitions(row, values)
  local out = { { vars = setmetatable({}, { __index = values }), each = {} } }
  local names = {}
  for name in pairs(row.each or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local longer = {}
    for _, one in ipairs(out) do
      for _, value in ipairs(values[row.each[name]] or {}) do
        local each = { [name] = value }
        for other, text in pairs(one.each) do each[other] = text end
        longer[#longer + 1] = { vars = setmetatable({ [name] = value }, { __index = one.vars }), each = each }
      end
    end
    out = longer
  end
  return out
end

local function fill_globs(list, vars)
  local out = {}
  for i, glob in ipairs(list or {}) do out[i] = M.fill(glob, vars, fill.escape_glob) end
  return out
end

---One row with its parameters filled in.
---@class ifx.layout.Row
---@field globs string[]
---@field whole boolean      the globs name folders
---@field except string[]
---@field holds? string
---@field to? string
---@field repository? string
---@field also { to: string, repository: string? }[]
---@field action string
---@field vars table
---@field each table<string, any>  the values of this repetition
---@field row integer        its number in the layout, after those of the layouts that it extends
---@field place { file: string, line: integer, column: integer }

---The rows of the move matrix with all parameters filled in, in order. `to` is still a template of the
---variables of a match (see docs/layouts.md), with the row's own variables in `vars`.
---@param layout ifx.Layout
---@param values table
---@return ifx.layout.Row[]
function M.rows(layout, values)
  local out = {}
  for i, row in ipairs(layout.moves) do
    for _, one in ipairs(repetitions(row, values)) do
      out[#out + 1] = {
        globs = fill_globs(row.folder or row.from, one.vars), whole = row.folder ~= nil,
        except = fill_globs(row.except, one.vars), holds = row.holds,
        to = row.to, repository = row.repository, also = row.also or {}, action = row.action, vars = one.vars, each = one.each,
        row = i, place = row.place,
      }
    end
  end
  return out
end

---The transforms to call, with their arguments filled in, in order.
---@param layout ifx.Layout
---@param values table
---@return { use: string, with: table, repository: string? }[]
function M.actions(layout, values)
  local out = {}
  for _, action in ipairs(layout.actions) do
    for _, one in ipairs(repetitions(action, values)) do
      out[#out + 1] = { use = action.use, with = fill.deep(action.with, one.vars), repository = action.repository }
    end
  end
  return out
end

---The files to generate, filled in.
---@param layout ifx.Layout
---@param values table
---@return { path: string, text: string, repository: string? }[]
function M.generated(layout, values)
  local out = {}
  for _, file in ipairs(layout.generate) do
    for _, one in ipairs(repetitions(file, values)) do
      out[#out + 1] = {
        path = M.fill(file.path, one.vars), text = M.fill(file.text, one.vars), repository = file.repository,
      }
    end
  end
  return out
end

---Where references to folders that are split point, filled in: by what they name before.
---@param layout ifx.Layout
---@param values table
---@return table<string, { repository: string?, path: string }>
function M.redirects(layout, values)
  local out = {}
  for _, row in ipairs(layout.redirects) do
    for _, one in ipairs(repetitions(row, values)) do
      local from, to = fs.normalize(M.fill(row.from, one.vars)), fs.normalize(M.fill(row.to, one.vars))
      if from and to and not out[from] then out[from] = { repository = row.repository, path = to == '.' and '' or to } end
    end
  end
  return out
end

---The repositories that are made, with their parameters filled in, sorted by their keys.
---@param layout ifx.Layout
---@param values table
---@param root string  work tree of this repository: default folders lie beside it, others are taken from it
---@return ifx.layout.Repository[]
---Raises 'argument' for a name or an address that cannot be one.
function M.repositories(layout, values, root)
  return repositories.resolve(layout, root, function(template) return M.fill(template, values) end)
end

return M

-- search.lua: what the finders see in the files of a tree, one file after the other. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local dispatch = require 'ifx.repo.dispatch'
local files = require 'ifx.repo.file'
local list = require 'ifx.list'
local path = require 'ifx.path'
local text = require 'ifx.text'
local view = require 'ifx.repo.view'

local search = {}

-- Larger files are named and counted, never searched: no manifest and no prose is that long.
search.MAX_TEXT = 8 * 1024 * 1024
local WINDOW = 2000

---@class ifx.repo.Reference
---@field plugin string           who found it ('text' for the search of this library)
---@field kind string             'kustomize.resources', 'text' …
---@field exact boolean           parsed by a tool's rules; false: a text that reads like a path and is one
---@field file string
---@field line integer
---@field column integer
---@field start integer           first byte of exactly the text to be replaced
---@field stop integer            its last byte
---@field text string             what it says, unescaped
---@field base? string            directory that the text is resolved from; '' is the root; nil: it is not a path
---@field anchor? 'root'|'file'   does `base` follow the file when it moves? Default: yes when it is the file's directory
---@field target? string          normalized path; nil: outside, or no path
---@field target_kind? 'path'|'file'|'dir'|'glob'|'regex'|'object'|'repository'|'remote'
---@field object? { kind: string, namespace: string?, name: string? }
---@field resolved? boolean       nil: cannot be known here
---@field why? string             why it does not resolve, or cannot be known
---@field editable boolean
---@field locked? string          why it must not be edited
---@field style? string           YAML style of the scalar
---@field through? boolean        the folder is only passed: what it holds is not read there
---@field rewrite? string         name of the finder's own rewriting function
---@field nothing? boolean        the bytes name nothing of the tree, whatever they read like: no text is found in them
---@field address? true|{ start: integer, stop: integer, text: string, style: string? }  it is a path of the repository at this
---address, wherever its file is: true when the address ends with it, else the place of the address in the file

---@class ifx.repo.Finder
---@field kinds table<string, string>  kind -> what it is. One that ends in '.text' says: it reads the prose of its files too
---@field files? string[]              globs
---@field choose? fun(ctx: ifx.repo.Context): string[]  paths of further files, links and submodules; asked once
---@field needs? string[]              plain strings: only a file that holds one of them is looked at
---@field find fun(file: ifx.repo.File, ctx: ifx.repo.Context): ifx.repo.Reference[]?, table[]?
---@field rewrite? table<string, fun(ref: ifx.repo.Reference, move: ifx.repo.Movement): string?, string?>
---@field cross? table<string, fun(ref: ifx.repo.Reference, move: ifx.repo.Movement): string?, string?>  the same, when what is
---named is in another repository afterwards (move.border); by the names of `rewrite`

---The finders of plugins, and that of links.
---@param plugins? table[] {plugin=, value=finder or list of finders}, or finders as they are
---@return ifx.repo.Finder[]
function search.finders(plugins)
  local finders, links = {}, require('ifx.repo.links').finder
  local function add(plugin, value)
    if type(value.find) ~= 'function' then
      for _, one in ipairs(value) do add(plugin, one) end
      return
    end
    local finder = setmetatable({ plugin = plugin or value.plugin or 'unnamed', foreign = value ~= links }, { __index = value })
    for kind in pairs(value.kinds or {}) do
      finder.reads_text = finder.reads_text or kind:sub(-5) == '.text'
    end
    finders[#finders + 1] = finder
  end
  for _, item in ipairs(plugins or {}) do
    if item.value then add(item.plugin, item.value) else add(nil, item) end
  end
  for _, finder in ipairs(finders) do
    if finder.kinds and finder.kinds.symlink then return finders end
  end
  add(nil, links)
  return finders
end

---What was found since it was last asked.
---@class ifx.repo.Found
---@field references ifx.repo.Reference[]  by file, then by first byte
---@field unknown { file: string, line: integer?, column: integer?, text: string?, why: string }[]
---@field errors { file: string, line: integer?, column: integer?, message: string, hint: string?, plugin: string? }[]
local function nothing_yet() return { references = {}, unknown = {}, errors = {} } end

local function new_build(tree, opts)
  local only
  if opts.only then
    only = {}
    for _, kind in ipairs(opts.only) do only[kind] = true end
  end
  return {
    tree = tree, only = only, opts = opts, finders = search.finders(opts.plugins), views = {}, said = {},
    guard = opts.guard or function(_, f, ...) return f(...) end,
    text = opts.text ~= false and (not only or only.text or only['text.tree']), found = nothing_yet(),
  }
end

-- That a file does not parse is said once, whoever reads it first and whoever says so too: by the place.
local function place_of(file, line) return ('%s:%d'):format(file, line or 0) end

local function record(build, file, e, plugin)
  local structured = err.is(e)
  local message = structured and (e.message or e.kind) or tostring(e)
  if plugin then message = ('plugin %s failed here: %s'):format(plugin, structured and tostring(e) or message) end
  table.insert(build.found.errors, {
    file = file, plugin = plugin, message = message, hint = structured and e.hint or nil,
    line = structured and not plugin and e.line or nil, column = structured and not plugin and e.column or nil,
  })
end

-- A template is not YAML yet: that it does not parse says nothing about it.
local function did_not_parse(build, entry, e)
  local place = place_of(entry.path, e.line)
  if build.said[place] then return end
  build.said[place] = true
  if build.tree:read(entry.path):find('{{', 1, true) then
    table.insert(build.found.unknown, { file = entry.path, line = e.line, column = e.column, why = 'a template, not YAML yet' })
  else
    record(build, entry.path, e)
  end
end

-- The entries first to last, each when its bytes are at hand: what is asked for at once costs far less.
local function each_read(tree, entries, first, last, f)
  for from = first, last, WINDOW do
    local to, window = math.min(from + WINDOW - 1, last), {}
    for i = from, to do window[#window + 1] = entries[i].path end
    tree:prefetch(window)
    for i = from, to do f(entries[i]) end
  end
end

local function context(build)
  local tree, made, ctx = build.tree, {}, {}
  local urls = {}
  for _, url in ipairs(build.opts.repo_urls or require('ifx.repo.tree').urls(tree)) do urls[url] = true end
  ctx.tree, ctx.repo_urls = tree, urls
  function ctx.resolve(base, p)
    if p:sub(1, 1) == '/' then base, p = '', p:gsub('^/+', '') end
    local joined = base == '' and p or base .. '/' .. p
    local target = path.normalize(joined == '' and '.' or joined)
    return target == '.' and '' or target
  end
  function ctx.exists(p) return tree:exists(p) end
  function ctx.read(p)
    local real = tree:follow(p)
    if not real then return nil end
    local ok, content = pcall(tree.try_read, tree, real)
    if ok then return content end
    if err.is(content, 'cancelled') then error(content, 0) end
    return nil -- what cannot be read is said where its own references are looked for
  end
  function ctx.file(entry)
    local file = made[entry.path]
    if not file then
      file = files.new(tree, entry, function(e) did_not_parse(build, entry, e) end)
      made[entry.path] = file
    end
    return file
  end
  function ctx.forget(p) made[p] = nil end
  local function try_read(entry)
    local ok, size = pcall(tree.size, tree, entry.path)
    return ok and size <= search.MAX_TEXT and ctx.read(entry.path) or nil
  end
  local objects
  function ctx.objects()
    objects = objects or require('ifx.repo.declared').index(ctx, function(entries, f)
      each_read(tree, entries, 1, #entries, f)
    end, try_read)
    return objects
  end
  return ctx
end

local function check(ref)
  if type(ref) ~= 'table' then return 'a reference is a ' .. type(ref) end
  if type(ref.kind) ~= 'string' or type(ref.text) ~= 'string' then return 'a reference without kind or text' end
  local first, last = math.type(ref.start), math.type(ref.stop)
  if first ~= 'integer' or last ~= 'integer' or ref.start < 1 or ref.stop < ref.start - 1 then
    return 'a reference without a span of bytes'
  end
end

local function accept(build, found, file, plugin, ref)
  local wrong = check(ref)
  if wrong then return record(build, file.path, wrong, plugin) end
  ref.plugin, ref.file = ref.plugin or plugin, file.path
  ref.exact = ref.exact ~= false
  if ref.editable == nil then ref.editable = true end
  if ref.editable and file.sops() then
    ref.editable, ref.locked = false, 'SOPS-encrypted file'
  end
  found[#found + 1] = ref
end

-- What a finder looks at: code of a plugin gets tables of its own.
local function context_of(build, ctx, finder)
  if not finder.foreign then return ctx end
  local own = build.views[finder.plugin]
  if not own then
    own = view.context(ctx)
    build.views[finder.plugin] = own
  end
  return own
end

-- A document may parse and still have no value, as one with a map for a key: `a: {{ x }}`.
local function has_no_value(build, e)
  if err.is(e, 'parse') and not e.file and err.is(e.cause) then e = e.cause end
  if not err.is(e, 'parse') or not e.file or not build.tree:entry(e.file) then return false end
  did_not_parse(build, { path = e.file }, e)
  return true
end

-- The lists that a function of a finder returns; none when it fails, which is said of `place`.
local function ask(build, finder, f, place, ...)
  local ok, first, second = pcall(build.guard, finder.plugin, f, ...)
  if not ok then
    if err.is(first, 'cancelled') then error(first, 0) end
    if not has_no_value(build, first) then record(build, place, first, finder.plugin) end
    return {}, {}
  end
  first, second = first or {}, second or {}
  if type(first) == 'table' and type(second) == 'table' then return first, second end
  record(build, place, ('it returned a %s, not a list'):format(type(type(first) == 'table' and second or first)), finder.plugin)
  return {}, {}
end

local function run_finder(build, ctx, finder, file, found)
  local refs, unknown = ask(build, finder, finder.find, file.path,
    finder.foreign and view.file(file) or file, context_of(build, ctx, finder))
  for _, ref in ipairs(refs) do accept(build, found, file, finder.plugin, ref) end
  for _, item in ipairs(unknown) do
    item.file, item.plugin = item.file or file.path, finder.plugin
    local parses = not (item.why or ''):find('^does not parse')
    if parses or not build.said[place_of(item.file, item.line)] then table.insert(build.found.unknown, item) end
  end
end

local function by_span(a, b)
  if a.start ~= b.start then return a.start < b.start end
  if a.stop ~= b.stop then return a.stop < b.stop end
  return a.kind < b.kind
end

-- What a tool's rules say of some bytes is worth more than what they look like.
local function without_doubles(found)
  local out, exact_stop = {}, 0
  table.sort(found, by_span)
  local exact = {}
  for _, ref in ipairs(found) do
    if ref.exact then exact[#exact + 1] = ref end
  end
  local i = 1
  for _, ref in ipairs(found) do
    while exact[i] and exact[i].start <= ref.stop do
      exact_stop = math.max(exact_stop, exact[i].stop)
      i = i + 1
    end
    if ref.exact or exact_stop < ref.start then out[#out + 1] = ref end
  end
  return out
end

local function finish_file(build, file, found)
  local content = file.text()
  local position = text.positions(content)
  for _, ref in ipairs(without_doubles(found)) do
    if not ref.nothing and (not build.only or build.only[ref.kind]) then
      if not ref.line then ref.line, ref.column = position(ref.start) end
      table.insert(build.found.references, ref)
    end
  end
end

local function searchable(build, entry)
  if entry.missing then
    table.insert(build.found.unknown, { file = entry.path, why = 'its content is not in this partial clone' })
    return false
  end
  local ok, content = pcall(function()
    if build.tree:size(entry.path) > search.MAX_TEXT then return nil end
    return build.tree:read(entry.path)
  end)
  if not ok then
    if err.is(content, 'cancelled') then error(content, 0) end
    record(build, entry.path, content)
    return false
  end
  if not content then
    local why = ('too large to be searched: %d bytes'):format(build.tree:size(entry.path))
    table.insert(build.found.unknown, { file = entry.path, why = why })
    return false
  end
  return not text.is_binary(content)
end

-- The words that finders need, all looked for at once: `signs` of a text, and for each finder those that will do.
local function needed_words(finders)
  local words, numbers, of_finder = {}, {}, {}
  for _, finder in ipairs(finders) do
    for _, word in ipairs(finder.needs or {}) do
      if not numbers[word] then
        words[#words + 1] = word
        numbers[word] = #words
      end
    end
    of_finder[finder] = finder.needs and list.map(finder.needs, function(word) return numbers[word] end)
  end
  return require('scan').signs(words), of_finder
end

local function holds_any(held, numbers)
  for _, number in ipairs(numbers) do
    if held[number] then return true end
  end
  return false
end

local function search_file(build, ctx, entry)
  local finders = build.dispatch:of(entry)
  local is_file = entry.mode:sub(1, 3) == '100'
  local text_too = build.text and (not build.opts.text_in or build.opts.text_in[entry.path])
  if entry.mode == '160000' or (#finders == 0 and not (is_file and text_too)) or not searchable(build, entry) then
    return
  end
  local file, found, read, held = ctx.file(entry), {}, not is_file, nil
  for _, finder in ipairs(finders) do
    local numbers = build.needs[finder]
    held = held or numbers and build.signs:of(file.text())
    if not numbers or holds_any(held, numbers) then run_finder(build, ctx, finder, file, found) end
    read = read or finder.reads_text
  end
  if text_too and not read then
    run_finder(build, ctx, require('ifx.repo.textscan').finder, file, found)
  end
  if #found > 0 then finish_file(build, file, found) end
  ctx.forget(entry.path)
end

---@class ifx.repo.SearchOptions
---@field plugins? table[]     finders, or {plugin=, value=finder or list of finders} as a registry gives them
---@field guard? fun(plugin: string, f: function, ...): any  how a plugin's function is called (default: directly)
---@field only? string[]       these kinds alone
---@field text? boolean        search prose and comments too (default true)
---@field text_in? table<string, true>  in these files alone, as far as no finder does
---@field repo_urls? string[]  addresses of this repository (default: its remotes)

---@class ifx.repo.Search
---@field finders ifx.repo.Finder[]
local Search = {}
Search.__index = Search

---A search of a tree: the finders that choose their files are asked now.
---@param tree ifx.repo.Tree
---@param opts ifx.repo.SearchOptions
---@return ifx.repo.Search
function search.new(tree, opts)
  local build = new_build(tree, opts)
  local ctx = context(build)
  build.signs, build.needs = needed_words(build.finders)
  build.dispatch = dispatch.new(build.finders, function(finder)
    return ask(build, finder, finder.choose, '.', context_of(build, ctx, finder))
  end)
  return setmetatable({ build = build, ctx = ctx, finders = build.finders }, Search)
end

---Search some files.
---@param entries ifx.repo.Entry[]
---@param first integer
---@param last integer
---@return ifx.repo.Found  what was seen in them; and of other files, that they cannot be read
function Search:run(entries, first, last)
  local build = self.build
  each_read(build.tree, entries, first, last, function(entry) search_file(build, self.ctx, entry) end)
  local found = build.found
  build.found = nothing_yet()
  return found
end

return search

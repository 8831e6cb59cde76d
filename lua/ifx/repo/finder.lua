-- finder.lua: what reference finders share: spans, lookups, doubts. SPDX-License-Identifier: Apache-2.0

local globs = require 'ifx.repo.globs'
local err = require 'err'
local url = require 'ifx.repo.url'

local M = {}

---@class ifx.repo.Collector
---@field references table[]
---@field unknown table[]
local Collector = {}
Collector.__index = Collector

--- Gathers what a finder sees in one file.
---@param plugin string name of the plugin
---@param file table the file as a finder gets it
---@param ctx table the context as a finder gets it
---@return ifx.repo.Collector
function M.collect(plugin, file, ctx)
  return setmetatable({ plugin = plugin, file = file, ctx = ctx, references = {}, unknown = {} }, Collector)
end

-- What makes a text more than itself: {pattern, why}.
local VARIABLE = {
  { 'ENC[AES256_GCM,', 'an encrypted value' },
  { '${{', 'a GitHub expression: the tool that reads this field never evaluates it' },
  { '{{', 'a template' },
  { '<<', 'a template' },
  { '${', 'a variable' },
  { '$(', 'a variable' },
}

--- Says why a text is not the path or name that it shows, nil when it is.
---@param text string
---@return string|nil why
function M.variable(text)
  if not text:find('{', 1, true) and not text:find('<', 1, true) and not text:find('(', 1, true)
      and not text:find('[', 1, true) then
    return nil
  end
  for _, rule in ipairs(VARIABLE) do
    if text:find(rule[1], 1, true) then
      return rule[2]
    end
  end
end

--- Lists something that is not understood.
---@param where table|nil a match, or anything with line and column
---@param text string
---@param why string
function Collector:doubt(where, text, why)
  self.unknown[#self.unknown + 1] = {
    file = self.file.path, text = text, why = why,
    line = where and where.line or 1, column = where and where.column or 1,
  }
end

--- The parsed file, nil when it does not parse: the graph says so, once for all finders.
---@return yaml.Document|nil
function Collector:document()
  return (self.file.yaml())
end

--- The first document as a value; nil where there is none, or where it has no value, as a map for a key.
---@param document yaml.Document|nil
---@return any
---@return string|nil why it has no value
function M.decoded(document)
  if not document or #document == 0 then
    return nil
  end
  local ok, value = pcall(document.value, document, 1)
  if ok then
    return value
  elseif not err.is(value) or value.kind == 'cancelled' then
    error(value, 0)
  end
  return nil, value.message
end

--- The text of a scalar that can be a reference; everything else is listed, but for null and the
--- empty text, which name nothing.
---@param match yaml.Match
---@return string|nil
function Collector:text(match)
  if match.kind == 'alias' then
    self:doubt(match, 'alias', 'a YAML alias: the text stands at its anchor')
  elseif match.kind ~= 'scalar' then
    self:doubt(match, match.kind, 'a list or a map where a text is expected')
  elseif type(match.value) == 'string' then
    local why = match.value ~= '' and M.variable(match.value)
    if not why then
      return match.value ~= '' and match.value or nil
    end
    self:doubt(match, match.value, why)
  elseif match.text ~= '' and (type(match.value) == 'number' or type(match.value) == 'boolean') then
    self:doubt(match, match.text, 'YAML reads this as a ' .. type(match.value) .. ', not as a text')
  end
end

--- The matches of a pattern below an object. What is there only through an alias or a merge key has
--- no bytes of its own at that place and is listed.
---@param document yaml.Document
---@param n integer
---@param pattern table
---@return yaml.Match[]
function Collector:query(document, n, pattern)
  local matches = document:query(pattern, n)
  if #matches > 0 then
    return matches
  end
  local fixed = {}
  for i, step in ipairs(pattern) do
    if step == '*' or step == '**' then
      break
    end
    fixed[i] = step
  end
  if document:get(fixed, n) == nil then
    return matches
  end
  local nearest = document:at(fixed, n)
  if nearest and nearest.kind ~= 'alias' then
    return matches
  end
  while not nearest and #fixed > 0 do
    fixed[#fixed] = nil
    nearest = document:at(fixed, n)
  end
  self:doubt(nearest, table.concat(pattern, '.'), 'reached through a YAML alias or merge key')
  return matches
end

--- Says of some bytes that they name nothing of the tree, whatever they read like: the search for texts finds nothing there.
---@param kind string of the references that stand beside them
---@param start integer
---@param stop integer
function Collector:nothing(kind, start, stop)
  self.references[#self.references + 1] = {
    nothing = true, kind = kind, exact = true, file = self.file.path, start = start, stop = stop, editable = false,
    text = self.file.text():sub(start, stop),
  }
end

-- The line and column after some bytes that begin at a match.
local function advance(match, bytes)
  local line, column, last = match.line, match.column, bytes
  for rest in bytes:gmatch('\n([^\n]*)') do
    line, column, last = line + 1, 1, rest
  end
  return line, column + (utf8.len(last) or #last)
end

--- A reference on a part of a scalar (bytes from..to of its text, all of it by default). Where the
--- bytes of the file differ from the text, the span is the whole scalar, with its quotes.
---@param match yaml.Match
---@param r table kind, from, to and any field of the reference
---@return table reference
function Collector:add(match, r)
  local from, to = r.from or 1, r.to or #match.text
  local ref = {
    plugin = self.plugin, exact = true, file = self.file.path, line = match.line, column = match.column,
    start = match.start, stop = match.stop, text = match.text:sub(from, to), style = match.style,
    doc = match.doc, path = match.path, editable = true,
  }
  if match.inner_start then
    ref.start, ref.stop = match.inner_start + from - 1, match.inner_start + to - 1
    if ref.start > match.start then
      ref.line, ref.column = advance(match, self.file.text():sub(match.start, ref.start - 1))
    end
  elseif from > 1 or to < #match.text or match.style ~= 'double' and match.style ~= 'single' then
    ref.editable, ref.locked = false, 'written with escapes or over several lines'
  end
  for key, value in pairs(r) do
    ref[key] = value
  end
  ref.from, ref.to = nil, nil
  if self.file.sops() then
    ref.editable, ref.locked = false, 'SOPS-encrypted file'
  elseif ref.locked then
    ref.editable = false
  end
  self.references[#self.references + 1] = ref
  return ref
end

--- What stands at a path of the tree, symbolic links followed.
---@param ctx table
---@param target string normalized path
---@return string|nil kind 'file', 'dir' or 'submodule'
---@return string|nil why there is nothing
---@return boolean|nil unknowable true when what is there cannot be known from this tree
function M.locate(ctx, target)
  local kind = target == '' and 'dir' or ctx.exists(target)
  if kind and kind ~= 'link' then
    return kind
  end
  local real = ctx.tree:follow(target)
  if real and real ~= target then
    local found = real == '' and 'dir' or ctx.exists(real)
    if found then
      return found
    end
  end
  if kind == 'link' then
    return nil, 'a symbolic link that leads nowhere in this tree'
  end
  local parent = target
  repeat
    parent = parent:match('^(.*)/[^/]*$')
    if parent and ctx.exists(parent) == 'submodule' then
      return nil, ('inside the submodule %s'):format(parent), true
    end
  until not parent
  return nil, 'does not exist'
end

--- Adds a reference to a path. `r.base` is the folder it is resolved from; `r.check(target, kind)`
--- returns why what is there does not do; `r.optional` says why a missing target is allowed;
--- `r.pinned` that the path is one of another revision, which keeps it whatever moves here.
---@param match yaml.Match
---@param r table kind, base, from, to, check, optional, pinned and any field of the reference
---@return table reference
function Collector:path(match, r)
  local check, optional, pinned = r.check, r.optional, r.pinned
  r.check, r.optional, r.pinned = nil, nil, nil
  local ref = self:add(match, r)
  local target = ref.text:sub(1, 1) ~= '/' and self.ctx.resolve(ref.base, ref.text) or nil
  ref.target, ref.target_kind = target, 'path'
  if not target then
    ref.resolved = false
    ref.why = ref.text:sub(1, 1) == '/' and 'an absolute path' or 'leads out of the repository'
    return ref
  end
  local kind, why, unknowable = M.locate(self.ctx, target)
  if kind then
    ref.target_kind = kind == 'submodule' and 'dir' or kind
    why = check and kind ~= 'submodule' and check(target, kind) or nil
  end
  ref.why, ref.resolved = why, why == nil
  if pinned then
    ref.why, ref.resolved, ref.editable, ref.locked = pinned, nil, false, ref.locked or pinned
    return ref
  end
  if why and (unknowable or optional and not kind) then
    ref.resolved, ref.why = nil, optional and not unknowable and why .. '; ' .. optional or why
  end
  return ref
end

--- Adds a reference to a pattern of paths. `r.base` is the folder it is resolved from; `r.optional` says why it may
--- match nothing; `r.pattern` how the text reads as a glob of this project, where it is one of another language.
---@param match table
---@param r table kind, base, from, to, optional, pattern and any field of the reference
---@return table reference
function Collector:glob(match, r)
  local optional, pattern = r.optional, r.pattern
  r.optional, r.pattern = nil, nil
  local ref = self:add(match, r)
  ref.target, ref.target_kind = self.ctx.resolve(ref.base, ref.text), 'glob'
  if not ref.target then
    ref.resolved, ref.why = false, 'leads out of the repository'
    return ref
  end
  local found, why = globs.first(self.ctx.tree, pattern and self.ctx.resolve(ref.base, pattern) or ref.target, true)
  if found then
    ref.resolved = true
    return ref
  end
  why = why or 'matches nothing'
  if optional then
    ref.why = why .. '; ' .. optional
  else
    ref.resolved, ref.why = false, why
  end
  return ref
end

--- Is a path that is not there one that the repository's own .gitignore files leave out?
---@param base string
---@param written string
---@return string|nil why 'ignored by .gitignore:3', as an `optional` reason
function Collector:ignored(base, written)
  local target = self.ctx.resolve(base, written)
  local rule = target and not M.locate(self.ctx, target) and globs.ignored(self.ctx.tree, target)
  return rule and 'ignored by ' .. rule or nil
end

--- Adds a reference to the folder that a text names before something that is filled in, where that folder is there: it
--- moves whatever the rest becomes. Nothing is known of any other.
---@param match table
---@param at integer first byte of what is filled in
---@param r table kind, base, from and any field of the reference
function Collector:folder_before(match, at, r)
  local from = r.from or 1
  local folder = match.text:sub(from, at - 1):match('^(.*)/')
  if not folder or folder == '' or folder:find('^[./]*$') or folder:find('^/') then
    return
  end
  local target = self.ctx.resolve(r.base, folder)
  if target and M.locate(self.ctx, target) == 'dir' then
    r.to = from + #folder - 1
    self:path(match, r)
  end
end

-- What these names mean moves on with the repository; any other may be a tag.
local DEFAULT_BRANCHES = { HEAD = true, main = true, master = true }

--- Adds a reference to something on the network. A path of the repository itself becomes a path
--- reference on just that part of the text; one that is pinned to a revision is never edited, since
--- that revision keeps its paths.
---@param match yaml.Match
---@param r table kind and any field of the reference
---@return table reference
function Collector:remote(match, r)
  local remote = url.remote_path(match.text)
  if not remote or not url.own_identities(self.ctx)[remote.repository] or remote.from > remote.to then
    local own = url.is_own(self.ctx, match.text) or remote and url.own_identities(self.ctx)[remote.repository]
    local ref = self:add(match, r)
    ref.target_kind = own and 'repository' or 'remote'
    ref.resolved, ref.why = own and true or nil, not own and 'on the network' or nil
    return ref
  end
  r.from, r.to, r.base, r.anchor, r.address = remote.from, remote.to, '', 'root', true
  if remote.revision and not DEFAULT_BRANCHES[remote.revision] then
    r.pinned = ('pinned to the revision %s of this repository'):format(remote.revision)
  end
  return self:path(match, r)
end

--- Adds a reference to a Kubernetes object by its name.
---@param match yaml.Match the scalar that holds the name
---@param r table kind, object={kind=, namespace=, name=, group=} and any field of the reference
---@return table reference
function Collector:object(match, r)
  local ref = self:add(match, r)
  ref.target_kind = 'object'
  local object = ref.object
  local found = self.ctx.objects():find(object.kind, object.namespace, object.name, object.group)
  if #found > 0 then
    ref.resolved, ref.found, ref.why = true, found[1].file, nil
  else
    ref.why = ref.why or 'no file of this tree declares it'
  end
  return ref
end

-- The lines of a literal block scalar: {first byte in its text, first byte in the file}, and the
-- width of its indentation.
local function block_lines(text, outer)
  local header = text:find('\n', outer.start, true)
  if not header or outer.style ~= 'literal' then
    return {}, 0
  end
  local indent = text:match('^[\r\n]*( *)', header + 1)
  local lines, offset, place = {}, 1, header + 1
  for line in (outer.text .. '\n'):gmatch('([^\n]*)\n') do
    lines[#lines + 1] = { offset, place }
    offset = offset + #line + 1
    place = (text:find('\n', place, true) or #text) + 1
  end
  return lines, #indent
end

-- A match inside a YAML text that is itself the literal block scalar of a file, with the places it
-- has in that file; without an inner span where its bytes cannot be told.
local function lift(text, outer, inner)
  local lines, indent = block_lines(text, outer)
  local function place(start, stop)
    for i = #lines, 1, -1 do
      if start and lines[i][1] <= start then
        local first = lines[i][2] + indent + start - lines[i][1]
        local last = first + stop - start
        return text:sub(first, last) == outer.text:sub(start, stop) and first or nil, last
      end
    end
  end
  local lifted = {}
  for key, value in pairs(inner) do
    lifted[key] = value
  end
  local start, stop = place(inner.start, inner.stop)
  local inner_start, inner_stop = place(inner.inner_start, inner.inner_stop)
  lifted.inner_start, lifted.inner_stop = start and inner_start, start and inner_start and inner_stop
  lifted.start, lifted.stop = start or outer.start, start and stop or outer.stop
  lifted.line = start and outer.line + inner.line or outer.line
  lifted.column = start and indent + inner.column or outer.column
  lifted.doc, lifted.path = outer.doc, outer.path
  return lifted
end

--- A collector for the matches of a document that is itself a block scalar of this file: what it
--- gathers lands here, with the places of the file.
---@param outer yaml.Match the block scalar
---@return ifx.repo.Collector
function Collector:inside(outer)
  local inside = setmetatable({}, { __index = self })
  function inside.add(_, match, r)
    return self:add(lift(self.file.text(), outer, match), r)
  end
  function inside.doubt(_, where, text, why)
    self:doubt(where and where.start and lift(self.file.text(), outer, where) or outer, text, why)
  end
  return inside
end

--- Returns what a finder returns.
---@return table[] references
---@return table[] unknown
function Collector:result()
  return self.references, self.unknown
end

return M

-- reader.lua: strings of an HCL file as paths: what they count from, and what that names. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'

local M = {}

---@class terraform.Reader
---@field c ifx.repo.Collector
---@field document hcl.Document
---@field places fun(self, expression: string): terraform.Folder[]|nil, string|nil  the paths that an expression yields
---@field strings table<integer, hcl.String>  by first byte
---@field functions table<integer, hcl.Call>  by first byte
---@field taken table<integer, true>           strings that a rule has read, by first byte
local Reader = {}
Reader.__index = Reader

---@class terraform.Piece
---@field bases terraform.Folder[]
---@field text string
---@field start integer
---@field stop integer
---@field open boolean     a variable goes on behind it: it is a folder
---@field machine boolean  an absolute path
---@field escaped boolean

--- A reader of one file; nil when it does not parse.
---@param c ifx.repo.Collector
---@param places fun(self: terraform.Reader, expression: string): terraform.Folder[]|nil, string|nil
---@return terraform.Reader|nil
function M.open(c, places)
  local document = c.file.hcl()
  if not document then
    return nil
  end
  local self = setmetatable({
    c = c, document = document, places = places, strings = {}, functions = {}, taken = {},
  }, Reader)
  for _, str in ipairs(document:strings()) do
    self.strings[str.start] = str
  end
  for _, call in ipairs(document:calls()) do
    self.functions[call.start] = call
  end
  return self
end

--- The bytes of a span of the file.
---@param start integer
---@param stop integer
---@return string
function Reader:bytes(start, stop)
  return self.document:text():sub(start, stop)
end

--- The string that an expression is, also one in abspath() or pathexpand().
---@param start integer
---@param stop integer
---@return hcl.String|nil
function Reader:string_at(start, stop)
  local str, call = self.strings[start], self.functions[start]
  if str and str.stop == stop then
    return str
  elseif call and call.stop == stop and (call.name == 'abspath' or call.name == 'pathexpand') and #call.args == 1 then
    return self:string_at(call.args[1].start, call.args[1].stop)
  end
end

--- Lists an expression that is no constant.
---@param start integer
---@param stop integer
---@param where table line and column
---@param why string
function Reader:doubt(start, stop, where, why)
  local text_of = self:bytes(start, stop)
  self.c:doubt(where, #text_of > 80 and text_of:sub(1, 77) .. '…' or text_of, why)
end

--- Calls `f(string)` for an attribute that is one; anything else is listed.
---@param attribute hcl.Attribute|nil
---@param f fun(str: hcl.String)
function Reader:with(attribute, f)
  if not attribute then
    return
  end
  local str = self:string_at(attribute.expr_start, attribute.expr_stop)
  if str then
    f(str)
  else
    self:doubt(attribute.expr_start, attribute.expr_stop, attribute, 'an expression, not a text')
  end
end

-- What a constant beginning is worth when something unknown follows: the folder that it names.
local function folder_of(text_of)
  local folder = text_of:match '^(.*)/[^/]*$'
  return folder ~= '' and folder or nil
end

-- Of one part of a string: all of it from a byte on, or the folder that it names.
local function cut(part, from, open)
  local named = part.text:sub(from)
  if open then
    named = folder_of(named)
  end
  local start = part.start + from - 1
  return named, {
    text = named, start = start, stop = start + #(named or '') - 1, open = open, escaped = part.raw ~= part.text,
  }
end

--- The part of a string that is a path.
---@param str hcl.String
---@param plain terraform.Folder[] what a text counts from that begins with no expression
---@return terraform.Piece|nil
---@return string|nil why there is none; nil: it names nothing
function Reader:piece(str, plain)
  self.taken[str.start] = true
  local parts, first, bases = str.parts, 1, plain
  if parts[1] and not parts[1].raw then
    local why
    bases, why = self:places(parts[1].directive and '' or parts[1].expr)
    if not bases then
      return nil, why
    elseif not parts[2] then
      return nil
    elseif (parts[2].raw or ''):sub(1, 1) ~= '/' then
      return nil, 'a variable'
    end
    first = 2
  end
  local part = parts[first]
  if not part then
    return nil
  end
  local from = first == 2 and #part.raw:match '^/+' + 1 or 1
  local named, piece = cut(part, from, parts[first + 1] ~= nil)
  if not named then
    return nil, 'a variable'
  elseif named == '' then
    return nil
  end
  piece.bases, piece.machine = bases, first == 1 and named:find '^[/~]' ~= nil
  return piece
end

--- A part of a string as collectors want it; all that is between its quotes by default.
---@param str hcl.String
---@param part table|nil start, stop, text, escaped
---@return table
function Reader:match(str, part)
  part = part or { start = str.inner_start, stop = str.inner_stop }
  if part.escaped then
    return { start = str.start, stop = str.stop, line = str.line, column = str.column, text = part.text, style = 'double' }
  end
  return {
    start = str.start, stop = str.stop, inner_start = part.start, inner_stop = part.stop, line = str.line, column = str.column,
    text = part.text or self:bytes(part.start, part.stop),
  }
end

-- What a piece means in each folder that it can count from: those that are there and the others, each target once.
local function meanings(self, piece, check)
  local ctx, seen, found, missing = self.c.ctx, {}, {}, {}
  for _, base in ipairs(piece.bases) do
    local target = ctx.resolve(base.dir, piece.text)
    if not seen[target or false] then
      seen[target or false] = true
      local kind = target and finder.locate(ctx, target)
      local there = kind and not (check and kind ~= 'submodule' and check(target, kind))
      local list_of = there and found or missing
      list_of[#list_of + 1] = { base = base, target = target }
    end
  end
  return found, missing
end

local function through(meaning)
  local base = meaning.base
  local said = base.via and ('read through the link %s'):format(base.via) or nil
  if base.root then
    said = ('%sfrom the root %s'):format(said and said .. ', ' or '', base.dir == '' and '(the repository)' or base.dir)
  end
  return said
end

local function name_of(target)
  return target == '' and 'the root of the repository' or target or 'nothing in this repository'
end

local function add_one(self, str, piece, r, meaning)
  local copy = {}
  for key, value in pairs(r) do
    copy[key] = value
  end
  copy.base = meaning.base.dir
  if meaning.base.via then
    copy.note = through(meaning)
  elseif piece.open then
    copy.note = copy.note or 'what follows is filled in'
  end
  return self.c:path(self:match(str, piece), copy)
end

-- The same bytes mean several things: whoever moves one of them cannot write the text anew for all.
local function add_several(self, str, piece, r, found)
  local differ = list.find(found, function(meaning) return meaning.base.root end)
  if differ then
    local said = list.map(found, function(meaning)
      return ('%s %s'):format(name_of(meaning.target), through(meaning) or 'from its own folder')
    end)
    return self.c:doubt(str, piece.text, 'not one path: ' .. table.concat(said, '; '))
  end
  local also = list.map(found, function(meaning) return name_of(meaning.target) end)
  r.locked = ('the same bytes name %s, for those who read them through links'):format(table.concat(also, ' and '))
  add_one(self, str, piece, r, found[1])
  r.kind = 'terraform.linked'
  add_one(self, str, piece, r, found[2])
  for i = 3, #found do
    self.c:doubt(str, piece.text, ('names %s too, %s'):format(name_of(found[i].target), through(found[i])))
  end
end

-- For some of those who read the file the path leads nowhere; whether they matter cannot be known.
local function doubt_others(self, str, piece, missing)
  if #missing > 0 then
    local said = list.map(missing, function(other)
      return ('%s %s'):format(name_of(other.target), through(other) or 'from its own folder')
    end)
    self.c:doubt(str, piece.text, 'would also be what is not there: ' .. table.concat(said, '; '))
  end
end

--- Adds the path that a piece names. `r.optional` says why it may be missing; `r.writes`: Terraform makes it.
---@param str hcl.String
---@param piece terraform.Piece
---@param r table kind, check, optional, writes, rewrite and any field of the reference
function Reader:add(str, piece, r)
  local writes = r.writes
  r.writes, r.rewrite = nil, r.rewrite or 'path'
  if piece.machine then
    self.c:add(self:match(str, piece), {
      kind = r.kind, target_kind = 'path', why = 'a path of the machine that runs it',
    })
    return
  end
  if piece.open then
    r.check = nil
  end
  if piece.escaped then
    r.locked, r.rewrite = 'written with escapes', nil
  end
  local found, missing = meanings(self, piece, r.check)
  if #found > 1 then
    return add_several(self, str, piece, r, found)
  elseif #found == 1 then
    add_one(self, str, piece, r, found[1])
    return doubt_others(self, str, piece, missing)
  end
  local folder = writes and folder_of(piece.text)
  if folder then
    local of_folder = { bases = piece.bases, text = folder, start = piece.start, stop = piece.start + #folder - 1, open = true }
    if not piece.escaped and #meanings(self, of_folder) > 0 then
      return self:add(str, of_folder, { kind = r.kind, rewrite = r.rewrite, note = 'Terraform writes into it' })
    end
  end
  if piece.open then
    return self.c:doubt(str, self:bytes(str.inner_start, str.inner_stop), 'a variable')
  end
  r.optional = writes and 'Terraform writes it' or r.optional
  add_one(self, str, piece, r, missing[1])
end

--- Adds a pattern of files.
---@param str hcl.String
---@param piece terraform.Piece
---@param r table kind and any field of the reference
function Reader:glob(str, piece, r)
  if not globs.is_glob(piece.text) then
    return self:add(str, piece, r)
  end
  local found = {}
  for _, base in ipairs(piece.bases) do
    local target = self.c.ctx.resolve(base.dir, piece.text)
    local known = list.find(found, function(one) return one.target == target end)
    if target and not known and globs.first(self.c.ctx.tree, target) then
      found[#found + 1] = { base = base, target = target }
    end
  end
  if #found > 1 then
    return add_several(self, str, piece, r, found)
  end
  local base = found[1] and found[1].base or piece.bases[1]
  r.base, r.target, r.target_kind = base.dir, self.c.ctx.resolve(base.dir, piece.text), 'glob'
  r.resolved, r.why = found[1] and true or nil, not found[1] and 'matches no tracked file' or nil
  r.rewrite = 'path'
  self.c:add(self:match(str, piece), r)
end

--- Reads a string as a path and adds it, or says why it is none.
---@param str hcl.String
---@param plain terraform.Folder[]
---@param r table as for `add`
function Reader:path(str, plain, r)
  local piece, why = self:piece(str, plain)
  if piece then
    self:add(str, piece, r)
  elseif why then
    self.c:doubt(str, self:bytes(str.inner_start, str.inner_stop), why)
  end
end

--- A check: what is there must be of this kind.
---@param kind 'file'|'dir'
---@return fun(target: string, found: string): string|nil
function M.want(kind)
  return function(_, found)
    if found ~= kind then
      return kind == 'dir' and 'a file where a folder is expected' or 'a folder where a file is expected'
    end
  end
end

--- Writes a path anew inside of quotes.
---@param _ table
---@param move ifx.repo.Movement
---@return string|nil text
---@return string|nil why
function M.rewrite(_, move)
  if move.text:find '["\\%c]' or move.text:find '[$%%]{' then
    return nil, 'the new path would need escapes inside the quotes'
  end
  return move.text
end

return M

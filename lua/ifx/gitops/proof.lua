-- proof.lua: a comparison that others can make again. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local hash = require 'hash'
local host = require 'host'
local ifx = require 'ifx'
local json = require 'json'
local list = require 'ifx.list'
local node = require 'node'

local proof = {}

proof.FORMAT = 'ifx.proof/1'

-- An object as all its owners make it: they are hashed together.
local function print_of(owned)
  if not owned then return nil end
  local objects = list.map(owned.claims, function(claim) return claim.object end)
  if #objects == 0 then objects[1] = owned.object end
  local out = {}
  for i, object in ipairs(objects) do out[i] = (object.opaque or '') .. '\0' .. node.print(object.node) end
  return 'sha256:' .. hash.sha256(table.concat(out, '\0'))
end

local function owners_of(owned)
  return owned and ifx.list(list.map(owned.claims, function(claim) return claim.entry.id end)) or nil
end

local function origin_as_data(origin)
  return { where = origin.where, files = 'sha256:' .. origin.files, repositories = ifx.list(list.map(origin.repositories,
    function(one) return { word = one.word, files = 'sha256:' .. one.files, part = one.part } end)) }
end

-- The digest is over everything else.
local function digest(document)
  local rest = {}
  for key, value in pairs(document) do rest[key] = value end
  rest.digest = nil
  return 'sha256:' .. hash.sha256(json.encode(rest))
end

---@param found ifx.gitops.Comparison
---@param before ifx.gitops.Side  with its origin
---@param after ifx.gitops.Side   with its origin
---@param options { helm: boolean, clusters: table<string, string> }
---@return table  of the format ifx.proof/1
function proof.make(found, before, after, options)
  local shown = require 'ifx.show.comparison'
  local out = { format = proof.FORMAT, ifx = host.version, helm = options.helm, clusters = options.clusters,
    before = origin_as_data(before.origin), after = origin_as_data(after.origin), objects = ifx.list {},
    unknown = shown.document(found).unknown, verdict = found.verdict, summary = shown.verdict(found) }
  for i, object in ipairs(found.objects) do
    out.objects[i] = { id = object.id, before = print_of(object.before), after = print_of(object.after),
      owners_before = owners_of(object.before), owners_after = owners_of(object.after) }
  end
  out.digest = digest(out)
  return out
end

local function refuse(file, message)
  err.raise { kind = 'config', op = 'read the proof ' .. file, file = file, message = message,
    hint = 'ifx diff A B --proof FILE writes one' }
end

---@param file string
---@return table
---Raises 'config' for a file that is no proof, or that somebody changed.
function proof.read(file)
  local document = json.decode(require('fs').read(file), { file = file })
  if type(document) ~= 'table' or document.format ~= proof.FORMAT then
    refuse(file, 'it is no document of the format ' .. proof.FORMAT)
  elseif document.digest ~= digest(document) then
    refuse(file, 'its digest is not that of its content: it was changed after it was written')
  end
  return document
end

local function compare_origins(out, side, old, new)
  if old.files ~= new.files then
    out[#out + 1] = ('%s: the files of %s are not those of the proof'):format(side, new.where)
  end
  for i, repository in ipairs(old.repositories) do
    local other = new.repositories[i]
    if not other or other.files ~= repository.files then
      out[#out + 1] = ('%s: the files of %s are not those of the proof'):format(side, repository.word)
    end
  end
end

local function by_id(objects)
  local out = {}
  for _, object in ipairs(objects) do out[object.id] = object end
  return out
end

local function compare_objects(out, old, new)
  local was, is = by_id(old), by_id(new)
  for _, id in ipairs(list.keys(list.set(list.append(list.keys(was), list.keys(is))))) do
    local a, b = was[id], is[id]
    if not a or not b then
      out[#out + 1] = ('%s: it is only in %s'):format(id, a and 'the proof' or 'what is made now')
    elseif json.encode(a) ~= json.encode(b) then
      out[#out + 1] = ('%s: its content or its owners are not those of the proof'):format(id)
    end
  end
end

---Where a proof that is made now differs from one that was read.
---@param old table
---@param new table
---@return string[] lines
function proof.differences(old, new)
  local out = {}
  if old.ifx ~= new.ifx then out[#out + 1] = ('it was made by ifx %s, this is %s'):format(old.ifx, new.ifx) end
  for _, side in ipairs { 'before', 'after' } do compare_origins(out, side, old[side], new[side]) end
  compare_objects(out, old.objects, new.objects)
  if old.verdict ~= new.verdict then out[#out + 1] = ('the verdict was %s and is %s'):format(old.verdict, new.verdict) end
  if old.summary ~= new.summary then out[#out + 1] = 'what it says of itself is not what is made now' end
  if json.encode(old.unknown) ~= json.encode(new.unknown) then
    out[#out + 1] = 'what is not known is not the same as in the proof'
  end
  return out
end

return proof

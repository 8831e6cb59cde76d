-- page.lua: a comparison as one HTML page that needs nothing beside it. SPDX-License-Identifier: Apache-2.0
local clean = require 'term'.clean
local comparison = require 'ifx.show.comparison'
local fs = require 'fs'
local hash = require 'hash'
local ifx = require 'ifx'
local json = require 'json'
local list = require 'ifx.list'
local owners = require 'ifx.show.owners'
local plain = require 'ifx.show.page.plain'
local reason = require 'ifx.gitops.compare'.reason

local page = {}

local FOLDER = fs.join(ifx.dir, 'lua/ifx/show/page')

local SHORT = 60 -- bytes of JSON that stay in one line

-- Text that is part of a script element as JSON: nothing in it ends the element, or is a line end to a script.
local IN_SCRIPT = { ['<'] = '\\u003c', ['>'] = '\\u003e', ['&'] = '\\u0026' }

local function data_of(value)
  return (json.encode(value):gsub('[<>&]', IN_SCRIPT):gsub('\u{2028}', '\\u2028'):gsub('\u{2029}', '\\u2029'))
end

-- A value as it is read: a text as it is, unless that could be taken for something else, and anything else as JSON. Tabs
-- stay, so that they can be told from spaces.
local function shown(value)
  if value == nil then return nil end
  if type(value) ~= 'string' then
    local line = json.encode(value)
    return #line <= SHORT and line or json.encode(value, { pretty = true })
  end
  local text = value:gsub('[^\t]+', function(part) return clean(part, true) end)
  if text:find '\n' then return text end
  local other = text == '' or tonumber(text) or text == 'true' or text == 'false' or text == 'null'
  return (other or text:find '^[%s"%[{]' or text:find '%s$') and json.encode(text) or text
end

local function labels(claims)
  return ifx.list(list.map(claims, function(claim) return clean(owners.label(claim.entry)) end))
end

local function side_of(owned)
  if not owned then return nil end
  local opaque = owned.object.opaque
  return { place = clean(owners.where(owned.object)), owners = labels(owned.claims), opaque = opaque and clean(opaque) }
end

local function field_of(field)
  return { path = field.path == '' and 'all of it' or clean(field.path), masked = field.masked, order = field.order,
    before = shown(field.before), after = shown(field.after) }
end

local function change_of(change, names, hazards)
  local owned = change.after or change.before
  return { sort = comparison.sort(change), kind = clean(owned.kind), group = clean(owned.group),
    namespace = clean(owned.namespace), name = clean(owned.name), reowned = change.owners ~= nil,
    uncertain = change.uncertain and (names[change.uncertain] or clean(change.uncertain)),
    hazards = hazards[change.id], before = side_of(change.before), after = side_of(change.after),
    fields = ifx.list(list.map(change.fields, field_of)) }
end

local function groups_of(found, names, hazards)
  local out = ifx.list {}
  for _, group in ipairs(comparison.groups(found.changes)) do
    out[#out + 1] = { cluster = clean(group.cluster), owner = clean(group.owner),
      changes = ifx.list(list.map(group.changes, function(change) return change_of(change, names, hazards) end)) }
  end
  return out
end

-- The hazards, and by the id of an object the numbers (from 0) of its own.
local function hazards_of(found)
  local of_object = {}
  local all = list.map(comparison.hazards(found), function(group, number)
    local hazard = group.hazard
    for _, id in ipairs(group.objects) do
      of_object[id] = of_object[id] or ifx.list {}
      table.insert(of_object[id], number - 1)
    end
    return { severity = hazard.severity, id = clean(hazard.id), reason = clean(hazard.reason), remedy = clean(hazard.remedy),
      objects = ifx.list(list.map(group.objects, function(id) return clean(comparison.short(id)) end)) }
  end)
  return ifx.list(all), of_object
end

local function unknown_of(found)
  local function why(entry) return entry and clean(reason(entry)) end
  return ifx.list(list.map(found.unknown, function(unknown)
    local entry = unknown.after or unknown.before
    return { entry = clean(owners.label(entry)), cluster = clean(entry.cluster), same = unknown.same,
      before = why(unknown.before), after = why(unknown.after) }
  end))
end

-- The entry points whose objects are not known, by the ids that they have on either side.
local function names_of(found)
  local out = {}
  for _, unknown in ipairs(found.unknown) do
    for _, side in ipairs { 'before', 'after' } do
      local entry = unknown[side]
      if entry then out[entry.id] = clean(owners.label(entry)) end
    end
  end
  return out
end

-- The sentence as a heading: what stands behind its first part carries less weight.
local function heading(summary)
  local first, rest = summary:match '^(.-;)(.*)$'
  if not first then return plain.escape(summary) end
  return ('%s<span>%s</span>'):format(plain.escape(first), plain.escape(rest))
end

local function digest(text) return ("'sha256-%s'"):format(hash.base64(hash.unhex(hash.sha256(text)))) end

-- The marks of the template are replaced once: what they stand for may hold others.
local function fill(template, values)
  return (template:gsub('@(%u+)@', values))
end

---One page of HTML with all that the comparison found; what comes from the trees is text in it, never markup.
---@param found ifx.gitops.Comparison
---@param sides { before: string, after: string }  what a person calls the two trees
---@return string
function page.comparison(found, sides)
  local function part(name) return fs.read(fs.join(FOLDER, name)) end
  local script, style, summary = part 'page.js', part 'page.css', comparison.verdict(found)
  local hazards, of_object = hazards_of(found)
  local model = { hazards = hazards, groups = groups_of(found, names_of(found), of_object), unknown = unknown_of(found),
    counts = comparison.counts(found) }
  return fill(part 'page.html', {
    POLICY = ("default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'"):format(
      digest(script), digest(style)),
    VERSION = plain.escape(ifx.version), TITLE = plain.escape('ifx diff: ' .. summary), SUMMARY = heading(summary),
    VERDICT = found.verdict, BEFORE = plain.escape(clean(sides.before)), AFTER = plain.escape(clean(sides.after)),
    STYLE = style, SCRIPT = script, DATA = data_of(model), PLAIN = plain.list(model),
  })
end

return page

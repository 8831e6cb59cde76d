-- images.lua: other names, tags and digests for images. SPDX-License-Identifier: Apache-2.0
local places = require './build/places'
local is_set = require './build/shape'.is_set

-- Two passes, as kustomize makes them: containers wherever they stand, then what the field specs name. An image in
-- both places is changed twice, which shows with tagSuffix.
local ANYWHERE = node.fields { { path = '**/containers[]/image' }, { path = '**/initContainers[]/image' } }

local compiled = places.once(function(specs)
  return { fields = node.fields(specs), seen = setmetatable({}, { __mode = 'k' }) }
end)

local NOTHING = {}

-- The images of an object, NOTHING for none, and what it is when none of them changes: walking makes lists of null.
local function look(specs, object)
  local texts = {}
  local function note(text) texts[#texts + 1] = text end
  ANYWHERE:map(object, note)
  local now = specs.fields:map(object, note)
  local seen = (texts[1] or now ~= object) and { texts = texts, object = now } or NOTHING
  specs.seen[object] = seen
  return seen
end

-- The name is an expression: kustomize does not quote it.
local function matcher(name)
  local ok, expression = pcall(regex.compile, '^' .. name .. '(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$')
  if not ok then
    err.raise { kind = 'config', message = ('images: the name %s is no regular expression: %s'):format(name, expression.message),
      hint = 'kustomize reads names of images as expressions: write \\( for a bracket' }
  end
  local known = {}
  return function(text)
    local is = known[text]
    if is == nil then
      is = expression:match(text)
      known[text] = is
    end
    return is
  end
end

-- name, tag and digest; a colon before the first slash belongs to the name.
local function split(image)
  local slash = image:find('/', 1, true)
  local from = slash and slash > 1 and slash or 1
  local at, colon = image:find('@', from, true), image:find(':', from, true)
  if at and (not colon or at < colon) then return image:sub(1, at - 1), '', image:sub(at + 1) end
  if not colon then return image, '', '' end
  if not at then return image:sub(1, colon - 1), image:sub(colon + 1), '' end
  return image:sub(1, colon - 1), image:sub(colon + 1, at - 1), image:sub(at + 1)
end

local function renamed(image, config)
  local name, tag, digest = split(image)
  if is_set(config.newName) then name = config.newName end
  if is_set(config.newTag) then
    tag, digest = config.newTag, config.digest or ''
  elseif is_set(config.digest) then
    tag, digest = '', config.digest
  elseif is_set(config.tagSuffix) then
    tag, digest = tag .. config.tagSuffix, ''
  end
  return name .. (tag ~= '' and ':' .. tag or '') .. (digest ~= '' and '@' .. digest or '')
end

local function has_any(texts, is_meant)
  for _, text in ipairs(texts) do
    if is_meant(text) then return true end
  end
  return false
end

---@type kustomize.Transformer
return function(set, config)
  local image, specs = config.imageTag or {}, compiled(config.fieldSpecs)
  local is_meant = matcher(image.name or '')
  local function change(text) return is_meant(text) and renamed(text, image) or nil end
  places.change(set, function(object, resource)
    local seen = specs.seen[object] or look(specs, object)
    if seen == NOTHING or resource.id.kind == 'CustomResourceDefinition' then return object end
    if not has_any(seen.texts, is_meant) then return seen.object end
    return specs.fields:map(ANYWHERE:map(object, change), change)
  end)
end

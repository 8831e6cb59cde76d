-- watch.lua: files that move out of the folder of their kustomization. SPDX-License-Identifier: Apache-2.0

local M = {}

-- Additional values are given to helm, which reads any file.
local function is_free(ref)
  return ref.kind == 'kustomize.helm_values' and list.find(ref.path or {}, function(step)
    return step == 'additionalValuesFiles'
  end) ~= nil
end

local function is_below(folder, file) return folder == '' or file:sub(1, #folder + 1) == folder .. '/' end

-- Does the reference name a file that lies neither in the folder of its kustomization nor below it?
local function leaves(ref)
  local names_file = ref.builds and ref.exact and ref.resolved and ref.target_kind == 'file'
  return names_file and not is_free(ref) and not is_below(ref.builds, ref.target)
end

local function key_of(file, target) return file .. '\0' .. target end

-- What a kustomization named outside of its folder before: it was refused then, or its builder is told to allow it.
local function known_before(facts)
  local known = {}
  for _, ref in ipairs(facts.references) do
    if leaves(ref) then known[key_of(ref.file, ref.target)] = true end
  end
  return known
end

local function was_known(facts, known, ref)
  local file = facts.origin(ref.file) or ref.file
  local sources = facts.sources[ref.target] or { facts.origin(ref.target) or ref.target }
  return list.find(sources, function(source) return known[key_of(file, source)] end) ~= nil
end

---@class kustomize.Outside
---@field folder string       a folder with a kustomization
---@field file string         that kustomization
---@field references table[]  what it names outside of its folder afterwards, and did not before

---@param facts ifx.layout.Facts  of a transform that watches
---@return kustomize.Outside[]
function M.outside(facts)
  local found, by_file, known = {}, {}, known_before(facts)
  for _, ref in ipairs(facts.references_after) do
    if leaves(ref) and not was_known(facts, known, ref) then
      local one = by_file[ref.file]
      if not one then
        one = { folder = ref.builds, file = ref.file, references = {} }
        by_file[ref.file], found[#found + 1] = one, one
      end
      table.insert(one.references, ref)
    end
  end
  return found
end

local MOST = 5

---What it names, in words: the first places.
---@param one kustomize.Outside
---@return string
function M.words(one)
  local places = {}
  for i = 1, math.min(MOST, #one.references) do
    local ref = one.references[i]
    places[i] = ('%s (%s:%d)'):format(ref.text, ref.file, ref.line)
  end
  if #one.references > MOST then places[MOST + 1] = ('and %d more'):format(#one.references - MOST) end
  return table.concat(places, ', ')
end

M.REMEDY = 'leave these files in that folder or below it (`except` of a row); or give their folder a kustomization.yaml of its '
  .. 'own that says what they are for (for patches, generators and replacements one of kind Component), and list that folder: '
  .. 'folders may lie anywhere'

---watch(): kustomizations that most builders refuse afterwards, since a file that they name has left their folder.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.watch(_, facts)
  return { hazards = list.map(M.outside(facts), function(one)
    return {
      id = 'restrict', severity = 'medium', object = one.file,
      reason = ('names files outside of its folder: %s. `kubectl kustomize` and Argo CD refuse to build it unless told '
        .. '--load-restrictor LoadRestrictionsNone (Argo CD: kustomize.buildOptions in argocd-cm); Flux allows it')
        :format(M.words(one)),
      remedy = M.REMEDY,
    }
  end) }
end

return M

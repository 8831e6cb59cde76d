-- workspace.lua: which folder of the tree a path of a job means. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class ci.Part
---@field path string folder of the workspace that a checkout fills
---@field own boolean it holds this repository
---@field why string|nil what it holds otherwise

---@class ci.Workspace
---@field parts ci.Part[]
local Workspace = {}
Workspace.__index = Workspace

--- The workspace that holds this repository, and nothing else.
---@return ci.Workspace
function M.whole()
  return setmetatable({ parts = { { path = '', own = true } } }, Workspace)
end

local function is_other_revision(revision)
  return type(revision) == 'string' and revision ~= '' and not revision:find('${{', 1, true)
    and revision ~= 'main' and revision ~= 'master' and not revision:find('^refs/heads/ma')
end

local function checkout_of(step, own_names)
  local uses = type(step) == 'table' and step.uses
  if type(uses) ~= 'string' or not uses:find('^actions/checkout@') then
    return nil
  end
  local given = type(step['with']) == 'table' and step['with'] or {}
  local place = type(given.path) == 'string' and path.normalize(given.path) or ''
  local part = { path = place == '.' and '' or place, own = true }
  local repository = given.repository
  if type(repository) == 'string' and not repository:find('github.repository', 1, true)
    and not own_names['github.com/' .. repository:lower()] then
    part.own, part.why = false, 'a checkout of another repository'
  elseif is_other_revision(given.ref) then
    part.own, part.why = false, 'a checkout of another revision'
  end
  return part
end

--- The workspace that the checkouts among a job's steps make. Without any it is taken for the whole
--- repository: something else brought it.
---@param steps table|nil decoded
---@param own_names table<string, boolean> identities of this repository
---@return ci.Workspace
function M.of(steps, own_names)
  local parts = {}
  for _, step in ipairs(type(steps) == 'table' and steps or {}) do
    local part = checkout_of(step, own_names)
    if part then
      parts[#parts + 1] = part
    end
  end
  return #parts == 0 and M.whole() or setmetatable({ parts = parts }, Workspace)
end

function Workspace:part_of(place)
  local best
  for _, part in ipairs(self.parts) do
    if path.within(place, part.path) and (not best or #part.path >= #best.path) then
      best = part
    end
  end
  return best
end

-- A path of the workspace as one of the tree.
local function inside(place, part)
  return part.path == '' and place or place:sub(#part.path + 2)
end

--- Reads a path of a job.
---@param base string folder of the workspace that it counts from
---@param text_of string
---@return string|nil base folder of the tree
---@return integer|string from where the path begins in the text that counts from there; why there is none
function Workspace:read(base, text_of)
  local place = path.normalize(path.join(base, text_of))
  if not place then
    return nil, 'leads out of the workspace'
  end
  place = place == '.' and '' or place
  local part = self:part_of(place)
  if not part then
    return nil, 'no checkout fills this folder'
  elseif not part.own then
    return nil, part.why
  elseif path.within(base, part.path) then
    return inside(base, part), 1
  end
  local from = select(2, text_of:find('^[./]*')) + 1
  if base == '' and text_of:sub(from, from + #part.path - 1) == part.path then
    return '', math.min(from + #part.path + 1, #text_of + 1)
  end
  return nil, 'enters the checkout by a detour'
end

return M

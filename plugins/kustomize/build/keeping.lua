-- keeping.lua: what several builds of the same files have in common. SPDX-License-Identifier: Apache-2.0

---Of files that do not change while it is kept.
---@class kustomize.Kept
---@field kustomizations table<string, table>  by folder: the file, what it says, warnings
---@field objects table<string, node.Node[]>   by file
---@field bases table<string, table>|nil       by folder: nil in a build of its own, which hardly meets one twice
---@field resources integer  of all bases
---@field files kustomize.Files  with the copies of what is remote, once they are read

local M = {}

-- Bases with more resources than these are let go of: some tens of megabytes.
local MOST = 20000

---@param kept table|nil  of the options: {} at first
---@return kustomize.Kept
function M.of(kept)
  if not kept then return { kustomizations = {}, objects = {} } end
  if not kept.bases then kept.kustomizations, kept.objects, kept.bases, kept.resources = {}, {}, {}, 0 end
  return kept
end

---Warnings of a kustomization, which are said once however often it is named.
---@param build kustomize.Build
---@param warnings string[]
function M.warn(build, warnings)
  for _, text in ipairs(warnings) do
    if not build.warned[text] then
      build.warned[text] = true
      table.insert(build.warnings, text)
    end
  end
end

-- Where an object comes from is told from the folder that is built, and a schema holds for what comes behind it.
local function depends_on_build(build) return build.tracks or build.has_schema end

-- Would a folder below be one that this one is reached from? Then it is told while it is built.
local function leads_back(env, met)
  for _, event in ipairs(met) do
    local visited = event.loader and env.loader.referrer
    while visited do
      if path.within(visited.folder, event.loader.folder) then return true end
      visited = visited.referrer
    end
  end
  return false
end

local function meet(build, met)
  for _, event in ipairs(met) do
    build.met[#build.met + 1] = event
    if event.loader then
      build.entered = build.entered + 1
      M.warn(build, event.warnings)
    elseif event.file then
      build.objects[event.file] = build.kept.objects[event.file]
    else
      table.insert(build.warnings, event.warning)
    end
  end
end

local function shallow(map)
  if not map then return nil end
  local out = {}
  for key, value in pairs(map) do out[key] = value end
  return out
end

---Adds what is kept of a kustomization: its objects, field specs and variables. False: nothing is.
---@param build kustomize.Build
---@param env kustomize.Env
---@param set kustomize.Set  empty
---@return boolean
function M.take(build, env, set)
  local known = build.kept.bases and build.kept.bases[env.folder]
  if not known or depends_on_build(build) or leads_back(env, known.met) then return false end
  meet(build, known.met)
  for _, resource in ipairs(known.list) do set:append(resource:copy()) end
  env.specs, env.vars = known.specs, shallow(known.vars)
  return true
end

---Keeps what was made of a kustomization, if it is the same in every build.
---@param build kustomize.Build
---@param env kustomize.Env
---@param set kustomize.Set
---@param mark integer  events that were met before it was begun
function M.put(build, env, set, mark)
  local kept = build.kept
  if not kept.bases or depends_on_build(build) then return end
  kept.resources = kept.resources + #set.list
  if kept.resources > MOST then kept.bases, kept.resources = {}, #set.list end
  local copies = {}
  for i, resource in ipairs(set.list) do copies[i] = resource:copy() end
  kept.bases[env.folder] = { list = copies, specs = rawget(env, 'specs'), vars = shallow(env.vars),
    met = table.move(build.met, mark + 1, #build.met, 1, {}) }
end

return M

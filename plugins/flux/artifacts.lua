-- artifacts.lua: ExternalArtifacts: who makes them, and which folders they are copies of. SPDX-License-Identifier: Apache-2.0

local generators = require './generators'
local source = require './source'

local M = {}

local function candidates(ctx, ref)
  return list.filter(generators.artifacts(ctx)[ref.name] or {}, function(made)
    return not made.namespace or not ref.namespace or made.namespace == ref.namespace
  end)
end

--- The file of the ArtifactGenerator that makes an ExternalArtifact; nil when none of this tree does.
---@param ctx table
---@param ref table {name=, namespace=}
---@return string|nil file
function M.maker(ctx, ref)
  local made = candidates(ctx, ref)[1]
  return made and made.file
end

-- The rule that alone fills a folder of an artifact, with all of a folder.
local function filler(rules, wanted)
  local filling = list.filter(rules, function(rule)
    return not rule.to or path.within(wanted, rule.to) or path.within(rule.to, wanted)
  end)
  local rule = filling[1]
  return #filling == 1 and rule.folder and path.within(wanted, rule.to) and rule or nil
end

--- The folder of this tree that a folder of an ExternalArtifact is a copy of.
---@param ctx table
---@param ref table {kind=, name=, namespace=} of the artifact
---@param text string path inside the artifact
---@param file string path of the file that names it
---@return string|nil folder
---@return string|nil why it is not known
function M.folder(ctx, ref, text, file)
  local made = source.nearest(candidates(ctx, ref), file)
  if #made ~= 1 then
    return nil, #made == 0 and ('no file of this tree declares or generates the ExternalArtifact %s'):format(ref.name)
      or ('%d ArtifactGenerators make the ExternalArtifact %s'):format(#made, ref.name)
  end
  local wanted = generators.normal(text)
  local rule = wanted and filler(made[1].rules, wanted)
  if not rule then
    return nil, ('in the ExternalArtifact %s, where it is no plain copy of one folder'):format(ref.name)
  elseif not rule.source then
    return nil, ('in a source that %s does not name'):format(made[1].file)
  end
  local own, why = source.is_own(ctx, rule.source, made[1].file)
  if not own then
    return nil, why
  end
  return generators.normal(rule.folder .. '/' .. wanted:sub(#rule.to + 1))
end

return M

-- rebase.lua: paths of files that move from a root into a module, or back into new roots. SPDX-License-Identifier: Apache-2.0

local M = {}

-- What Terraform makes, or something that it runs, where the path leads: nothing follows it, it is made anew.
local MADE = { ['terraform.writes'] = true, ['terraform.state'] = true }
local MAYBE_MADE = { ['terraform.path'] = true, ['terraform.argument'] = true, ['terraform.fileset'] = true }

--- The references of a file that count from the folder of the root.
---@param facts ifx.layout.Facts
---@param config terraform.Config
---@param file string
---@return table[]
function M.references(facts, config, file)
  return list.filter(facts.references, function(ref)
    return ref.file == file and ref.plugin == 'terraform' and ref.exact and ref.base == config.root and ref.anchor ~= 'root'
  end)
end

--- Is this a file that is made when Terraform runs?
---@param facts ifx.layout.Facts
---@param ref ifx.repo.Reference
---@return boolean
function M.is_made(facts, ref)
  if MADE[ref.kind] or ref.resolved ~= true and MAYBE_MADE[ref.kind] then
    return true
  end
  return ref.resolved ~= true and list.find(facts.references, function(other)
    return MADE[other.kind] and other.target ~= nil and other.target == ref.target
  end) ~= nil
end

local function text_for(facts, ref, dir)
  local text_of = path.relative(facts.moved(ref.target) or ref.target, dir)
  if ref.kind == 'terraform.module' and not text_of:find '^%.%.?/' then
    text_of = './' .. text_of
  end
  return text_of
end

--- The text of a part of a file as it reads in another folder. What Terraform makes is made there.
---@param facts ifx.layout.Facts
---@param config terraform.Config
---@param part { file: string, start: integer, stop: integer }
---@param dir string
---@return string
function M.text(facts, config, part, dir)
  local text_of, out, from = config.documents[part.file]:text(), {}, part.start
  for _, ref in ipairs(M.references(facts, config, part.file)) do
    if ref.start >= from and ref.stop <= part.stop and ref.target and ref.editable and not M.is_made(facts, ref)
      and ref.target_kind ~= 'glob' then
      out[#out + 1] = text_of:sub(from, ref.start - 1)
      out[#out + 1] = text_for(facts, ref, dir)
      from = ref.stop + 1
    end
  end
  out[#out + 1] = text_of:sub(from, part.stop)
  return table.concat(out)
end

---@class terraform.Lead
---@field name string        'path.module', 'path.root', or '' for a path without a beginning
---@field string integer     number of the string that holds the path
---@field traversal integer|nil  number of the traversal at its beginning

-- The string that holds a reference, and the part of it that does.
local function holder(document, ref)
  for n, str in ipairs(document:strings()) do
    for i, part in ipairs(str.parts) do
      if part.raw and part.start <= ref.start and ref.stop <= part.stop then
        return str, n, i
      end
    end
  end
end

local function traversal_at(document, start)
  for n, traversal in ipairs(document:traversals()) do
    if traversal.start == start then
      return n
    end
  end
end

-- The traversal that is the first argument of the call of fileset() that a string is the second of.
local function fileset_folder(document, str)
  for _, call in ipairs(document:calls 'fileset') do
    local folder, pattern = call.args[1], call.args[2]
    if pattern and pattern.start == str.start then
      for n, traversal in ipairs(document:traversals()) do
        if folder.start <= traversal.start and traversal.stop <= folder.stop then
          return n, traversal.text
        end
      end
      return nil, ''
    end
  end
end

--- What the path of a reference begins with.
---@param document hcl.Document
---@param ref ifx.repo.Reference
---@return terraform.Lead|nil
function M.lead(document, ref)
  local str, n, i = holder(document, ref)
  if not str then
    return nil
  end
  local before = str.parts[i - 1]
  local found = before and before.traversal
    and traversal_at(document, before.start + #document:text():match('^%${~?%s*', before.start))
  if found then
    return { name = before.traversal, string = n, traversal = found }
  elseif ref.kind == 'terraform.fileset' and i == 1 then
    local traversal, name = fileset_folder(document, str)
    return { name = name or '', string = n, traversal = traversal }
  end
  return { name = '', string = n }
end

return M

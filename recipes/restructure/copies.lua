-- copies.lua: secrets that a layout would have in two places. SPDX-License-Identifier: Apache-2.0
local k8s = require 'ifx.k8s.objects'

local M = {}

local ENCRYPTED = 'encrypted by SOPS'

-- What a file keeps secret: 'a Secret', 'encrypted by SOPS'; nil when nothing is known of it.
local function secrecy(tree, file)
  local text = file:find '%.ya?ml$' and tree:try_read(file) or ''
  if not (text:find('Secret', 1, true) or text:find('sops', 1, true)) then return nil end
  local parsed, document = pcall(yaml.document, text)
  if not parsed then return nil end
  for n = 1, #document do
    if document:get({ 'sops', 'mac' }, n) ~= nil then return ENCRYPTED end
  end
  return list.find(k8s.read(document), function(object)
    return object.kind == 'Secret' and object.group == ''
  end) and 'a Secret' or nil
end

local function has_rules(tree, file)
  local folder = file
  repeat
    folder = path.dirname(folder)
    if tree:exists(path.join(folder, '.sops.yaml')) then return true end
  until folder == ''
  return false
end

---What another repository lacks so that people can go on encrypting there; nil when nothing.
---@param other ifx.layout.Outcome
---@return string?
function M.missing_rules(other)
  local found, repository = {}, other.repository
  for _, entry in ipairs(other.tree:files()) do
    if secrecy(other.tree, entry.path) == ENCRYPTED and not has_rules(other.tree, entry.path) then
      found[#found + 1] = entry.path
    end
  end
  if #found == 0 then return nil end
  return ('%s holds files that SOPS encrypted and no .sops.yaml above them (%s%s): nobody can encrypt a new one there by rule. '
    .. 'Add to the layout the row { from: .sops.yaml, action: Keep, also: [{ repository: %s, to: .sops.yaml }] }, or write the '
    .. 'rules there.'):format(repository.name, table.concat(found, ', ', 1, math.min(3, #found)), #found > 3 and ' …' or '',
    repository.id)
end

-- Where each file goes, when that is more than one place.
local function copied(assignment)
  local places = {}
  for id, moves in pairs(assignment.away) do
    for old, new in pairs(moves) do
      places[old] = places[old] or {}
      table.insert(places[old], ('%s in %s'):format(new, id))
    end
  end
  for old, of_file in pairs(places) do
    if not assignment.gone[old] then table.insert(of_file, assignment.moves[old] or old) end
    table.sort(of_file)
    places[old] = #of_file > 1 and of_file or nil
  end
  return places
end

---A secret that is copied can be read by whoever reads the copy, and is forgotten in one place when it is changed in the
---other: it must be accepted by name.
---@param ctx ifx.recipe.Context
---@param tree ifx.repo.Tree
---@param assignment ifx.layout.Assignment
function M.block(ctx, tree, assignment)
  local places = copied(assignment)
  for _, old in ipairs(list.keys(places)) do
    local what = secrecy(tree, old)
    if what then
      local where = table.concat(places[old], ' and ')
      ctx:block { id = 'secret', accept = 'secret',
        why = ('%s is %s, and would be copied to %s: give each place a value of its own'):format(old, what, where) }
    end
  end
end

return M

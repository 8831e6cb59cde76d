-- transform.lua: kustomizations that list Applications. SPDX-License-Identifier: Apache-2.0

local watch = require './watch'

local M = {}

-- The folders below these that hold Applications, and the files that hold nothing else.
local function folders_of(facts, below)
  local files, seen = {}, {}
  for _, top in ipairs(below) do
    for _, file in ipairs(facts.list_after(top)) do
      local objects = seen[file] and {} or facts.objects_after(file)
      seen[file] = true
      local other = list.find(objects, function(object) return object.group ~= 'argoproj.io' or object.kind ~= 'Application' end)
      if #objects > 0 and not other then
        local folder = path.dirname(file)
        files[folder] = files[folder] or {}
        table.insert(files[folder], file)
      end
    end
  end
  return files
end

-- What no Application renders today is switched on by whoever is pointed to a root that lists it.
local function idle_applications(facts, files, folder)
  local rendered, idle = {}, {}
  for _, owner in ipairs(watch.owners(facts)) do
    for file in pairs(owner.files) do rendered[file] = true end
  end
  for _, of_folder in pairs(files) do
    for _, file in ipairs(of_folder) do
      if not rendered[facts.origin(file) or file] then idle[#idle + 1] = file end
    end
  end
  if #idle == 0 then return {} end
  table.sort(idle)
  return { { id = 'activate', accept = 'activate', why = ('%d files of Applications that no Application renders today would be '
    .. 'rendered from %s: %s'):format(#idle, folder, table.concat(idle, ', ', 1, math.min(5, #idle))) } }
end

---make_applications { folder = F, below = FOLDERS }: a kustomization beside the Applications of every folder below FOLDERS,
---which lists them and nothing else, and one for F that lists these folders. Folders, since Argo CD's kustomize reads no
---files outside of the one that it is pointed at. What an Application of today renders is no concern of it.
---@param args { folder: string, below: string[] }
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.make_applications(args, facts)
  local make_root = ifx.use 'kustomize'.transform.make_root
  local files, changes = folders_of(facts, args.below), {}
  local entries, blocked = files[args.folder] or {}, idle_applications(facts, files, args.folder)
  files[args.folder] = nil
  local folders = list.keys(files)
  for _, folder in ipairs(folders) do
    local made = make_root({ folder = folder, entries = files[folder] }, facts)
    table.move(made.changes or {}, 1, #(made.changes or {}), #changes + 1, changes)
  end
  table.move(folders, 1, #folders, #entries + 1, entries)
  if #entries == 0 then return { notes = { 'no Application lies below ' .. table.concat(args.below, ', ') } } end
  local root = make_root({ folder = args.folder, entries = entries }, facts)
  table.move(root.changes or {}, 1, #(root.changes or {}), #changes + 1, changes)
  return { changes = changes, blocked = #changes > 0 and blocked or {} }
end

return M

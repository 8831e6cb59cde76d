-- view.lua: a tree and its context as the code of one plugin sees them. SPDX-License-Identifier: Apache-2.0
-- Every table is the plugin's own: what it puts there, on purpose or by mistake, reaches no other plugin.
local base = require 'ifx.repo.base'

local view = {}

-- Constructors, not loops: entries are copied for every question.
local function copied_entry(e)
  return {
    path = e.path, mode = e.mode, oid = e.oid, size = e.size, missing = e.missing, sparse = e.sparse,
    unmerged = e.unmerged, assumed = e.assumed,
  }
end

-- What these return is plain, or made for the call.
local PASSED = { 'exists', 'is_dir', 'follow', 'read', 'try_read', 'size', 'children' }

local function bound(object, names)
  local out = {}
  for _, name in ipairs(names) do
    local method = object[name]
    out[name] = function(_, ...) return method(object, ...) end
  end
  return out
end

---A tree to look at: no `prefetch`, no `close`.
---@param tree ifx.repo.Tree
---@return ifx.repo.Tree
local function tree_view(tree)
  local out, own, all = bound(tree, PASSED), {}, nil
  out.kind, out.root, out.id, out._links = tree.kind, tree.root, tree.id, tree._links
  local function entry(shared)
    local mine = own[shared]
    if not mine then
      mine = copied_entry(shared)
      own[shared] = mine
    end
    return mine
  end
  local function entries(list)
    local mine = {}
    for i, shared in ipairs(list) do mine[i] = entry(shared) end
    return mine
  end
  function out.entry(_, p)
    local shared = tree:entry(p)
    return shared and entry(shared)
  end
  function out.files()
    all = all or entries(tree:files())
    return all
  end
  function out.paths() return base.copy(tree:paths()) end
  function out.list(self, dir) return dir == '' and self:files() or entries(tree:list(dir)) end
  local dirs
  function out.dirs()
    dirs = dirs or base.copy(tree:dirs())
    return dirs
  end
  return out
end

---A file as one finder gets it.
---@param file ifx.repo.File
---@return ifx.repo.File
function view.file(file)
  return {
    path = file.path, mode = file.mode, entry = copied_entry(file.entry), text = file.text, yaml = file.yaml, hcl = file.hcl,
    sops = file.sops,
  }
end

---The context of one plugin: the same answers, in tables of its own.
---@param ctx ifx.repo.Context
---@return ifx.repo.Context
function view.context(ctx)
  local out = {
    tree = tree_view(ctx.tree), repo_urls = base.copy(ctx.repo_urls), resolve = ctx.resolve, exists = ctx.exists, read = ctx.read,
  }
  function out.file(entry)
    local shared = ctx.tree:entry(entry.path)
    return shared and view.file(ctx.file(shared))
  end
  local objects
  function out.objects()
    objects = objects or bound(ctx.objects(), { 'find', 'all', 'get' })
    return objects
  end
  return out
end

---An entry for a question of one plugin.
view.entry = copied_entry

return view

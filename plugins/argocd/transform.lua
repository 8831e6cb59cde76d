-- transform.lua: what pruning Applications would do to what moves. SPDX-License-Identifier: Apache-2.0

local M = {}

local function below(file, dir)
  return dir == '' or file:sub(1, #dir + 1) == dir .. '/'
end

-- Applications that prune by themselves, with the folder that they apply.
local function pruning(facts)
  local found = {}
  for _, ref in ipairs(facts.references) do
    if ref.kind == 'argocd.path' and ref.target and ref.resolved and ref.target_kind ~= 'glob' then
      local document = yaml.document(facts.read(ref.file))
      for _, object in ipairs(facts.objects(ref.file)) do
        local function get(...)
          return document:get(facts.below(object.path, ...), object.doc)
        end
        local prunes = object.kind == 'Application' and get('spec', 'syncPolicy', 'automated', 'prune') == true
          or object.kind == 'ApplicationSet' and get('spec', 'template', 'spec', 'syncPolicy', 'automated', 'prune') == true
        if object.doc == ref.doc and prunes then
          found[#found + 1] = { dir = ref.target, file = ref.file, line = ref.line, object = object }
        end
      end
    end
  end
  table.sort(found, function(a, b) return #a.dir > #b.dir end)
  return found
end

local function count_leaving(facts, application)
  local n = 0
  for old, new in facts.each_move() do
    if below(old, application.dir) and not below(new, facts.moved(application.dir) or application.dir) then n = n + 1 end
  end
  return n
end

local function hazard(application, n)
  local namespace, name = application.object.namespace or 'argocd', application.object.name or '?'
  local field = application.object.kind == 'ApplicationSet' and 'spec.template.spec.syncPolicy' or 'spec.syncPolicy'
  return {
    id = 'prune', severity = 'high', object = ('%s %s/%s'):format(application.object.kind, namespace, name), files = n,
    reason = ('prunes: it deletes what it no longer applies, and %d files leave %s'):format(n,
      application.dir == '' and 'the root of the repository' or application.dir),
    remedy = ('an earlier commit sets %s.automated.prune: false in %s (or the annotation argocd.argoproj.io/sync-options: '
      .. 'Prune=false on each object that moves), and Argo CD has synced it'):format(field, application.file),
    patch = ('  %s: automated.prune: true becomes false'):format(application.file),
    check = ("kubectl -n %s get applications.argoproj.io %s -o jsonpath='{.spec.syncPolicy.automated.prune} {.status.sync.status}'")
      :format(namespace, name),
    expect = 'false Synced',
  }
end

---pruned(): for every Application that prunes by itself and would no longer apply a moved file: what would be deleted, and
---the earlier commit that makes the move safe.
---@param _ table
---@param facts ifx.layout.Facts
---@return ifx.layout.Result
function M.pruned(_, facts)
  local hazards = {}
  for _, application in ipairs(pruning(facts)) do
    local n = count_leaving(facts, application)
    if n > 0 then hazards[#hazards + 1] = hazard(application, n) end
  end
  return { hazards = hazards }
end

return M

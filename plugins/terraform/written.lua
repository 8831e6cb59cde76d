-- written.lua: paths of repositories in what Terraform writes there or has a controller read. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'

local M = {}

-- Resources with an attribute that is a path from the root of a repository.
local ARGUMENTS = {
  github_repository_file = 'file', gitlab_repository_file = 'file_path', gitea_repository_file = 'file_path',
  flux_bootstrap_git = 'path',
}

-- Fields of objects that are paths from the root of a repository, by the group of their API.
local FIELDS = {
  ['kustomize.toolkit.fluxcd.io'] = { { 'spec', 'path' } },
  ['argoproj.io'] = { { 'spec', 'source', 'path' }, { 'spec', 'sources', '*', 'path' } },
}

-- The constant beginning of a text with ${…} in it: the folder before the first one, or all of it.
local function constant(raw)
  local lead = #raw:match '^%.?/*'
  local variable = raw:find '[$%%]{'
  local text_of = raw:sub(lead + 1, variable and variable - 1 or #raw)
  if variable then
    text_of = text_of:match '^(.*)/[^/]*$'
  end
  return text_of ~= '' and text_of or nil, lead, variable ~= nil
end

-- Nothing says which repository it is: that a path of two steps or more is here shows that it is this one; a folder of
-- one step only suggests it. The file itself may be one that Terraform has yet to write.
local function add(r, match, raw, kind)
  local text_of, lead, open = constant(raw)
  local ctx = r.c.ctx
  local function there(p)
    local target = p and ctx.resolve('', p)
    return target and finder.locate(ctx, target)
  end
  if text_of and not there(text_of) then
    text_of, open = text_of:match '^(.*)/[^/]*$', true
  end
  local deep, kind_of = text_of and text_of:find('/', 1, true) ~= nil, there(text_of)
  if not kind_of or not deep and kind_of ~= 'dir' then
    return r.c:doubt(match, raw, 'a path of a repository; nothing shows that it is this one')
  end
  match.inner_start = match.inner_start + lead
  match.inner_stop = match.inner_start + #text_of - 1
  match.text = text_of
  r.c:path(match, {
    kind = kind, base = '', anchor = 'root', exact = deep, rewrite = 'path',
    note = 'taken for this repository: it is here' .. (open and ', what follows is written by Terraform or filled in' or ''),
  })
end

local function find_arguments(r)
  for _, block in ipairs(r.document:blocks 'resource') do
    local name = ARGUMENTS[block.labels[1]]
    local attribute = name and r.document:find(block, name)
    local str = attribute and r:string_at(attribute.expr_start, attribute.expr_stop)
    if str then
      r.taken[str.start] = true
      local match = r:match(str)
      add(r, match, match.text, 'terraform.repository_file')
    end
  end
end

local function find_in_object(r, str, document, object)
  for _, field in ipairs(FIELDS[object.group] or {}) do
    for _, found in ipairs(document:query(objects.below(object.path, table.unpack(field)), object.doc)) do
      if found.inner_start and type(found.value) == 'string' and found.value ~= '' then
        local start = str.inner_start + found.inner_start - 1
        local match = r:match(str, { start = start, stop = str.inner_start + found.inner_stop - 1 })
        add(r, match, match.text, 'terraform.manifest_path')
      end
    end
  end
end

-- Manifests in heredocs: the YAML is read where it stands, with its ${…} as part of the values.
local function find_manifests(r)
  for _, str in ipairs(r.document:strings()) do
    local raw = str.style == 'heredoc' and r:bytes(str.inner_start, str.inner_stop) or ''
    if raw:find('fluxcd.io', 1, true) or raw:find('argoproj.io', 1, true) then
      local ok, document = pcall(yaml.document, raw, { file = r.c.file.path })
      if ok then
        for _, object in ipairs(objects.read(document)) do
          find_in_object(r, str, document, object)
        end
      else
        r.c:doubt(str, 'heredoc', 'a manifest that is no YAML before Terraform has filled it in')
      end
    end
  end
end

--- Adds paths of this repository that Terraform writes: in the arguments of resources, and in manifests.
---@param r terraform.Reader
function M.find(r)
  find_arguments(r)
  find_manifests(r)
end

return M

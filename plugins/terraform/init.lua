-- init.lua: finds what configurations of Terraform, OpenTofu and Terragrunt name. SPDX-License-Identifier: Apache-2.0

local extract = require './extract'
local finder = require 'ifx.repo.finder'
local files = require './files'
local json_syntax = require './json'
local modules = require './modules'
local reader = require './reader'
local source = require './source'
local state = require './state'
local terragrunt = require './terragrunt'
local units = require './units'
local watch = require './watch'
local written = require './written'

local TERRAFORM = {
  ['terraform.module'] = 'The source of a module',
  ['terraform.linked'] = 'What the same bytes name for those who read the file through a link',
  ['terraform.file'] = 'A file or folder that a function reads',
  ['terraform.fileset'] = 'Files that fileset() lists',
  ['terraform.argument'] = 'A path that a resource or data source reads',
  ['terraform.writes'] = 'A file that a resource makes, or the folder that it lies in',
  ['terraform.path'] = 'A path behind path.module or path.root in a longer text',
  ['terraform.state'] = 'A file of state, or the folder that it lies in',
  ['terraform.state_key'] = 'The key of a state in its store',
  ['terraform.repository_file'] = 'A path of this repository that Terraform writes',
  ['terraform.manifest_path'] = 'A path of this repository in a manifest that Terraform writes',
}
local TERRAGRUNT = {
  ['terraform.include'] = 'A file that a unit of Terragrunt includes',
  ['terraform.parent_folder'] = 'A file that Terragrunt looks for in the folders above',
  ['terraform.read_config'] = 'A file of Terragrunt that another one reads',
  ['terraform.dependency'] = 'A unit that another one needs',
  ['terraform.unit_source'] = 'The module of a unit, or a unit of a stack',
  ['terraform.var_file'] = 'A file of variables',
}

-- What path.module, path.root and a path without a beginning count from, for everyone who reads the file.
local function places_of(c)
  local index = modules.of(c.ctx)
  local folders, roots = index:folders(c.file.path), nil
  local function cwd()
    if not roots then
      roots = {}
      for _, folder in ipairs(folders) do
        for _, dir in ipairs(index:roots(folder.dir)) do
          roots[#roots + 1] = { dir = dir, via = folder.via, root = dir ~= folder.dir or nil }
        end
      end
    end
    return roots
  end
  local function places(self, expression)
    local inner = expression:match '^%s*abspath%((.*)%)%s*$'
    if inner then
      return self:places(inner)
    end
    local name = expression:match '^%s*([%w_.]+)%s*$'
    if name == 'path.module' then
      return folders
    elseif name == 'path.root' then
      return cwd()
    elseif name == 'path.cwd' then
      return nil, 'path.cwd: the folder that Terraform is started in'
    end
    return nil, 'a variable'
  end
  return folders, cwd, places
end

local function find(file, ctx)
  local c = finder.collect('terraform', file, ctx)
  local folders, cwd, places = places_of(c)
  local r = reader.open(c, places)
  if r then
    source.find(r, folders)
    state.find(r, cwd)
    written.find(r)
    files.find(r, cwd)
    files.find_rest(r)
  end
  return c:result()
end

local function find_terragrunt(file, ctx)
  local c = finder.collect('terraform', file, ctx)
  if units.is_config(file.path, file.text()) then
    terragrunt.find(c)
  end
  return c:result()
end

local function find_json(file, ctx)
  local c = finder.collect('terraform', file, ctx)
  json_syntax.find(c)
  return c:result()
end

-- A file without any of these words names nothing that is looked for here.
local NEEDS = {
  'module', 'path.', 'file', 'backend', 'chart', 'kustomization_build', 'kubectl_', 'flux_bootstrap_git', 'fluxcd.io',
  'argoproj.io', 'remote_state',
}

local cross = { source = source.cross }
local rewrite = {
  path = reader.rewrite, source = source.rewrite, parent = terragrunt.rewrite_parent, unit_source = terragrunt.rewrite_source,
}

return {
  references = {
    { kinds = TERRAFORM, files = { '**/*.tf', '**/*.tofu' }, needs = NEEDS, find = find, rewrite = rewrite, cross = cross },
    { kinds = { ['terraform.module'] = TERRAFORM['terraform.module'] }, files = { '**/*.tf.json', '**/*.tofu.json' },
      find = find_json, rewrite = rewrite, cross = cross },
    { kinds = TERRAGRUNT, files = { '**/*.hcl' }, find = find_terragrunt, rewrite = rewrite },
  },
  transform = { extract_module = extract.module, watch = watch.watch },
}

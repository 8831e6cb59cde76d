-- init.lua: finds what playbooks, roles and the settings of Ansible name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local indexes = require './index'
local others = require './others'
local paths = require './paths'
local plays = require './plays'
local search = require './search'
local tasks = require './tasks'

local KINDS = {
  ['ansible.playbook'] = 'a playbook that another one imports',
  ['ansible.tasks'] = 'a file of tasks',
  ['ansible.role'] = 'the name of a role, found in the folders of roles',
  ['ansible.role_file'] = 'a file of tasks or variables of a role, by its name there',
  ['ansible.file'] = 'a file that is copied, run or read, found in the folders `files` of the role, the tasks and the playbook',
  ['ansible.template'] = 'a template, found likewise in the folders `templates`',
  ['ansible.vars'] = 'a file of variables, found likewise in the folders `vars`',
  ['ansible.path'] = 'a path below a folder that a variable of Ansible stands for',
  ['ansible.config'] = 'a path in an ansible.cfg',
  ['ansible.requirement'] = 'a role or collection to install',
  ['ansible.molecule'] = 'a file of a scenario of molecule',
}

-- What is found in each kind of file, from its document and its decoded value.
local FIND = {
  playbook = plays.find, tasks = plays.find, meta = plays.dependencies,
  vars = function(job, document) tasks.texts(job, document) end,
  requirements = function(job, document, value) others.requirements(job.c, document, value) end,
  molecule = others.molecule,
}

local function find(file, ctx)
  local c = finder.collect('ansible', file, ctx)
  local index = indexes.of(ctx, search)
  local kind = index.kinds[file.path]
  if kind == 'config' then
    others.config(c)
    return c:result()
  end
  local document = c:document()
  if not document or #document == 0 then
    return c:result()
  end
  local readable, value = pcall(document.value, document, 1)
  if not readable then
    c:doubt(value, file.path, 'cannot be read: ' .. value.message)
  elseif type(value) == 'table' then
    FIND[kind]({ c = c, index = index, file = file.path, taken = {} }, document, value)
  end
  return c:result()
end

return {
  references = {
    {
      kinds = KINDS, find = find, rewrite = paths.rewrite,
      choose = function(ctx) return list.keys(indexes.of(ctx, search).kinds) end,
    },
  },
}

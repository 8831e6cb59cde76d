-- finders.lua: what kustomizations and plugin configurations name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local objects = require 'ifx.k8s.objects'
local fields = require './fields'
local config = require './config'
local walk = require './walk'

local M = {}

-- The name says kustomization, the content may say something else: people keep Flux's object of the
-- same kind in files of that name. No apiVersion at all means kustomize.
local function is_kustomization(document)
  local api_version = document:get({ 'apiVersion' }, 1)
  return type(api_version) ~= 'string' or (objects.split(api_version)) == 'kustomize.config.k8s.io'
end

local function find_kustomization(c)
  local document = c:document()
  if not document or not is_kustomization(document) then
    return
  end
  if #document > 1 then
    c:doubt(nil, c.file.path, 'more than one YAML document: kustomize reads only the first')
  end
  local readable, top = pcall(document.value, document, 1)
  if not readable then
    c:doubt({ line = top.line or 1, column = top.column or 1 }, c.file.path, 'cannot be read as a kustomization: ' .. top.message)
    return
  end
  if type(top) ~= 'table' or ifx.is_list(top) then
    if top ~= nil then
      c:doubt(nil, c.file.path, 'not a kustomization: its top is no map')
    end
    return
  end
  local folder = path.dirname(c.file.path)
  fields.find(c, document, top, folder)
  for _, ref in ipairs(c.references) do
    if ref.target_kind ~= 'object' then ref.builds = folder end
  end
end

-- What a configuration names is seen without knowing from where; one that names nothing is no doubt.
local function doubt_all(c, document, object, why)
  local seen = finder.collect('kustomize', c.file, c.ctx)
  config.find(seen, document, object, '')
  for _, ref in ipairs(seen.references) do
    c:doubt(ref, ref.text, why)
  end
end

local function find_config(c)
  if not config.mentioned(c.file.text()) then
    return
  end
  local chart = select(2, objects.is_manifest(c.file.path, c.ctx.exists))
  if chart then
    c:doubt(nil, c.file.path, ('a template of the chart %s'):format(chart))
    return
  end
  local document = c:document()
  for _, object in ipairs(document and objects.read(document) or {}) do
    if config.is_plugin(object) then
      local base, why = config.base(c.ctx, c.file.path)
      if base then
        config.find(c, document, object, base)
      else
        doubt_all(c, document, object, why)
      end
    end
  end
end

-- Of one file, as a finder returns it.
local function with(find)
  return function(file, ctx)
    local c = finder.collect('kustomize', file, ctx)
    find(c)
    return c:result()
  end
end

M.kustomization = with(find_kustomization)

M.configuration = with(function(c)
  if not walk.is_name(path.basename(c.file.path)) then find_config(c) end
end)

return M

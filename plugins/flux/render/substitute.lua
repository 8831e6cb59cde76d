-- substitute.lua: the variables of spec.postBuild, read and replaced. SPDX-License-Identifier: Apache-2.0

local M = {}

local DISABLED = 'kustomize.toolkit.fluxcd.io/substitute'
local NAME = '^[_%a][_%w]*$'
local NAME_RULE = '^[_[:alpha:]][_[:alpha:][:digit:]]*$'

---What stands for a value that only the cluster can read: it fits where a name of a host or an object is wanted.
---@param name string
---@return string
local function masked(name) return ('masked-%s'):format(name:lower():gsub('_', '-')) end

local function texts_of(object, field)
  local map = object.node:get(field)
  local out = {}
  for _, key in ipairs(type(map) == 'userdata' and map ~= ifx.null and map:keys() or {}) do
    local value = map:get(key)
    out[key] = type(value) == 'string' and value or ''
  end
  return out
end

local function without_newlines(value) return (value:gsub('\n', '')) end

local function of_config_map(vars, object)
  for key, value in pairs(texts_of(object, 'data')) do vars[key] = without_newlines(value) end
end

local function of_secret(vars, object)
  for key, value in pairs(texts_of(object, 'data')) do
    local ok, bytes = pcall(hash.unbase64, value)
    vars[key] = ok and without_newlines(bytes) or '' -- the API takes no such Secret
  end
  for key, value in pairs(texts_of(object, 'stringData')) do vars[key] = without_newlines(value) end
end

local function of_encrypted(vars, object)
  for _, field in ipairs { 'data', 'stringData' } do
    for key in pairs(texts_of(object, field)) do vars[key] = masked(key) end
  end
end

local function is_encrypted(object) return object.opaque ~= nil or object.node:get 'sops' ~= nil end

local function problem(kind, severity, ref, namespace, message)
  return { kind = kind, severity = severity, message = message,
    object = { kind = ref.kind, namespace = namespace, name = ref.name } }
end

-- The variables of one ConfigMap or Secret; what is wrong with it.
local function add_from(vars, ref, namespace, world, problems)
  local shown = ('%s/%s'):format(tostring(ref.kind), tostring(ref.name))
  if (ref.kind ~= 'ConfigMap' and ref.kind ~= 'Secret') or type(ref.name) ~= 'string' then return true end
  local object = world.object(ref.kind, namespace, ref.name)
  if not object then
    if ref.optional == true then return true end
    problems[#problems + 1] = problem('missing-object', 'error', ref, namespace,
      ('substitute from %s: no file of the tree declares it, so what it sets is not known'):format(shown))
    problems[#problems].hint = ('declare %s/%s in the tree, encrypted where it is secret; or say optional: true, and a default '
      .. 'in each ${NAME:=default}'):format(namespace, shown)
    return false
  elseif is_encrypted(object) then
    of_encrypted(vars, object)
    problems[#problems + 1] = problem('encrypted', 'warning', ref, namespace,
      ('%s is encrypted: its variables are written as %s'):format(shown, masked '…'))
  elseif ref.kind == 'ConfigMap' then
    of_config_map(vars, object)
  else
    of_secret(vars, object)
  end
  return true
end

local function check_names(vars)
  for _, name in ipairs(list.keys(vars)) do
    if not name:find(NAME) then
      err.raise { kind = 'config',
        message = ("variable substitution failed: '%s' var name is invalid, must match '%s'"):format(name, NAME_RULE) }
    end
  end
end

---@class flux.Variables
---@field vars table<string, string>
---@field complete boolean  false: a ConfigMap or Secret is missing, so what is not set here may be set there
---@field used boolean      are texts looked at at all?

---The variables that a Kustomization replaces.
---@param post_build table
---@param namespace string
---@param world ifx.gitops.World
---@param problems ifx.gitops.Problem[]  what is wrong is added
---@return flux.Variables
function M.variables(post_build, namespace, world, problems)
  local vars, complete = {}, true
  for _, ref in ipairs(type(post_build.substituteFrom) == 'table' and post_build.substituteFrom or {}) do
    complete = type(ref) == 'table' and add_from(vars, ref, namespace, world, problems) and complete
  end
  for name, value in pairs(type(post_build.substitute) == 'table' and post_build.substitute or {}) do
    vars[name] = without_newlines(tostring(value))
  end
  check_names(vars)
  local always = post_build.substituteStrategy == 'Always'
  return { vars = vars, complete = complete, used = next(vars) ~= nil or always or not complete }
end

local function is_disabled(object)
  return object:get('metadata', 'labels', DISABLED) == 'disabled' or object:get('metadata', 'annotations', DISABLED) == 'disabled'
end

-- What may be set elsewhere stays as it is written.
local function keep_unknown(text, variables, unset)
  local vars = {}
  for name, value in pairs(variables.vars) do vars[name] = value end
  for _, name in ipairs(unset) do vars[name] = ('${%s}'):format(name) end
  return (subst.expand(text, vars))
end

---An object with its variables replaced; the object itself where there are none.
---@param object node.Node
---@param variables flux.Variables
---@return node.Node
---@return string[] unset  names that nothing sets
function M.expand(object, variables)
  if not variables.used or is_disabled(object) then return object, {} end
  local text = node.print(object)
  if not text:find('$', 1, true) then return object, {} end
  local out, unset = subst.expand(text, variables.vars)
  if #unset > 0 and not variables.complete then out = keep_unknown(text, variables, unset) end
  if out == text then return object, unset end
  return node.document(out), unset
end

return M

-- modules.lua: what the code of plugins and recipes may require. SPDX-License-Identifier: Apache-2.0
local copy = require 'ifx.plugin.copy'
local err = require 'err'

local modules = {}

---Library modules that plugins may require. `true`: it reaches no file, no process and no host; text: it runs that
---program, so the plugin needs the grant for it.
modules.plugins = {
  ['ifx.list'] = true, ['ifx.path'] = true, ['ifx.text'] = true, ['ifx.suggest'] = true,
  ['ifx.repo.finder'] = true, ['ifx.repo.url'] = true, ['ifx.repo.globs'] = true, ['ifx.repo.spans'] = true,
  ['ifx.repo.names'] = true, ['ifx.repo.links'] = true, ['ifx.repo.excerpt'] = true, ['ifx.repo.written'] = true,
  ['ifx.repo.expressions'] = true, ['ifx.repo.patterns'] = true, ['ifx.settings'] = true, ['ifx.repo.shape'] = true,
  ['ifx.render.near'] = true, ['ifx.k8s.fields'] = true,
  ['ifx.render.overlay'] = true, ['ifx.repo.gotemplate'] = true, ['ifx.vendor.files'] = true,
  ['ifx.k8s.objects'] = true, ['ifx.k8s.plain'] = true, ['ifx.gitops.scopes'] = true, ['ifx.layout.handover'] = true,
  ['ifx.repo.git'] = 'git', ['ifx.repo.objects'] = 'git', ['ifx.repo.export'] = 'git',
}

---What recipes may require beside: work on trees that they were given, in memory.
modules.recipes = {
  ['ifx.layout'] = true, ['ifx.layout.assign'] = true, ['ifx.layout.classes'] = true, ['ifx.layout.repair'] = true,
  ['ifx.layout.restructure'] = true,
  ['ifx.term.diff'] = true,
}

local function check_module(spec, name)
  local need = modules.plugins[name] or (spec.recipe and modules.recipes[name])
  if need == true then return end
  local hint = "plugins require files of their own folder ('./file') and the library modules that docs/plugins.md lists"
  if need then
    for _, program in ipairs(spec.reach.exec) do
      if program == need then return end
    end
    hint = ('it runs %s: grants: { exec: [%s] } in plugin.yaml would allow it'):format(need, need)
  end
  err.raise { kind = 'grant', op = 'require ' .. name, message = ('plugin %s may not require %s'):format(spec.plugin, name),
    hint = hint }
end

---`require` of a plugin: library modules of these lists, and files of its own folder.
---@param spec ifx.plugin.EnvSpec
---@param sandbox table
---@return fun(name: string): any
function modules.requirer(spec, sandbox)
  local loaded = {}
  local function own_file(name)
    local path = require 'fs'.normalize(name:gsub('^%./', '') .. '.lua')
    local chunk = path and path:sub(1, 1) ~= '/' and spec.chunk(path, sandbox)
    if not chunk then
      err.raise { kind = 'not_found', op = 'require ' .. name,
        message = ('plugin %s has no file %s.lua'):format(spec.plugin, name) }
    end
    return chunk(name)
  end
  return function(name)
    if type(name) ~= 'string' then err.raise { kind = 'argument', op = 'require', message = 'the name must be text' } end
    if loaded[name] ~= nil then return loaded[name] end
    local value
    if name:find('^%./') then
      value = own_file(name)
    else
      check_module(spec, name)
      value = copy(require(name))
    end
    loaded[name] = value == nil and true or value
    return loaded[name]
  end
end

return modules

-- init.lua: finds what configurations of makejinja name. SPDX-License-Identifier: Apache-2.0

local excerpt = require 'ifx.repo.excerpt'
local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local settings = require 'ifx.settings'
local written = require 'ifx.repo.written'

local KINDS = {
  ['makejinja.path'] = 'templates, data, or the folder that the result is written to',
  ['makejinja.plugin'] = 'a class of Python, found below the import paths',
}

-- Fields that are paths, and whether they must be there.
local FIELDS = { inputs = true, data = true, import_paths = true, exclude_paths = false, output = false }

local function add_path(c, node, base, must)
  local text = node.text
  if text:find('^%.?/?$') or written.is_elsewhere(text) or text:find('$', 1, true) then
    return
  end
  local target = c.ctx.resolve(base, text)
  local ignored = must and target and globs.ignored(c.ctx.tree, target)
  c:path(node, {
    kind = 'makejinja.path', base = base,
    optional = not must and 'made when the templates are rendered'
      or ignored and ignored .. ' leaves it out: it is made elsewhere' or nil,
  })
end

-- `module.of.file:Class`, or with a dot before the class.
local function add_plugin(c, node, folders)
  local module = node.text:match('^([%w_.]+):') or node.text:match('^(.+)%.[%w_]+$')
  for _, folder in ipairs(module and folders or {}) do
    local target = path.join(folder, (module:gsub('%.', '/')) .. '.py')
    if c.ctx.exists(target) then
      c:add(excerpt.scalar(c, node):part(1, #module), {
        kind = 'makejinja.plugin', base = folder, anchor = 'root', target = target, target_kind = 'file', resolved = true,
        rewrite = 'module',
      })
      return
    end
  end
  c:doubt(node, node.text, 'no file of Python below the import paths: a package may bring it')
end

-- The folders that modules are imported from: by default the one of the configuration.
local function import_paths(c, read, base)
  local folders = {}
  for _, node in ipairs(read:query { 'makejinja', 'import_paths', '*' }) do
    folders[#folders + 1] = type(node.value) == 'string' and c.ctx.resolve(base, node.value) or nil
  end
  return #folders > 0 and folders or { base }
end

local function find(file, ctx)
  local c, base = finder.collect('makejinja', file, ctx), path.dirname(file.path)
  local read, why = settings.read('toml', file.text())
  if not read then
    c:doubt(why, file.path, 'does not parse as TOML: ' .. why.message)
    return c:result()
  end
  local function each(key, f)
    for _, tail in ipairs { { key }, { key, '*' } } do
      for _, node in ipairs(read:query(list.append({ 'makejinja' }, tail))) do
        if node.kind == 'scalar' and type(node.value) == 'string' and node.value ~= '' then
          f(node)
        end
      end
    end
  end
  for _, key in ipairs(list.keys(FIELDS)) do
    each(key, function(node) add_path(c, node, base, FIELDS[key]) end)
  end
  local folders = import_paths(c, read, base)
  for _, key in ipairs { 'plugins', 'loaders' } do
    each(key, function(node) add_plugin(c, node, folders) end)
  end
  return c:result()
end

-- A module is named from an import path, with dots for slashes.
local function rewrite_module(_, move)
  local name = move.new_target:match('([^/]*)%.py$')
  if not name or name:find('[^%w_]') or not path.within(move.new_target, move.new_base) then
    return nil, 'a module is named from an import path: name its new folder there'
  end
  return (path.relative(move.new_target, move.new_base):gsub('%.py$', ''):gsub('/', '.'))
end

local SUFFIX = '.jinja' -- unless the configuration says another

-- Where a configuration renders which folders to.
local function rendering(ctx, file)
  local read, base = settings.read('toml', ctx.read(file) or ''), path.dirname(file)
  local function texts(key)
    local out = {}
    for _, tail in ipairs { { key }, { key, '*' } } do
      for _, node in ipairs(read and read:query(list.append({ 'makejinja' }, tail)) or {}) do
        if node.kind == 'scalar' and type(node.value) == 'string' then out[#out + 1] = node.value end
      end
    end
    return out
  end
  local output = texts 'output'[1]
  return {
    output = output and ctx.resolve(base, output) or nil, suffix = texts 'jinja_suffix'[1] or SUFFIX,
    inputs = list.map(texts 'inputs', function(input) return ctx.resolve(base, input) or base end),
  }
end

local renderings_of = setmetatable({}, { __mode = 'k' })

local function renderings(ctx)
  local found = renderings_of[ctx]
  if not found then
    found = {}
    for _, entry in ipairs(ctx.tree:files()) do
      if path.basename(entry.path) == 'makejinja.toml' then found[#found + 1] = rendering(ctx, entry.path) end
    end
    renderings_of[ctx] = found
  end
  return found
end

---What a path that is not there is rendered from; nil when no configuration of the tree makes it.
---@param ctx table context of a finder
---@param target string
---@return string|nil input a file or folder of the tree
local function rendered_from(ctx, target)
  for _, one in ipairs(renderings(ctx)) do
    local rest = one.output == '' and target or one.output and path.within(target, one.output) and target:sub(#one.output + 2)
    for _, input in ipairs(rest and rest ~= '' and one.inputs or {}) do
      for _, ending in ipairs { '', one.suffix } do
        local from = path.join(input, rest .. ending)
        if ctx.exists(from) then return from end
      end
    end
  end
end

return {
  references = {
    { kinds = KINDS, files = { '**/makejinja.toml' }, find = find, rewrite = { module = rewrite_module } },
  },
  library = { rendered_from = rendered_from },
}

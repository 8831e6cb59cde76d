-- init.lua: finds what configurations of MkDocs name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local written = require 'ifx.repo.written'

local KINDS = {
  ['mkdocs.page'] = 'a page in the navigation, or a file of the site, from the folder of the documents',
  ['mkdocs.docs_dir'] = 'the folder of the documents',
  ['mkdocs.path'] = 'a file or folder beside the configuration',
}

-- Plugins of MkDocs that write pages, or bring those of other places.
local WRITERS = {
  'gen-files', 'monorepo', 'multirepo', 'literate-nav', 'awesome-pages', 'awesome-nav', 'mkdocstrings', 'blog', 'tags',
}

-- The name of a writer among the plugins, each a text or a map of one key.
local function writer(document)
  local plugins = document:get({ 'plugins' }, 1)
  for key, item in pairs(type(plugins) == 'table' and plugins or {}) do
    local name = type(item) == 'string' and item or type(item) == 'table' and next(item) or key
    local found = list.find(WRITERS, function(known) return tostring(name):find(known, 1, true) ~= nil end)
    if found then
      return found
    end
  end
end

local function each(c, document, pattern, f)
  for _, match in ipairs(document:query(pattern, 1)) do
    if match.kind == 'scalar' and type(match.value) == 'string' and match.value ~= '' and not match.tag then
      f(match)
    elseif match.kind == 'scalar' and match.tag or match.kind == 'alias' then
      c:doubt(match, match.text or 'alias', 'filled in when the site is made')
    end
  end
end

local function add(c, match, r)
  if not written.is_elsewhere(match.text) and not match.text:find('^mailto:') and not match.text:find('[#?]') then
    c:path(match, r)
  end
end

-- Fields that count from the folder of the configuration, and why one may be missing.
local BESIDE = { { 'theme', 'custom_dir' }, { 'hooks', '*' }, { 'INHERIT' }, { 'watch', '*' } }
-- Fields that count from the folder of the documents.
local INSIDE = {
  { 'theme', 'logo' }, { 'theme', 'favicon' }, { 'extra_css', '*' }, { 'extra_javascript', '*' },
  { 'extra_javascript', '*', 'path' },
}

local function find(file, ctx)
  local c = finder.collect('mkdocs', file, ctx)
  local document, base = c:document(), path.dirname(file.path)
  if not document or #document == 0 then
    return c:result()
  end
  local given = document:get({ 'docs_dir' }, 1)
  local docs = ctx.resolve(base, type(given) == 'string' and given or 'docs')
  each(c, document, { 'docs_dir' }, function(match)
    if not match.text:find('^%.+/?$') then
      add(c, match, { kind = 'mkdocs.docs_dir', base = base, check = written.want_folder })
    end
  end)
  for _, field in ipairs(BESIDE) do
    each(c, document, field, function(match) add(c, match, { kind = 'mkdocs.path', base = base }) end)
  end
  if docs then
    local made = writer(document)
    local optional = made and ('the plugin %s may make it'):format(made) or nil
    for _, nav in ipairs { { 'nav', '**' }, { 'pages', '**' } } do
      each(c, document, nav, function(match)
        add(c, match, { kind = 'mkdocs.page', base = docs, anchor = 'root', rewrite = 'page', optional = optional })
      end)
    end
    for _, field in ipairs(INSIDE) do
      each(c, document, field, function(match)
        add(c, match, {
          kind = 'mkdocs.page', base = docs, anchor = 'root', rewrite = 'page', optional = 'the theme may bring it',
        })
      end)
    end
  end
  return c:result()
end

-- MkDocs knows only what lies in the folder of the documents.
local function rewrite_page(_, move)
  if path.within(move.new_target, move.new_base) and move.new_target ~= move.new_base then
    return move.text
  end
  return nil, 'a page has to lie in the folder of the documents'
end

return {
  references = {
    { kinds = KINDS, files = { '**/mkdocs.yml', '**/mkdocs.yaml' }, find = find, rewrite = { page = rewrite_page } },
  },
}

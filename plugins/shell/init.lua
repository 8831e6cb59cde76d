-- init.lua: reads shell scripts and command lines. SPDX-License-Identifier: Apache-2.0

local commands = require './commands'
local finder = require 'ifx.repo.finder'
local excerpt = require 'ifx.repo.excerpt'
local place = require './place'
local script = require './script'
local split = require './split'

local KINDS = { ['shell.path'] = 'a path among the words of a shell script' }

local function read(file, ctx, start)
  local c = finder.collect('shell', file, ctx)
  script.find(excerpt.file(c), start, { kind = 'shell.path', terse = true })
  return c:result()
end

-- A script starts in the folder that its caller is in, which the tree does not say.
local function of_script(file, ctx)
  local shebang = file.text():match('^#![^\n]*')
  if shebang and not shebang:find('%f[%w][bdkz]?a?sh%f[%W]') then
    return {}, {}
  end
  local run = shebang or file.mode == '100755'
  return read(file, ctx, script.start(nil, { script = run and file.path or nil, source = file.path, top = '' }))
end

-- direnv runs its file in the folder of that file.
local function of_direnv(file, ctx)
  return read(file, ctx, script.start(path.dirname(file.path), { own = true, source = file.path, top = '' }))
end

-- Files that are read by their names, and those that something fills in before the shell reads them.
local OTHERS = {
  sh = true, bash = true, zsh = true, envrc = true,
  j2 = true, jinja = true, jinja2 = true, tmpl = true, tpl = true, gotmpl = true, erb = true,
}

local SCRIPTS = { '**/*.sh', '**/*.bash', '**/*.zsh' }

return {
  references = {
    { kinds = KINDS, files = SCRIPTS, rewrite = { word = commands.rewrite }, find = of_script },
    { kinds = KINDS, files = { '**/.envrc' }, rewrite = { word = commands.rewrite }, find = of_direnv },
    {
      kinds = KINDS, files = { '**/*' }, needs = { '#!' }, rewrite = { word = commands.rewrite },
      find = function(file, ctx)
        local extension = path.basename(file.path):match('%.(%w+)$') or ''
        if OTHERS[extension] or file.text():sub(1, 2) ~= '#!' then
          return {}, {}
        end
        return of_script(file, ctx)
      end,
    },
  },
  library = {
    find = script.find, start = script.start, rewrite = commands.rewrite,
    parse = split.parse, text = split.text, show = split.show, templates = split.templates, place = place.of_output,
  },
}

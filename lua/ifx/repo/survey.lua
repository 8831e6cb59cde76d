-- survey.lua: open what a person named and find its references with all usable plugins. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local graph = require 'ifx.repo.graph'
local trees = require 'ifx.repo.tree'

local survey = {}

---@class ifx.repo.Survey
---@field tree ifx.repo.Tree
---@field part string          the directory or file of the tree that was meant; '' for all
---@field graph ifx.repo.Graph of that part
---@field untrusted { name: string, dir: string, why: string, hint: string? }[]  plugins of the repository: listed, not run

-- A plugin of the repository itself runs only when it is trusted; nothing else of the repository runs at all.
local function finders(root)
  local registry = require('ifx.plugin').registry { dir = root }
  local untrusted = {}
  for _, entry in ipairs(registry:list()) do
    if entry.source == 'repository' and entry.state ~= 'ready' then
      untrusted[#untrusted + 1] = { name = entry.name, dir = entry.dir, why = entry.why or entry.state,
        hint = entry.state == 'untrusted' and 'ifx trust shows what it may reach, and asks' or nil }
    end
  end
  return registry:contributions 'references', registry:reload 'references', untrusted
end

local function known_kinds(plugins)
  local kinds = { text = true, ['text.tree'] = true, symlink = true }
  for _, item in ipairs(plugins) do
    for kind in pairs(item.value.kinds or {}) do kinds[kind] = true end
  end
  return kinds
end

local function check_kinds(wanted, plugins)
  local kinds, names = known_kinds(plugins), {}
  for kind in pairs(kinds) do names[#names + 1] = kind end
  for _, kind in ipairs(wanted or {}) do
    if not kinds[kind] then
      table.sort(names)
      err.raise {
        kind = 'argument', op = 'choose kinds', message = ("there is no kind of reference '%s'"):format(kind),
        hint = require('ifx.cli.options').suggest(kind, names, 'there are: ' .. table.concat(names, ', ')),
      }
    end
  end
end

---Open a folder or revision and build its graph. Runs nothing of the repository: no hook, no filter, no plugin that is
---not trusted. Raises what `tree.open` raises, and 'argument' for a kind that no plugin finds.
---@param where? string
---@param opts { dir: string?, kinds: string[]?, text: boolean? }
---@return ifx.repo.Survey
function survey.run(where, opts)
  local tree, part = trees.open(where, { dir = opts.dir })
  local _ <close> = tree
  local plugins, reload, untrusted = finders(tree.root)
  check_kinds(opts.kinds, plugins)
  local built = graph.build(tree, { plugins = plugins, reload = reload, only = opts.kinds, text = opts.text, part = part })
  return { tree = tree, part = part, graph = built, untrusted = untrusted }
end

---FILE:LINE:COLUMN of a reference, an error or what is not understood, as far as it is known.
---@param item { file: string, line: integer?, column: integer? }
---@return string
function survey.place(item)
  return table.concat({ item.file, item.line, item.line and item.column }, ':')
end

---What is missing from an answer, as lines for a person: files without their references, with what to do about each
---reason, and plugins that were not run.
---@param found ifx.repo.Survey
---@return string[]
function survey.gaps(found)
  local out, hints = {}, {}
  local function hint(text)
    if text and not hints[text] then out[#out + 1] = '    hint: ' .. text end
    hints[text or ''] = true
  end
  if #found.graph.errors > 0 then out[1] = ('files that cannot be read (%d):'):format(#found.graph.errors) end
  for _, item in ipairs(found.graph.errors) do
    out[#out + 1] = ('  %s  %s'):format(survey.place(item), item.message)
    hint(item.hint)
  end
  for _, plugin in ipairs(found.untrusted) do
    out[#out + 1] = ('plugin %s of the repository was not run: %s'):format(plugin.name, plugin.why)
    hint(plugin.hint)
  end
  return out
end

return survey

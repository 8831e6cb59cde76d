-- build: the objects that come out of a folder. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'
local term = require 'term'

local RESTRICTORS = { LoadRestrictionsRootOnly = 'root', LoadRestrictionsNone = 'none' }
local ORDERS = { legacy = 'legacy', none = 'none' }

local function choice(opts, name, known, default)
  local word = opts[name]
  if not word then return default end
  if known[word] then return known[word] end
  local words = require('ifx.list').keys(known)
  err.raise { kind = 'argument', usage = true, message = ("--%s cannot be '%s'"):format(name, word),
    hint = 'it is ' .. table.concat(words, ' or ') }
end

local function folder_of(where, dir)
  local place = fs.join(dir or fs.cwd(), where or '.')
  local real = fs.realpath(place)
  if not real then
    err.raise { kind = 'not_found', op = 'build ' .. (where or '.'), message = ("'%s' doesn't exist"):format(where or '.') }
  elseif fs.stat(real).type ~= 'dir' then
    err.raise { kind = 'argument', op = 'build ' .. where, file = where, message = 'must build at directory: this is a file',
      hint = 'name the folder that it lies in' }
  end
  return real
end

local function show_warnings(warnings)
  local seen = {}
  for _, text in ipairs(warnings) do
    if not seen[text] then term.error('warning: ' .. term.clean(text) .. '\n') end
    seen[text] = true
  end
end

return {
  summary = 'Print the objects that come out of a folder, as its tool would',
  usage = 'build [PATH] [-o FILE] [--load-restrictor WHICH] [--reorder ORDER] [--enable-helm] [-C DIR]',
  doc = [[
PATH is a folder with a kustomization; default: the current one. Nothing is read from the network.]],
  options = {
    { 'o', value = 'FILE', doc = 'write there instead of standard output' },
    { 'load-restrictor', value = 'WHICH', doc = 'LoadRestrictionsRootOnly (default) or LoadRestrictionsNone' },
    { 'reorder', value = 'ORDER', doc = 'legacy (default) or none: in the order in which they are listed' },
    { 'enable-helm', doc = 'charts may be rendered with the program helm' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 0, 1 },
  run = function(opts, args)
    local options = {
      load_restrictor = choice(opts, 'load-restrictor', RESTRICTORS, 'root'),
      reorder = choice(opts, 'reorder', ORDERS, 'legacy'), enable_helm = opts['enable-helm'] == true,
    }
    local dir = folder_of(args[1], opts.C)
    local registry = require('ifx.plugin').registry { dir = dir }
    local result = require('ifx.render').folder(registry, require('ifx.render.disk').open(), dir:sub(2), options)
    show_warnings(result.warnings)
    local text = require('node').print(result.objects)
    if opts.o then
      fs.write(opts.o, text)
    else
      term.write(text)
    end
    return 0
  end,
}

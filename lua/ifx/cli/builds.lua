-- builds.lua: `ifx build --all`. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local json = require 'json'
local list = require 'ifx.list'
local report = require 'ifx.cli.report'
local term = require 'term'

local M = {}

-- A folder for the texts until they are printed; it goes away with what is in it.
local function scratch()
  return setmetatable({ dir = fs.tempdir() }, { __close = function(s) fs.remove_tree(s.dir) end })
end

local function print_texts(roots)
  local between = ''
  for _, root in ipairs(roots) do
    if not root.error then
      term.write(('%s# %s\n%s'):format(between, term.clean(root.folder), fs.read(root.file, { max = math.maxinteger })))
      between = '---\n'
    end
  end
end

-- One root as JSON: with its objects, or the file that they are in.
local function one_as_json(root, kept)
  local out = { folder = root.folder, warnings = require('ifx').list(root.warnings or {}) }
  if root.error then out.error = report.data(root.error) elseif kept then out.file = root.file end
  if root.left then out.left = root.file end
  local text = json.encode(out)
  if root.error or kept then return text end
  return ('%s,"objects":%s}'):format(text:sub(1, -2), fs.read(root.file, { max = math.maxinteger }))
end

local function print_json(roots, kept)
  term.write '{"format":"ifx.build-all/1","roots":['
  for i, root in ipairs(roots) do term.write((i > 1 and ',\n' or '\n') .. one_as_json(root, kept)) end
  term.write '\n]}\n'
end

local function show_warnings(roots)
  local all = {}
  for _, root in ipairs(roots) do list.append(all, root.warnings or {}) end
  report.warn(all)
end

-- How many roots could not be built, each with the reason.
local function show_errors(roots)
  local failed = 0
  for _, root in ipairs(roots) do
    if root.error then
      failed = failed + 1
      local hint = report.data(root.error).hint
      term.error(('error: %s: %s\n'):format(term.clean(root.folder), report.brief(root.error)))
      if hint then term.error(('  hint: %s\n'):format(term.clean(hint))) end
      if root.left then term.error(('  left as an earlier build wrote it: %s\n'):format(term.clean(root.file))) end
    end
  end
  if failed > 0 then term.error(('%d of %d roots cannot be built\n'):format(failed, #roots)) end
  return failed
end

---@param place ifx.render.Place
---@param options ifx.render.Options
---@param opts { o: string?, json: boolean? }
---@return integer status
function M.run(place, options, opts)
  local temporary <close> = not opts.o and scratch() or nil
  local as_objects = opts.json and not opts.o
  local roots = require 'ifx.render.all'.build(place, options, opts.o or temporary.dir, { json = as_objects or false })
  show_warnings(roots)
  if opts.json then
    print_json(roots, opts.o ~= nil)
  elseif not opts.o then
    print_texts(roots)
  end
  return show_errors(roots) > 0 and 1 or 0
end

return M

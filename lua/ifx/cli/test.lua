-- test: run busted specs inside the host. SPDX-License-Identifier: Apache-2.0
local specs = require 'ifx.specs'
local term = require 'term'

local M = {
  summary = 'Run busted specs inside the host',
  usage = 'test [DIR|FILE…] [--filter PATTERN] [--json]',
  doc = [[
Runs every *_spec.lua below the folders (default: the working directory) with busted, in a task: a spec may wait.
Specs run with your rights, as any test does; the code of a repository's plugins still needs `ifx trust`.
The exit status is 1 when a spec failed, and when there was none to run.]],
  options = {
    { 'filter', value = 'PATTERN', doc = 'only specs whose full name matches this Lua pattern' },
    { 'json', doc = 'one document of the format ifx.test/1' },
    { 'verbose', doc = 'each file with its time, and the traceback of each failure' },
  },
  args = { 0, 10000 },
}

local function indent(text)
  return '  ' .. text:gsub('%s+$', ''):gsub('\n', '\n  ') .. '\n'
end

local function show_notes(result, verbose)
  for _, note in ipairs(result.skipped) do
    term.write(('skipped: %s%s\n'):format(note.name, note.message and ' (' .. note.message .. ')' or ''))
  end
  for _, note in ipairs(result.failures) do
    term.write(('FAILED %s: %s\n'):format(note.file, note.name))
    if note.message then term.write(indent(note.message)) end
    if verbose and note.trace then term.write(indent(note.trace)) end
  end
end

---The closing line, the same for every test of this project.
---@param result ifx.specs.Result
---@return string
function M.closing(result)
  local skipped = #result.skipped > 0 and (', %d skipped'):format(#result.skipped) or ''
  return ('%d passed, %d failed%s\n'):format(result.passed, #result.failures, skipped)
end

local function as_json(result)
  local ifx = require 'ifx'
  return require 'json'.encode({
    format = 'ifx.test/1', passed = result.passed, failed = ifx.list(result.failures), skipped = ifx.list(result.skipped),
  }, { pretty = true }) .. '\n'
end

---Runs spec files and shows what came of it.
---@param files string[]
---@param opts { filter: string|nil, json: boolean|nil, verbose: boolean|nil }
---@return integer exit_status
function M.run_files(files, opts)
  local result = specs.run(files, {
    filter = opts.filter,
    on_file = opts.verbose and function(file, seconds) term.error(('%s (%.2f s)\n'):format(file, seconds)) end or nil,
  })
  local ran = result.passed + #result.failures + #result.skipped
  if opts.json then
    term.write(as_json(result))
  else
    show_notes(result, opts.verbose)
    if ran == 0 then term.write('there was no spec to run\n') end
    term.write(M.closing(result))
  end
  return (#result.failures > 0 or ran == 0) and 1 or 0
end

function M.run(opts, args)
  return M.run_files(specs.find(#args > 0 and args or { '.' }), opts)
end

return M

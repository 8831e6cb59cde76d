-- paths.lua: adds what a compose file names, with why it may be missing. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'

local M = {}

--- Is this a path of the machine, which no repository holds?
---@param written string
---@return boolean
function M.is_of_machine(written)
  return written:find('^[/~\\]') ~= nil or written:find('^%a:[/\\]') ~= nil
end

--- Is this fetched from somewhere else: an address, or an image, a service or another kind of source by its scheme?
---@param written string
---@return boolean
function M.is_remote(written)
  return written:find('^[%a][%w+.-]*://') ~= nil or written:find('^service:') ~= nil or written:find('^target:') ~= nil
    or written:find('^[%w_.-]+@[%w.-]+:') ~= nil or written:find('^github%.com/') ~= nil
end

--- The first byte of a variable, with the reason that it gives; two dollar signs stand for one.
---@param written string
---@return integer|nil
---@return string|nil why
function M.variable(written)
  local at = written:gsub('%$%$', '\0\0'):find('%$[%a_{]')
  if at then
    return at, 'a variable'
  end
  local why = finder.variable(written)
  return why and (written:find('[{<(%[$]')), why
end

--- The text of a scalar that names something of this repository; what is not understood is listed. `c.on_variable` is
--- called with the name of a variable that is all of the text, and with `r`.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@param r table kind, base, from, to
---@return string|nil
function M.text(c, match, r)
  if type(match.value) ~= 'string' then
    return c:text(match)
  end
  local written = match.text:sub(r.from or 1, r.to or #match.text)
  if written == '' or M.is_of_machine(written) then
    return nil
  end
  local at, why = M.variable(written)
  if at then
    local name = written:match('^%${([%a_][%w_]*)}$') or written:match('^%${([%a_][%w_]*):?%-[^{}]*}$')
      or written:match('^%$([%a_][%w_]*)$')
    if name and c.on_variable then
      c.on_variable(name, r)
    end
    c:doubt(match, written, why)
    c:folder_before(match, (r.from or 1) + at - 1, { kind = r.kind, base = r.base, from = r.from, rewrite = r.rewrite })
    return nil
  end
  return written
end

-- A file from which people make the one that is named: app.env.example, example.env, .env.dist.
local EXAMPLES = { '%s.example', '%s.sample', '%s.template', '%s.tmpl', '%s.tpl', '%s.dist', '%s.default', '%s.j2' }

local function example(ctx, target)
  local dir, name = path.dirname(target), path.basename(target)
  for _, form in ipairs(EXAMPLES) do
    local found = path.join(dir, form:format(name))
    if ctx.exists(found) then
      return ('made from %s'):format(path.basename(found))
    end
  end
end

--- A path may count from a folder above: that of a project of several files, or a build context that nobody says.
---@param c ifx.repo.Collector
---@param base string
---@param written string
---@return string|nil why
function M.elsewhere(c, base, written)
  local dir = base
  while dir ~= '' do
    dir = path.dirname(dir)
    local target = c.ctx.resolve(dir, written)
    if target and target ~= '' and finder.locate(c.ctx, target) then
      return ('it is there from %s, if that is what it counts from'):format(dir == '' and 'the root' or dir)
    end
  end
end

--- Why what is named may be missing in a clone.
---@param c ifx.repo.Collector
---@param base string
---@param written string
---@return string|nil
function M.untracked(c, base, written)
  local target = c.ctx.resolve(base, written)
  if not target or finder.locate(c.ctx, target) then
    return nil
  end
  return c:ignored(base, written) or example(c.ctx, target)
end

--- Adds a path. One that leads out of the repository is of the machine, as an absolute one is.
---@param c ifx.repo.Collector
---@param match yaml.Match
---@param r table as for Collector:path
---@return table|nil reference
function M.add(c, match, r)
  local written = M.text(c, match, r)
  if not written then
    return nil
  end
  if not c.ctx.resolve(r.base, written) then
    return c:add(match, { kind = r.kind, from = r.from, to = r.to, target_kind = 'path', why = 'beside the repository' })
  end
  local in_project = r.base == path.dirname(c.file.path)
  r.optional = r.optional or M.untracked(c, r.base, written) or in_project and M.elsewhere(c, r.base, written) or nil
  return c:path(match, r)
end

return M

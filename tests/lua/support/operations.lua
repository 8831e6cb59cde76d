-- operations.lua: operation types for specs that write files and can be made to fail. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local fs = require 'fs'

local support = {}

-- file.write { path, text }: creates a file; `trouble` decides what goes wrong:
--   { [path] = 'before' }  raises before writing     { [path] = 'after' }  raises after writing
local function file_write(log, trouble)
  local function fail(path, moment)
    if trouble[path] == moment then
      err.raise { kind = 'io', op = 'write ' .. path, message = 'the disk is on fire (' .. moment .. ')' }
    end
  end
  return {
    describe = function(args) return 'write ' .. args.path end,
    fresh = function(args)
      if fs.stat(args.path) then
        return nil, args.path .. ' exists'
      end
      return true
    end,
    apply = function(args, ctx)
      log[#log + 1] = 'apply ' .. fs.basename(args.path)
      fail(args.path, 'before')
      fs.write(args.path, args.text, { sync = false })
      fail(args.path, 'after')
      return { path = args.path, run = ctx.run }
    end,
    check = function(args)
      log[#log + 1] = 'check ' .. fs.basename(args.path)
      if fs.stat(args.path) then
        return 'done', { path = args.path, found = true }
      end
      return 'absent'
    end,
    undo = function(args, result)
      log[#log + 1] = 'undo ' .. fs.basename(result.path)
      fail(args.path, 'undo')
      if fs.stat(args.path) then
        fs.remove(args.path)
      end
    end,
  }
end

--- A registry with the types file.write and file.final (which cannot be undone); what is called is noted in `log`.
---@return table registry
---@return string[] log
---@return table trouble
function support.registry()
  local log, trouble = {}, {}
  local write = file_write(log, trouble)
  local final = {
    describe = write.describe, fresh = write.fresh, apply = write.apply, check = write.check, irreversible = 'it was sent',
  }
  local types = { ['file.write'] = write, ['file.final'] = final }
  local registry = { version = '1.0.0+abc' }
  function registry:list() -- luacheck: ignore 212
    return { { name = 'file', state = 'ready', manifest = { contributes = { operations = { 'file.write', 'file.final' } } } } }
  end
  function registry:identity()
    return self.version
  end
  function registry:operation(name) -- luacheck: ignore 212
    return types[name] or err.raise { kind = 'not_found', op = 'find an operation', message = 'no plugin brings ' .. name }
  end
  return registry, log, trouble
end

return support

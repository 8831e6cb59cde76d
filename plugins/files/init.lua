-- init.lua: the operation files.create. SPDX-License-Identifier: Apache-2.0
-- args: path, inside the plan's directory; text

local create = {}

local function place(args, ctx)
  local inside = path.normalize(args.path)
  if not inside or args.path:sub(1, 1) == '/' then
    err.raise { kind = 'argument', op = 'create ' .. args.path, message = 'it leads out of the directory' }
  end
  return path.join(ctx.dir, inside)
end

function create.describe(args)
  return ('create %s (%d bytes)'):format(args.path, #args.text)
end

function create.fresh(args, ctx)
  if fs.lstat(place(args, ctx)) then return nil, ('%s exists'):format(args.path) end
  return true
end

function create.apply(args, ctx)
  fs.write(place(args, ctx), args.text)
  return { path = args.path }
end

-- Writing is atomic: a file that is there is there whole.
function create.check(args, ctx)
  local text = fs.try_read(place(args, ctx))
  if not text then return 'absent' end
  if text == args.text then return 'done', { path = args.path } end
  err.raise { kind = 'conflict', op = 'check ' .. args.path, message = 'another file of that name was written meanwhile' }
end

function create.undoable(args, _, ctx)
  local text = fs.try_read(place(args, ctx))
  if text and text ~= args.text then
    return nil, ('%s was changed since it was created'):format(args.path), 'move it away or delete it, then roll back again'
  end
  return true
end

function create.undo(args, result, ctx)
  local fine, why, hint = create.undoable(args, result, ctx)
  if not fine then
    err.raise { kind = 'conflict', op = 'undo files.create', message = why, hint = hint }
  elseif fs.lstat(place(args, ctx)) then
    fs.remove(place(args, ctx))
  end
end

return { operations = { ['files.create'] = create } }

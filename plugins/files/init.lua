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

function create.undo(args, _, ctx)
  local text = fs.try_read(place(args, ctx))
  if text == args.text then
    fs.remove(place(args, ctx))
  elseif text then
    err.raise { kind = 'conflict', op = 'remove ' .. args.path, message = 'it was changed since it was created',
      hint = 'keep it, or delete it yourself' }
  end
end

return { operations = { ['files.create'] = create } }

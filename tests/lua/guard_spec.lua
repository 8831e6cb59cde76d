-- guard_spec: budgets of running time, and that nothing inside gets around them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local host = require 'host'
local task = require 'task'

local LONG = 5 -- seconds after which what escaped gives up

-- Calls f(running) under a budget of 0.1 s; running() is true until long after that. Returns what was raised, or nil.
local function limited(f)
  local from = host.clock()
  local ok, e = pcall(host.guard, 0.1, 'guarded', f, function() return host.clock() - from < LONG end)
  assert.is_true(host.clock() - from < LONG, 'it ran on')
  if not ok then return e end
end

local function used_up(f)
  local e = limited(f)
  assert.is_true(err.is(e))
  assert.equal('budget', e.kind, tostring(e))
end

local function collect()
  for _ = 1, 10 do
    local garbage = {}
    for i = 1, 20000 do garbage[i] = { i } end
    assert(#garbage == 20000)
    task.yield()
  end
end

describe('a budget', function()
  it('passes results, and ends with the call', function()
    assert.same({ 1, nil, 3 }, { host.guard(1, 'guarded', function(...) return ... end, 1, nil, 3) })
    local until_then = host.clock() + 0.1
    host.guard(0.05, 'guarded', function() end)
    while host.clock() < until_then do end
  end)

  it('holds inside a longer one, and after one that ended unused', function()
    local function loop(running) while running() do end end
    host.guard(100, 'longer', function() used_up(loop) end)
    used_up(loop)
    host.guard(0.05, 'unused', function() task.sleep(0.15) end)
    used_up(loop)
  end)

  it('is not restored by coroutines that take the error', function()
    used_up(function(running)
      while running() do
        coroutine.resume(coroutine.create(function() while running() do end end))
      end
    end)
    used_up(function(running)
      while running() do
        pcall(coroutine.wrap(function() while running() do end end))
      end
    end)
  end)

  it('holds in what closes a coroutine', function()
    used_up(function(running)
      local co = coroutine.create(function()
        local _x <close> = setmetatable({}, { __close = function() while running() do end end })
        coroutine.yield()
      end)
      coroutine.resume(co)
      coroutine.close(co)
      while running() do end
    end)
  end)

  it('is shared by the tasks that are started in it', function()
    used_up(function(running)
      task.scope(function(s)
        s:go(function() while running() do end end)
      end)
    end)
    used_up(function(running)
      local function chain()
        task.scope(function(s)
          s:go(function()
            local part = host.clock() + 0.05
            while host.clock() < part do end
            if running() then chain() end
          end)
        end)
      end
      chain()
    end)
  end)

  it('does not count what other tasks run meanwhile', function()
    task.scope(function(s)
      s:go(function()
        local till = host.clock() + 0.2
        while host.clock() < till do
          local part = host.clock() + 0.01
          while host.clock() < part do end
          task.yield()
        end
      end)
      assert.equal('done', host.guard(0.1, 'guarded', function() task.sleep(0.15) return 'done' end))
    end)
  end)

  it('leaves no task behind, and no scope', function()
    collect()
    local before, ended = host.open(), false
    used_up(function(running)
      task.scope(function(s)
        s:go(function()
          local _x <close> = setmetatable({}, { __close = function() ended = true end })
          task.sleep(LONG)
        end)
        task.yield()
        while running() do end
      end)
    end)
    assert.is_true(ended)
    assert.is_false(task.cancelled())
    collect()
    assert.same(before, host.open())
  end)
end)

describe('a scope that nobody joins', function()
  it('is forgotten with its object', function()
    collect()
    local before = host.open()
    task.scope(function(s)
      s:go(function()
        host.group()
        host.shield(30)
      end)
    end)
    pcall(task.deadline, 1e10, function() end)
    host.group()
    collect()
    assert.is_false(task.cancelled())
    assert.same(before, host.open())
  end)
end)

describe('coroutine.wrap', function()
  it('closes the coroutine that failed, and raises its error', function()
    local closed = false
    local ok, e = pcall(coroutine.wrap(function()
      local _x <close> = setmetatable({}, { __close = function() closed = true end })
      error('first', 0)
    end))
    assert.same({ false, 'first', true }, { ok, e, closed })
  end)
end)

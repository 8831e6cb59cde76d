-- task_spec: scopes, cancellation, deadlines, retries, and that nothing outlives its scope. SPDX-License-Identifier: Apache-2.0
local raises = dofile 'tests/lua/support/raises.lua'
local task = require 'task'
local err = require 'err'
local host = require 'host'

local function fails(kind, f, ...) return raises(kind, '', f, ...) end

local function boom(message)
  err.raise { kind = 'io', message = message }
end

local function closer(log, name)
  return setmetatable({}, { __close = function() log[#log + 1] = name end })
end

describe('scope', function()
  it('returns the results of its body when all tasks are done', function()
    local done = {}
    local a, b = task.scope(function(s)
      s:go(function(x) task.sleep(0.01) done[#done + 1] = x end, 'slow')
      s:go(function() done[#done + 1] = 'fast' end)
      return 1, nil
    end)
    assert.same({ 'fast', 'slow' }, done)
    assert.equal(1, a)
    assert.is_nil(b)
  end)

  it('cancels the others at the first error, closes what they hold, and raises that error', function()
    local log = {}
    local e = fails('io', task.scope, function(s)
      s:go(function()
        local _x <close> = closer(log, 'closed')
        task.sleep(30)
      end)
      s:go(function() task.sleep(0.005) boom 'first' end)
    end)
    assert.equal('first', e.message)
    assert.same({ 'closed' }, log)
  end)

  it('cancels its own body when a task fails', function()
    local started = host.clock()
    local e = fails('io', task.scope, function(s)
      s:go(function() boom 'child' end)
      task.sleep(30)
    end)
    assert.equal('child', e.message)
    assert.is_true(host.clock() - started < 5)
  end)

  it('waits for its tasks when its body fails', function()
    local log = {}
    fails('io', task.scope, function(s)
      s:go(function()
        local _x <close> = closer(log, 'closed')
        task.sleep(30)
      end)
      task.sleep(0.001)
      boom 'body'
    end)
    assert.same({ 'closed' }, log)
  end)

  it('refuses new tasks after its end', function()
    local kept
    task.scope(function(s) kept = s end)
    fails('argument', function() kept:go(function() end) end)
  end)

  it('gives a defect in a task the form of an error, with a traceback', function()
    local e = fails('internal', task.scope, function(s)
      s:go(function() local t = nil; return t.x end)
    end)
    assert.truthy(e.message:find('index a nil value', 1, true))
    assert.truthy(e.traceback)
  end)

  it('closes variables inside the task, where they may wait', function()
    local log = {}
    task.scope(function(s)
      s:go(function()
        local _x <close> = setmetatable({}, { __close = function() task.sleep(0.001) log[1] = 'waited' end })
      end)
    end)
    assert.same({ 'waited' }, log)
  end)
end)

describe('cancellation', function()
  it('is not swallowed by pcall: every further wait raises again', function()
    local swallowed = 0
    fails('timeout', task.deadline, 0.01, function()
      for _ = 1, 3 do
        if not pcall(task.sleep, 30) then swallowed = swallowed + 1 end
      end
      task.sleep(30)
    end)
    assert.equal(3, swallowed)
  end)

  it('goes down through nested scopes', function()
    local log = {}
    fails('timeout', task.deadline, 0.01, function()
      task.scope(function(s)
        s:go(function()
          task.scope(function(inner)
            inner:go(function()
              local _x <close> = closer(log, 'deep')
              task.sleep(30)
            end)
          end)
        end)
      end)
    end)
    assert.same({ 'deep' }, log)
  end)

  it('lets a shielded part finish', function()
    local log = {}
    fails('timeout', task.deadline, 0.01, function()
      local ok = pcall(task.sleep, 30)
      assert(not ok)
      task.shield(5, function() task.sleep(0.01) log[#log + 1] = 'cleaned' end)
      log[#log + 1] = tostring(task.cancelled())
    end)
    assert.same({ 'cleaned', 'true' }, log)
  end)

  it('ends a shield that takes too long', function()
    local started = host.clock()
    fails('timeout', task.deadline, 0.01, function()
      pcall(task.sleep, 30)
      task.shield(0.02, function() task.sleep(30) end)
    end)
    assert.is_true(host.clock() - started < 5)
  end)
end)

describe('deadline', function()
  it('passes results through', function()
    assert.same({ 1, 2 }, { task.deadline(5, function(a) task.sleep(0.001) return a, 2 end, 1) })
  end)

  it('passes errors through', function()
    assert.equal('mine', fails('io', task.deadline, 5, function() boom 'mine' end).message)
  end)

  it('refuses what is not a time', function()
    fails('argument', task.deadline, -1, function() end)
    fails('argument', task.deadline, 'soon', function() end)
  end)
end)

describe('map', function()
  it('keeps the order and the limit', function()
    local running, most = 0, 0
    local results = task.map({ 5, 4, 3, 2, 1 }, function(x, i)
      running = running + 1
      most = math.max(most, running)
      task.sleep(x / 1000)
      running = running - 1
      return x * 10 + i
    end, { limit = 2 })
    assert.same({ 51, 42, 33, 24, 15 }, results)
    assert.equal(2, most)
  end)

  it('stops at the first error', function()
    local seen = 0
    fails('io', task.map, { 1, 2, 3, 4 }, function(x)
      seen = seen + 1
      if x == 2 then boom 'two' end
      task.sleep(30)
    end, { limit = 2 })
    assert.equal(2, seen)
  end)

  it('takes an empty list and refuses a silly limit', function()
    assert.same({}, task.map({}, boom))
    fails('argument', task.map, { 1 }, boom, { limit = 0 })
  end)
end)

describe('retry', function()
  it('tries again what may be tried again', function()
    local times = task.retry({ times = 3, delay = 0.001 }, function(attempt)
      if attempt < 3 then err.raise { kind = 'io', message = 'busy', retry = true } end
      return attempt
    end)
    assert.equal(3, times)
  end)

  it('gives up after the last time, and at once where trying again cannot help', function()
    local n = 0
    fails('io', task.retry, { times = 2, delay = 0.001 }, function()
      n = n + 1
      err.raise { kind = 'io', message = 'busy', retry = true }
    end)
    assert.equal(2, n)
    fails('io', task.retry, { times = 9 }, function() n = n + 1 boom 'no' end)
    assert.equal(3, n)
  end)
end)

describe('a wait in the wrong place', function()
  it('inside a coroutine is refused by name', function()
    local co = coroutine.wrap(function() task.sleep(0) end)
    local e = fails('argument', co)
    assert.truthy(e.message:find('coroutine', 1, true))
  end)

  it('inside a C function is refused by name', function()
    local e = fails('argument', string.gsub, 'x', 'x', function() task.sleep(0) end)
    assert.truthy(e.message:find('gsub', 1, true))
    fails('argument', table.sort, { 2, 1 }, function() task.sleep(0) end)
  end)

  it('and iteration by coroutines still works', function()
    local sum = 0
    for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do
      task.sleep(0)
      sum = sum + i
    end
    assert.equal(6, sum)
  end)
end)

describe('thousands of random trees', function()
  local opened, closed

  local function resource()
    opened = opened + 1
    return setmetatable({}, { __close = function() closed = closed + 1 end })
  end

  local function grow(depth)
    local _r <close> = resource()
    local dice = math.random(8)
    if dice == 1 then
      task.sleep(math.random() / 2000)
    elseif dice == 2 then
      boom 'random'
    elseif dice == 3 then
      pcall(task.deadline, math.random() / 2000, grow, depth + 1)
    elseif dice == 4 then
      task.shield(1, function() pcall(grow, depth + 1) end)
    elseif depth < 5 then
      task.scope(function(s)
        for _ = 1, math.random(0, 4) do s:go(grow, depth + 1) end
        if math.random(4) == 1 then boom 'body' end
        task.sleep(0)
      end)
    end
  end

  it('end with nothing open', function()
    opened, closed = 0, 0
    math.randomseed(20240817)
    local before = host.open()
    task.map(setmetatable({}, { __len = function() return 3000 end, __index = function(_, i) return i end }),
      function() pcall(grow, 0) end, { limit = 100 })
    assert.is_true(opened > 10000)
    assert.equal(opened, closed)
    task.sleep(0.002)
    assert.same(before, host.open())
  end)
end)

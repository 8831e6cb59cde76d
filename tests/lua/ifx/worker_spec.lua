-- worker_spec: threads with a Lua state each: order, copies, errors, cancelling. SPDX-License-Identifier: Apache-2.0
local raises = dofile 'tests/lua/support/raises.lua'
local err = require 'err'
local host = require 'host'
local ifx = require 'ifx'
local task = require 'task'
local worker = require 'ifx.worker'

local count = worker.count

local function fails(kind, f, ...) return raises(kind, '', f, ...) end

-- Run the text of a function(argument) that returns the function for the items.
local function map(text, items, argument)
  return worker.map('ifx.specs.chunk', { text = 'return function(argument) ' .. text .. ' end', argument = argument }, items)
end

describe('worker.pieces', function()
  it('cuts a list into shares, none of them empty', function()
    worker.count = function(items) return math.max(1, math.min(2, items)) end
    assert.same({}, worker.pieces(0))
    assert.same({ { 1, 1 } }, worker.pieces(1))
    assert.same({ { 1, 7 }, { 8, 14 } }, { worker.pieces(100)[1], worker.pieces(100)[2] })
    assert.equal(15, #worker.pieces(100))
    assert.same({ 99, 100 }, worker.pieces(100)[15])
    worker.count = count
  end)
end)

describe('host.shelve', function()
  it('keeps the first bytes of a name for all threads, until nobody needs them', function()
    host.clear_shelf()
    assert.is_true(host.shelve('spec', 'one', 1 << 20))
    assert.is_true(host.shelve('spec', 'two', 1 << 20))
    assert.is_false(host.shelve('spec more', ('x'):rep(100), 100))
    assert.is_true(host.is_shelved 'spec')
    assert.is_nil(host.shelved 'spec more')
    local found = map([[
      local host = require 'host'
      return function(item)
        host.clear_shelf()
        return { host.shelved 'spec', host.shelve(item, item, 1 << 20) }
      end]], { 'spec a', 'spec b' })
    assert.same({ { 'one', true }, { 'one', true } }, found)
    assert.equal('spec a', host.shelved 'spec a')
    host.clear_shelf()
    assert.is_false(host.is_shelved 'spec')
    assert.is_nil(host.shelved 'spec')
  end)
end)

describe('host.pack', function()
  it('copies plain values, marks and errors', function()
    local long = ('x'):rep(100)
    local value = {
      1, -1, math.mininteger, math.maxinteger, 0.1, -0.0, 1 / 0, true, false, 'a', 'a', '', long, long, 'nul\0', ifx.null,
      { key = { key = 'key' }, [7] = 'sparse', [1.5] = 'real', [true] = 'yes' }, ifx.list {}, ifx.list { 1, { 2 } }, {},
    }
    local copy = host.unpack(host.pack(value))
    assert.same(value, copy)
    assert.is_true(rawequal(copy[16], ifx.null))
    assert.is_true(host.is_list(copy[18]))
    assert.is_false(host.is_list(copy[20]))
    assert.equal('integer', math.type(copy[1]))
    local e = host.unpack(host.pack(err.new { kind = 'io', message = 'm', cause = err.new { kind = 'limit' } }))
    assert.is_true(err.is(e, 'io') and err.is(e.cause, 'limit'))
    assert.is_nil(host.unpack(host.pack(nil)))
  end)

  it('refuses what belongs to one state, and what has no end', function()
    local loop, deep = {}, {}
    loop[1] = loop
    for _ = 1, 300 do deep = { deep } end
    for _, value in ipairs { print or map, { map }, { [map] = 1 }, setmetatable({}, {}), loop, deep, coroutine.create(map) } do
      fails('argument', host.pack, value)
    end
  end)

  it('reads any bytes without harm', function()
    local bytes = host.pack { 'a', b = { 1, 2.5, ('y'):rep(60) }, [3] = ifx.list { 'a', 'b' } }
    for cut = 0, #bytes - 1 do fails('parse', host.unpack, bytes:sub(1, cut)) end
    fails('parse', host.unpack, bytes .. 'x')
    local seed = 1
    for _ = 1, 3000 do
      seed = (seed * 1103515245 + 12345) % 2147483648
      local at = seed % #bytes + 1
      local ok, e = pcall(host.unpack, bytes:sub(1, at - 1) .. string.char(seed // 65536 % 256) .. bytes:sub(at + 1))
      assert.is_true(ok or err.is(e, 'parse'))
    end
  end)
end)

describe('worker.map', function()
  before_each(function() worker.count = function(items) return math.min(3, items) end end)
  after_each(function() worker.count = count end)

  it('gives the results in the order of the items, whoever made them', function()
    local items, expected = {}, {}
    for i = 1, 200 do items[i], expected[i] = { i }, i * 2 end
    assert.same(expected, map([[return function(item) return item[1] * argument end]], items, 2))
    assert.same({}, map('', {}))
  end)

  it('runs at the same time', function()
    local started = host.clock()
    map([[local task = require 'task' return function() task.sleep(0.2) end]], { 1, 2, 3 })
    assert.is_true(host.clock() - started < 0.55)
  end)

  it('gives each worker a state of its own, with the whole library', function()
    local text = [[
      local proc, seen = require 'proc', 0
      return function(item)
        seen = seen + 1
        return { proc.run({ 'echo', item }).stdout, seen, rawget(_G, 'left') }
      end]]
    rawset(_G, 'left', 'here')
    local results = map(text, { 'a', 'b', 'c', 'd' })
    rawset(_G, 'left', nil)
    local seen = 0
    for i, letter in ipairs { 'a', 'b', 'c', 'd' } do
      assert.equal(letter .. '\n', results[i][1])
      assert.is_nil(results[i][3])
      if results[i][2] == 1 then seen = seen + 1 end
    end
    assert.is_true(seen >= 1 and seen <= 3)
  end)

  it('raises what the first failing item raised, also when a later one failed sooner', function()
    local text = [[
      local err, task = require 'err', require 'task'
      return function(item)
        if item == 1 then task.sleep(0.1) err.raise { kind = 'io', message = 'first', line = 7 } end
        if item == 3 then error 'third' end
      end]]
    local e = fails('io', map, text, { 1, 2, 3, 4 })
    assert.equal('first', e.message)
    assert.equal(7, e.line)
    e = fails('internal', map, text, { 2, 3 })
    assert.matches('third', e.message)
  end)

  it('raises what starting a worker raises', function()
    assert.matches('no setup', fails('internal', map, [[error 'no setup']], { 1 }).message)
    assert.matches('ifx.nowhere', fails('not_found', worker.map, 'ifx.nowhere', {}, { 1 }).message)
    fails('argument', map, [[return function() return function() end end]], { 1 })
    fails('argument', worker.map, 'ifx.specs.chunk', map, { 1 })
  end)

  it('ends with its task, what the workers do being interrupted', function()
    local endless = { 'while true do end', 'while true do pcall(function() while true do end end) end',
      [[require 'task'.sleep(60)]], [[require 'proc'.run { 'sleep', '60' }]] }
    for _, text in ipairs(endless) do
      local started = host.clock()
      fails('timeout', task.deadline, 0.1, function() map('return function() ' .. text .. ' end', { 1, 2, 3, 4, 5, 6 }) end)
      assert.is_true(host.clock() - started < 5)
    end
  end)

  it('shares the limit of memory', function()
    worker.count = count
    local before = host.memory_limit(host.memory() + (300 << 20))
    assert.is_true(worker.count(100) <= 2)
    local limits = map([[local host = require 'host' return function() return host.memory_limit() end]], { 1, 2 })
    host.memory_limit(before)
    for _, limit in ipairs(limits) do assert.is_true(limit <= (301 << 20) // worker.count(2)) end
  end)

  it('keeps budgets in each worker', function()
    local text = [[
      local host = require 'host'
      return function() return select(2, pcall(host.guard, 0.05, 'the loop', function() while true do end end)).kind end]]
    assert.same({ 'budget', 'budget', 'budget' }, map(text, { 1, 2, 3 }))
  end)

  it('says how far it has come', function()
    local told = 0
    local text = [[
      local host = require 'host'
      return function(seconds)
        host.sleep(seconds)
        return seconds
      end]]
    local results = worker.map('ifx.specs.chunk', { text = 'return function() ' .. text .. ' end' }, { 0, 0.3, 0 },
      function(n)
        assert.is_true(n > 0)
        told = told + n
      end)
    assert.same({ { 0, 0.3, 0 }, 3 }, { results, told })
    assert.is_nil(host.worked())
  end)

  it('ends with the error of a report', function()
    fails('config', worker.map, 'ifx.specs.chunk', { text = 'return function() return function() return 1 end end' }, { 1 },
      function() err.raise { kind = 'config', message = 'no' } end)
  end)

  it('closes what the module gives to be closed', function()
    local fs = require 'fs'
    local dir = fs.tempdir 'ifx-worker-'
    map([[
      local fs = require 'fs'
      return function() return 1 end, setmetatable({}, { __close = function() fs.write(argument, 'closed') end })]],
      { 1 }, dir .. '/mark')
    assert.equal('closed', fs.read(dir .. '/mark'))
    fs.remove_tree(dir)
  end)
end)

-- plan_spec.lua: plans as data. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local ifx = require 'ifx'
local operations = require 'ifx.operations'
local plan = require 'ifx.plan'
local show = require 'ifx.show'
local support = dofile 'tests/lua/support/operations.lua'

local known = operations.open((support.registry()))

local function write(path, text)
  return { type = 'file.write', args = { path = path, text = text or '' } }
end

local function make(fields)
  local all = {
    recipe = { name = 'r', path = '/r.lua', sha256 = 'x', summary = 'Do it' }, dir = '/target', created = '2026-11-21T11:00:00Z',
    operations = { write '/target/a' },
  }
  for key, value in pairs(fields or {}) do
    all[key] = value
  end
  return plan.new(all, known)
end

local function assert_raises(kind, text, f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok, 'nothing was raised')
  assert.is_true(err.is(e, kind), tostring(e))
  assert.is_truthy(tostring(e):find(text, 1, true), tostring(e))
end

describe('plan', function()
  it('numbers and describes operations, and names plugins and version', function()
    local p = make { operations = { write '/a', { type = 'file.final', args = { path = '/b' } } } }
    assert.are.equal('write /a', p.operations[1].summary)
    assert.is_nil(p.operations[1].irreversible)
    assert.are.equal('it was sent', p.operations[2].irreversible)
    assert.are.same({ file = '1.0.0+abc' }, p.plugins)
    assert.are.equal(ifx.version, p.version)
    assert.are.equal('ifx.plan/1', p.format)
  end)

  it('is the same bytes each time, and comes back from them', function()
    local fields = {
      params = { apps = { 'x', 'y' }, text = true, n = 3 }, from = { { what = 'HEAD', id = 'abc' } },
      report = { { title = 'T', kind = 'list', items = {} } }, hazards = { { id = 'prune', severity = 'high', reason = 'r' } },
      blocked = { { id = 'prune', why = 'w', accept = 'prune' } }, accepted = { 'other' },
    }
    local text = plan.encode(make(fields))
    assert.are.equal(text, plan.encode(make(fields)))
    assert.are.equal(text, plan.encode(plan.decode(text)))
    assert.are.same(make(fields), plan.decode(text))
    assert.is_truthy(text:find('^{\n'))
    assert.is_truthy(text:find('"items": %[%]'))
  end)

  it('keeps the result of an earlier operation as its place, and resolves it', function()
    local first = write '/a'
    local p = make { operations = { first, write('/b', { ['$result'] = first, field = 'path' }) } }
    assert.are.same({ ['$result'] = 1, field = 'path' }, p.operations[2].args.text)
    assert.are.same({ path = '/b', text = '/a' }, plan.resolve(p.operations[2].args, { { path = '/a' } }))
    assert_raises('plugin', "its result has no 'path'", plan.resolve, p.operations[2].args, { {} })
  end)

  it('refuses results of later operations, and of itself', function()
    local first, second = write '/a', write '/b'
    first.args.text = { ['$result'] = second, field = 'path' }
    assert_raises('plugin', 'comes earlier', make, { operations = { first, second } })
    first.args.text = { ['$result'] = first, field = 'path' }
    assert_raises('plugin', 'comes earlier', make, { operations = { first } })
  end)

  it('refuses what is not data', function()
    assert_raises('plugin', 'a function is not data', make, { operations = { write('/a', print) } })
    assert_raises('plugin', 'operation 1 (file.write).text: the key true is not a string', make,
      { operations = { write('/a', { x = 1, [true] = 2 }) } })
    assert_raises('plugin', [[the key 'x\0' holds a NUL]], make, { operations = { write('/a', { ['x\0'] = 1 }) } })
    assert_raises('plugin', 'operation 2 (file.write).text.x[2].y: a number that is not finite', make,
      { operations = { write '/a', write('/b', { x = { { y = 1.5 }, { y = 0 / 0 } } }) } })
    assert_raises('plugin', 'not finite', make, { params = { n = math.huge } })
    local endless = {}
    endless.x = endless
    assert_raises('plugin', 'contains itself', make, { operations = { write('/a', endless) } })
    assert_raises('plugin', 'an operation is', make, { operations = { 'write' } })
    assert_raises('not_found', 'no plugin brings x.y', make, { operations = { { type = 'x.y', args = {} } } })
    assert_raises('unsupported', "not UTF-8 at byte 3: '/a\\xFF'", make, { operations = { write '/a\255' } })
  end)

  it('refuses text that is no plan, with the file', function()
    assert_raises('parse', 'p.json', plan.decode, '{', 'p.json')
    assert_raises('parse', 'this is no plan', plan.decode, '{}', 'p.json')
    assert_raises('parse', 'this is no plan', plan.decode, '[]', 'p.json')
    assert_raises('parse', 'this is no plan', plan.decode, '{"format":"other/1"}', 'p.json')
    assert_raises('unsupported', "format 'ifx.plan/2'", plan.decode, '{"format":"ifx.plan/2"}', 'p.json')
    assert_raises('parse', "'version' is missing", plan.decode, '{"format":"ifx.plan/1"}', 'p.json')
    local p = make()
    p.operations[1].id = 7
    assert_raises('parse', 'operation 1 is not', plan.decode, plan.encode(p))
    p = make { operations = { write '/a', write '/b' } }
    p.operations[2].args.text = { ['$result'] = 2, field = 'path' }
    assert_raises('parse', 'operation 2 uses a result', plan.decode, plan.encode(p))
    p.dir = nil
    assert_raises('parse', "'dir' is missing", plan.decode, plan.encode(p))
  end)

  it('knows what blocks it', function()
    local blocked = { { id = 'a', why = 'first', accept = 'a' }, { id = 'b', why = 'second', accept = 'b' } }
    assert.are.equal('second', plan.blockers(make { blocked = blocked, accepted = { 'a' } })[1].why)
    assert.are.same({}, plan.blockers(make { blocked = blocked, accepted = { 'a', 'b' } }))
  end)
end)

describe('a plan for people', function()
  it('shows blocks and hazards first, then the report, then operations with the point of no return', function()
    local text = show.plan(make {
      operations = { write '/a', { type = 'file.final', args = { path = '/b' } }, write '/c' },
      blocked = { { id = 'prune', why = 'apps would be pruned', accept = 'prune' } },
      hazards = {
        { id = 'prune', severity = 'high', object = 'Deployment a/b', reason = 'is pruned', remedy = 'prune: false' },
      },
      from = { { what = 'HEAD', id = 'abcdef' } },
      report = {
        { title = 'Words', kind = 'text', text = 'one\ntwo' }, { title = 'Points', kind = 'list', items = { 'p', 'q' } },
        { title = 'Rows', kind = 'table', header = { 'a', 'b' }, rows = { { '1', '2' } } },
        { title = 'Files', kind = 'tree', items = { 'x/y.yaml' } },
        { title = 'Change', kind = 'diff', files = { { file = 'f', old = 'a\n', new = 'b\n' } } },
        { title = 'Later', kind = 'hologram' },
      },
    })
    local order = {
      'Do it', 'from HEAD abcdef', 'Blocked: apps would be pruned', '--set accept=prune', 'Hazards',
      'high  Deployment a/b: is pruned', 'prune: false',
      'Words', '  one\n  two', '- p', 'Rows', 'Files', 'y.yaml', 'Change', '-a', '+b', 'hologram',
      'Operations',
      'write /a', 'point of no return', 'write /b', 'no way back: it was sent', 'write /c',
    }
    local from = 1
    for _, part in ipairs(order) do
      local at = text:find(part, from, true)
      assert.is_truthy(at, ("'%s' does not follow in\n%s"):format(part, text))
      from = at
    end
  end)

  it('says once how to accept what blocks for one reason, and counts what is like it', function()
    local blocked = { { id = 'x', why = 'another thing', accept = 'owners' } }
    for i = 1, 20 do blocked[#blocked + 1] = { id = 'prune', why = ('app-%02d would be pruned'):format(i), accept = 'prune' } end
    local text = show.plan(make { blocked = blocked })
    assert.is_truthy(text:find('app-03', 1, true))
    assert.is_nil(text:find('app-04', 1, true))
    assert.is_truthy(text:find('and 17 more like these', 1, true))
    assert.equal(1, select(2, text:gsub('accept=prune', '')))
    assert.equal(1, select(2, text:gsub('accept=owners', '')))
  end)

  it('never sends the control characters of others to a terminal', function()
    local text = show.plan(make {
      report = {
        { title = 'T\27[2J', kind = 'list', items = { 'a\27]0;x\7' } }, { title = 'D', kind = 'diff', text = '+\27[31m' },
      },
    })
    assert.is_nil(text:find('[\27\7]'))
  end)
end)

-- contract_spec.lua: the contract kit finds what it is there to find. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local err = require 'err'
local fs = require 'fs'

local function refused(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(err.is(e, 'plugin'), tostring(e))
  return e.message
end

describe('contract.references', function()
  -- A finder of one word per line, with what is wrong with it.
  local function finder(change)
    local function find(file)
      local list = {}
      for line, first in require 'ifx.text'.lines(file.text()) do
        local at, name = line:match('^see ()(%w+)')
        if name then
          list[#list + 1] = { kind = 'x.see', exact = true, text = name, start = first + at - 1, stop = first + at + #name - 2,
            base = '', target = name, target_kind = 'file', resolved = true, editable = true }
        end
      end
      return change and change(list, file) or list
    end
    return { name = 'x', value = { references = { { kinds = { ['x.see'] = 'x' }, files = { '**/*.txt' }, find = find } } } }
  end

  local FILES = { ['a.txt'] = 'see one\nsee two\n' }
  local EXPECT = { { text = 'one', line = 1, column = 5 }, { text = 'two', line = 2 } }

  local function examine(change, expect)
    return contract.references(finder(change), { files = FILES, expect = expect or EXPECT })
  end

  it('passes a finder that keeps the laws', function()
    assert.equal(2, #examine().references)
  end)

  it('sees what was expected and is not there', function()
    assert.truthy(refused(examine, nil, { EXPECT[1] }):find('1 references were expected and 2 found', 1, true))
    assert.equal('reference 2: text is two, expected three', refused(examine, nil, { {}, { text = 'three' } }))
  end)

  it('sees broken laws', function()
    local function each(f)
      return function(list)
        for i, ref in ipairs(list) do f(ref, i) end
        return list
      end
    end
    local calls = 0
    for message, change in pairs {
      ["the span holds 'on', the reference says 'one'"] = each(function(ref) ref.stop = ref.stop - 1 end),
      ['the span of two ends after the file'] = each(function(ref) if ref.text == 'two' then ref.stop = 99 end end),
      ['the kind x.other is none of the kinds of x'] = each(function(ref) ref.kind = 'x.other' end),
      ['one stands at 1:5, not at 7:5'] = each(function(ref) ref.line, ref.column = 7, 5 end),
      ['one does not resolve, but why?'] = each(function(ref) ref.resolved = false end),
      ['two references of the kind x.see overlap'] = function(list) table.insert(list, 2, list[1]) return list end,
      ['a second look at the same files finds something else'] = function(list)
        calls = calls + 1
        for _, ref in ipairs(list) do ref.target = 't' .. calls end
        return list
      end,
      ['a.txt with empty: plugin x failed here'] = function(list, file)
        if file.text() == '' then error('boom') end
        return list
      end,
    } do
      assert.truthy(refused(examine, change):find(message, 1, true), message)
    end
  end)

  it('needs a finder', function()
    local none = { name = 'x', value = {} }
    assert.equal('x contributes no references', refused(contract.references, none, { files = {}, expect = {} }))
  end)
end)

describe('contract.transform', function()
  local function plugin(f) return { name = 'x', value = { transform = { it = f } } } end
  local function arguments() return { n = 1 }, { print = print } end

  it('returns what the transform does', function()
    assert.same({ m = 2 }, contract.transform(plugin(function(a) return { m = a.n + 1 } end), 'it', arguments))
  end)

  it('sees broken laws', function()
    local calls = 0
    for message, f in pairs {
      ['it changed its argument 1'] = function(a) a.n = 2 end,
      ['it returns something that is not data'] = function() return { print } end,
      ['it gives another result for the same arguments'] = function()
        calls = calls + 1
        return calls
      end,
    } do
      assert.truthy(refused(contract.transform, plugin(f), 'it', arguments):find(message, 1, true), message)
    end
    assert.equal('x has no transform other', refused(contract.transform, plugin(print), 'other', arguments))
  end)
end)

describe('contract.operation', function()
  -- Writes a file; what is changed of it breaks one law.
  local function plugin(change)
    local optype = {
      describe = function(args) return 'write ' .. args.path end,
      apply = function(args, ctx)
        fs.write(fs.join(ctx.dir, args.path), 'x')
        return { path = args.path }
      end,
      check = function(args, ctx)
        if fs.stat(fs.join(ctx.dir, args.path)) then return 'done', { path = args.path } end
        return 'absent'
      end,
      undo = function(args, _, ctx)
        if fs.stat(fs.join(ctx.dir, args.path)) then fs.remove(fs.join(ctx.dir, args.path)) end
      end,
    }
    for name, f in pairs(change or {}) do optype[name] = f end
    return { name = 'x', value = { operations = { ['x.write'] = optype } } }
  end

  local function examine(change)
    return contract.operation(plugin(change), 'x.write', { files = { old = '1' }, args = { path = 'new' } })
  end

  it('passes a type that keeps the laws', function()
    assert.same({ path = 'new' }, examine())
    assert.same({ path = 'new' }, contract.operation(plugin(), 'x.write', { args = function() return { path = 'new' } end }))
  end)

  it('sees broken laws', function()
    for message, change in pairs {
      ['describe must return one line'] = { describe = function() return 'a\nb' end },
      ["check must say 'absent' before apply"] = { check = function() return 'done', {} end },
      ["check must say 'done' after apply, not absent"] = { check = function() return 'absent' end },
      ['check must return what apply returned'] = { apply = function(_, ctx)
        fs.write(fs.join(ctx.dir, 'new'), 'x')
        return { other = 1 }
      end },
      ['after undo the world is not what it was'] = { undo = function() end },
      ['a second undo, as after a crash, must change nothing'] = { undo = function(args, _, ctx)
        local path = fs.join(ctx.dir, args.path)
        if fs.stat(path) then fs.remove(path) else fs.write(fs.join(ctx.dir, 'old'), 'twice') end
      end },
      ['fresh says that the plan is stale at once: moved'] = { fresh = function() return nil, 'moved' end },
      ['undoable refuses what was just applied: moved'] = { undoable = function() return nil, 'moved' end },
      ['describe, fresh or check changed something'] = { fresh = function(_, ctx)
        fs.write(fs.join(ctx.dir, 'mark'), '')
        return true
      end },
      ['x.write changed its arguments'] = { apply = function(args, ctx)
        fs.write(fs.join(ctx.dir, 'new'), 'x')
        args.more = 1
        return { path = 'new' }
      end },
    } do
      assert.truthy(refused(examine, change):find(message, 1, true), message)
    end
  end)
end)

describe('the shape of contributions', function()
  local function broken(message) err.raise { kind = 'plugin', message = message } end
  local function check(sort, value, names) return refused(require('ifx.contract.' .. sort).check, value, names or {}, broken) end

  it('is checked for finders', function()
    local function one(finder) return check('references', { finder }) end
    local find, files = print, {}
    assert.equal('references must be a list of finders', check('references', {}))
    assert.equal('references[1]: find must be a function', one { kinds = {} })
    assert.equal('references[1]: files must be a table', one { find = find, files = 'x' })
    assert.equal('references[1]: files (globs) or choose (a function) must say which files it reads',
      one { find = find, kinds = {} })
    assert.equal('references[1]: rewrite.x must be a function',
      one { find = find, files = files, kinds = {}, rewrite = { x = 1 } })
    assert.equal('references[1].kinds must be a table', one { find = find, files = files })
    assert.equal('references[1]: kinds[a] must be its documentation, one line',
      one { find = find, files = files, kinds = { a = 1 } })
    assert.equal('init.lua returns references a, which plugin.yaml does not list',
      one { find = find, files = files, kinds = { a = 'doc' } })
  end)

  it('is checked for operation types', function()
    local function one(optype) return check('operations', { ['x.y'] = optype }) end
    local f = print
    assert.equal('operations[x.y]: apply must be a function', one { describe = f, check = f, irreversible = 'x' })
    assert.equal('operations[x.y]: without undo, irreversible must say why it cannot be undone',
      one { describe = f, check = f, apply = f })
    assert.equal('operations[x.y]: it has undo, and says that it is irreversible',
      one { describe = f, check = f, apply = f, undo = f, irreversible = 'x' })
    assert.equal('operations[x.y]: it has no field aply', one { aply = f })
    assert.equal('operations: the key 1 is not a name', check('operations', { f }))
  end)
end)

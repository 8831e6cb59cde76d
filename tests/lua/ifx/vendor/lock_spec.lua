-- lock_spec.lua: lock files: stable bytes, and what is refused. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local lock = require 'ifx.vendor.lock'

local DIGEST, COMMIT = ('0a'):rep(32), ('1b'):rep(20)

local function entries()
  return {
    ['https://z.example/a.yaml'] = { reference = 'https://z.example/a.yaml', path = 'a.yaml', digest = DIGEST },
    ['github.com/o/r?ref=1'] = { reference = 'github.com/o/r?ref=1', repository = 'https://github.com/o/r', ref = '1',
      commit = COMMIT, path = '.', digest = DIGEST },
  }
end

describe('a lock file', function()
  it('is sorted by reference, with a ref that stays text', function()
    assert.equal(table.concat({
      '# Copies of remote references, in .ifx/vendor. Written by `ifx vendor`; commit both.',
      'format: ifx.lock/1', 'remotes:',
      '- reference: github.com/o/r?ref=1', '  repository: https://github.com/o/r', '  ref: "1"', '  commit: ' .. COMMIT,
      '  path: .', '  digest: ' .. DIGEST,
      '- reference: https://z.example/a.yaml', '  path: a.yaml', '  digest: ' .. DIGEST, '' }, '\n'), lock.print(entries()))
  end)

  it('reads back as it was', function()
    local text = lock.print(entries())
    assert.equal(text, lock.print(lock.parse(text, 'ifx.lock')))
    assert.same({}, lock.parse(lock.print {}, 'ifx.lock'))
  end)

  local good = lock.print(entries())
  for what, text in pairs {
    ['of another format'] = good:gsub('lock/1', 'lock/9'),
    ['that is a list'] = '- a\n',
    ['that is empty'] = '',
    ['with a digest that is a path'] = good:gsub(DIGEST, '../../etc/passwd'),
    ['with a commit that is a branch'] = good:gsub(COMMIT, 'main'),
    ['with an absolute path'] = good:gsub('path: a.yaml', 'path: /etc/passwd'),
    ['with an item that is a text'] = 'format: ifx.lock/1\nremotes: [a]\n',
    ['with one reference twice'] = good .. ('- reference: github.com/o/r?ref=1\n  path: a\n  digest: %s\n'):format(DIGEST),
  } do
    it('is refused ' .. what, function()
      local ok, e = pcall(lock.parse, text, 'ifx.lock')
      assert.is_false(ok)
      assert.is_true(err.is(e, 'config'), tostring(e))
      assert.equal('ifx.lock', e.file)
    end)
  end
end)

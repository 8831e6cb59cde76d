-- make_spec.lua: what Makefiles name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/make'

-- What a Makefile names, beside some files.
local function found(content, more)
  local files = { Makefile = content, ['d/a.txt'] = 'x', ['d/e/b.txt'] = 'x' }
  for path, bytes in pairs(more or {}) do files[path] = bytes end
  local out = {}
  for i, line in ipairs(kit.of(files, 'make')) do out[i] = line:gsub('make%.', ''):gsub('^Makefile:', '') end
  return table.concat(out, '\n')
end

describe('the finder of Makefiles', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'make.txt', kit.lines(kit.graph(FIXTURE, 'make')))
  end)

  it('follows what moves, also the values that paths begin with', function()
    local edits, _, plan = kit.moves(FIXTURE, 'make', {
      deploy = 'k8s/apps', scripts = 'hack', ['mk/more.mk'] = 'build/more.mk', docs = 'handbook',
    })
    assert.are.same({}, plan.problems)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'Makefile:1 mk/more.mk -> build/more.mk', 'Makefile:9 scripts/run.sh -> hack/run.sh', 'Makefile:10 deploy -> k8s/apps',
      'Makefile:11 deploy/app -> k8s/apps/app', 'Makefile:20 deploy/app/web.yaml -> k8s/apps/app/web.yaml',
      'Makefile:33 docs/b.md -> handbook/b.md', 'mk/common.mk:2 scripts/run.sh -> hack/run.sh',
      'mk/common.mk:3 deploy -> k8s/apps', 'sub/Makefile:2 ../docs/a.md -> ../handbook/a.md',
    } do
      assert.truthy(said:find(edit, 1, true), edit .. '\n' .. said)
    end
    assert.falsy(said:find('Makefile:23', 1, true))
  end)

  it('runs every line from the same folder, but all of them with .ONESHELL', function()
    assert.are.equal('2:5 recipe d -> dir d: ok', found 'a:\n\tcd d\n\tcat a.txt\n')
    assert.are.equal('3:5 recipe d -> dir d: ok\n4:6 recipe a.txt -> file d/a.txt: ok',
      found '.ONESHELL:\na:\n\tcd d\n\tcat a.txt\n')
    assert.are.equal('3:2 recipe ./a.txt -> file d/a.txt: ok', (found('', { ['d/Makefile'] = 'a:\n\t@-+ true; \\\n\t./a.txt\n' })
      :gsub('^d/Makefile:', '')))
  end)

  it('takes a bare name for a target, not for a file', function()
    assert.are.equal('', found '.PHONY: d\nall: d\nd: e\nd: ; true\n')
    assert.are.equal('1:6 rule d/a.txt -> file d/a.txt: ok', found 'all: d/a.txt d/none.txt d/%.txt $(X)/a.txt\n')
  end)

  it('knows no value that is set twice, added to, or computed', function()
    for _, value in ipairs { 'D = d\nD = d', 'D = d\nD += e', 'D != echo d', 'D = $(X)d', 'D = d e', 'define D\nd\nendef' } do
      assert.are.equal('', found(value .. '\na:\n\tcat $(D)/a.txt\n'), value)
    end
    assert.are.equal('', found 'D = d\na:\n\tcat $(D)/none.txt; kubectl get pod $(D)\n')
    assert.are.equal('1:5 variable d -> dir d: ok\n3:5 recipe ', found('D = d\na:\n\tcd $(D)\n') .. '\n3:5 recipe ')
  end)

  it('knows the folder of a file by its idioms', function()
    for _, value in ipairs {
      '$(dir $(abspath $(lastword $(MAKEFILE_LIST))))', '$(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))',
      '$(shell dirname $(realpath $(firstword $(MAKEFILE_LIST))))', '${CURDIR}',
      '$(shell pwd)', '$(shell git rev-parse --show-toplevel)',
    } do
      assert.are.equal('3:11 recipe d/a.txt -> file d/a.txt: ok', found('R := ' .. value .. '\na:\n\tcat $(R)/d/a.txt\n'), value)
    end
  end)

  it('says that an include is broken only when no rule makes it', function()
    assert.are.equal('1:9 include x.mk -> path x.mk: BROKEN does not exist', found 'include x.mk\ny%.mk: ; true\n')
    assert.are.equal('1:9 include x.mk -> path x.mk: ? does not exist; make may make it', found 'include x.mk\n%.mk: ; true\n')
  end)

  it('survives what is cut off, and files that include themselves', function()
    for _, content in ipairs { 'include', 'include $(', 'X =', 'X = $(', 'X := ${',
      ':', 'a: $(', 'a:\n\t', 'a:\n\t$(', 'define X', '\\', 'a\\' } do
      assert.has_no.errors(function() assert.falsy(found(content):find('error', 1, true), content) end)
    end
    assert.are.equal('1:9 include Makefile -> file Makefile: ok', found 'include Makefile\n')
  end)
end)

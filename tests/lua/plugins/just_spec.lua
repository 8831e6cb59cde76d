-- just_spec.lua: what justfiles name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/just'

-- What a justfile names, beside some files.
local function found(content, more)
  local files = { justfile = content, ['d/a.txt'] = 'x', ['d/e/b.txt'] = 'x' }
  for path, bytes in pairs(more or {}) do files[path] = bytes end
  local out = {}
  for i, line in ipairs(kit.of(files, 'just')) do out[i] = line:gsub('just%.', '') end
  return table.concat(out, '\n')
end

describe('the finder of justfiles', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'just.txt', kit.lines(kit.graph(FIXTURE, 'just')))
  end)

  it('follows what moves', function()
    local edits, _, plan = kit.moves(FIXTURE, 'just', {
      ['kubernetes/apps'] = 'workloads', ['talos.just'] = 'talos/mod.just',
      scripts = 'hack', ['ci/lint.just'] = 'ci/check/lint.just',
    })
    assert.are.same({}, plan.problems)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'justfile:4 ci/lint.just -> ci/check/lint.just', 'justfile:15 apps -> ../workloads', 'justfile:26 web.yaml -> web.yaml',
      'justfile:30 kubernetes/apps/web.yaml -> workloads/web.yaml', 'justfile:31 scripts/run.sh -> hack/run.sh',
      'justfile:36 apps/web.yaml -> ../workloads/web.yaml', 'justfile:50 ../scripts/run.sh -> ../hack/run.sh',
      'ci/lint.just:2 scripts/run.sh -> hack/run.sh', 'kubernetes/mod.just:1 apps -> ../workloads',
    } do
      local same = edit:match('(%S+) %-> (.*)') == edit:match('%-> (.*)')
      assert.are.equal(not same, said:find(edit, 1, true) ~= nil, edit .. '\n' .. said)
    end
    assert.falsy(said:find('justfile:7 talos', 1, true))
  end)

  it('writes a path behind the name of a module that moved away', function()
    local edits = kit.moves(FIXTURE, 'just', { ['talos.just'] = 'modules/talos.just' })
    assert.are.same({ "justfile:7 talos -> talos 'modules/talos.just'" }, { edits[1] })
  end)

  it('runs every line from the same folder, but a script as a whole', function()
    assert.are.equal('justfile:2:6 recipe d -> dir d: ok', found 'a:\n  cd d\n  cat a.txt\n')
    assert.are.equal('justfile:3:6 recipe d -> dir d: ok\njustfile:4:7 recipe a.txt -> file d/a.txt: ok',
      found 'a:\n  #!/bin/bash\n  cd d\n  cat a.txt\n')
    assert.are.equal('justfile:3:6 recipe d -> dir d: ok\njustfile:4:7 recipe a.txt -> file d/a.txt: ok',
      found '[script("bash")]\na:\n  cd d\n  cat a.txt\n')
  end)

  it('knows no folder of a file that is imported from two', function()
    local more = { ['x/justfile'] = 'import "../d/c.just"\n', ['d/c.just'] = 'a:\n  cat d/a.txt\n' }
    assert.falsy(found('import "d/c.just"\n', more):find('recipe', 1, true))
    more['x/justfile'] = nil
    assert.truthy(found('import "d/c.just"\n', more):find('c.just:2:7 recipe d/a.txt -> file d/a.txt: ok', 1, true))
    assert.falsy(found('', more):find('recipe', 1, true))
  end)

  it('takes a literal value for a path only where a path begins with it', function()
    assert.are.equal('1:7 variable d -> dir d: ok\n3:15 recipe a.txt -> file d/a.txt: ok',
      (found "x := 'd'\na:\n  cat {{ x }}/a.txt\n":gsub('justfile:', '')))
    assert.are.equal('', found "x := 'd'\na:\n  echo {{ x }} {{ x }}/none.txt\n")
    assert.are.equal('justfile:3:6 recipe d -> dir d: ok', found "x := 'd'\na:\n  cd d && cat {{ x }}/a.txt\n")
    assert.falsy(found("x := 'd'\n[working-directory: 'd']\na:\n  cat {{ x }}/a.txt\n"):find('variable', 1, true))
  end)

  it('takes no other line for an item', function()
    assert.are.equal('', found '# import "x"\nalias b := c\nset quiet\na x="import":\n\n# mod d\nunexport X\nmod := "d"\n')
    assert.are.equal('', found 'x := "d" + "/a.txt"\ny := env("d/a.txt")\nz := if x == "" { "d/a.txt" } else { "" }\n')
    assert.are.equal('', found 'set shell := ["python3", "-c"]\na:\n  cat d/a.txt\n':gsub('^justfile:2:1 unknown a: [^\n]*', ''))
  end)

  it('survives what is cut off, and files that import themselves', function()
    for _, content in ipairs { 'import "', 'mod', 'mod a "', 'set x :=', 'x := ', 'x := `', "x := '''",
      '[', '[a', 'a:\n {{', 'a:\n  {{ "', 'a:' } do
      assert.has_no.errors(function() assert.falsy(found(content):find('error', 1, true), content) end)
    end
    assert.are.equal('justfile:1:9 import justfile -> file justfile: ok', found 'import "justfile"\n')
  end)

  it('takes a folder that makejinja renders for one that is made', function()
    local files = {
      justfile = "set working-directory := 'made'\nimport 'made/x.just'\n\n[working-directory: 'never']\na:\n  true\n",
      ['makejinja.toml'] = '[makejinja]\ninputs = ["./in"]\noutput = "./"\njinja_suffix = ".j2"\n',
      ['in/made/x.just.j2'] = '', ['in/made/talos.yaml.j2'] = '',
    }
    local said = table.concat(kit.of(files, 'just'), '\n')
    assert.matches('just.directory made %-> path made: %? does not exist; it is rendered from in/made', said)
    assert.matches('just.import made/x.just %-> path made/x.just: %? does not exist; it is rendered from in/made/x.just.j2', said)
    assert.matches('never: BROKEN', said)
    files['makejinja.toml'] = files['makejinja.toml']:gsub('"%./"', '"./out"')
    assert.matches('made: BROKEN', table.concat(kit.of(files, 'just'), '\n'))
  end)
end)

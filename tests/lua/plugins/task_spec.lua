-- task_spec.lua: what Taskfiles and the configuration of mise name. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/task'

-- What a Taskfile names, beside some files.
local function found(content, more)
  local files = { ['Taskfile.yml'] = content, ['d/a.txt'] = 'x', ['d/e/b.txt'] = 'x' }
  for path, bytes in pairs(more or {}) do files[path] = bytes end
  local out = {}
  for i, line in ipairs(kit.of(files, 'task')) do out[i] = line:gsub('([ ])task%.', '%1'):gsub('^Taskfile%.yml:', '') end
  return table.concat(out, '\n')
end

describe('the finder of Taskfiles', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'task.txt', kit.lines(kit.graph(FIXTURE, 'task')))
  end)

  it('points at exactly the bytes that name a path', function()
    local fs = require 'fs'
    for _, ref in ipairs(kit.graph(FIXTURE, 'task').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('follows what moves, also the values that paths begin with', function()
    local edits, _, plan = kit.moves(FIXTURE, 'task', {
      ['kubernetes/apps'] = 'workloads', talos = 'machines/talos', scripts = 'hack',
      ['.taskfiles/talos'] = '.tasks/talos',
    })
    assert.are.same({}, plan.problems)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'Taskfile.yaml:5 apps -> ../workloads', 'Taskfile.yaml:6 talos -> machines/talos',
      'Taskfile.yaml:14 .taskfiles/talos/Taskfile.yaml -> .tasks/talos/Taskfile.yaml',
      'Taskfile.yaml:41 apps/web.yaml -> ../workloads/web.yaml', 'Taskfile.yaml:52 talos/patches -> machines/talos/patches',
      '.taskfiles/talos/Taskfile.yaml:4 talos/config.yaml -> machines/talos/config.yaml', '.mise.toml:22 talos -> machines/talos',
      '.config/mise.toml:2 scripts/run.sh -> hack/run.sh',
    } do
      assert.truthy(said:find(edit, 1, true), edit .. '\n' .. said)
    end
    assert.falsy(said:find('note.txt', 1, true))
  end)

  it('runs every command from the same folder', function()
    assert.are.equal('1:26 command d -> dir d: ok\n1:35 command d/a.txt -> file d/a.txt: ok',
      found 'tasks: { a: { cmds: ["cd d", "cat d/a.txt a.txt"] } }\n')
  end)

  it('knows the folder of an included file by the form of its inclusion', function()
    local more = { ['d/t.yml'] = 'tasks: { a: cat a.txt d/a.txt }\n' }
    local function said(include) return (found('includes: { x: ' .. include .. ' }\n', more):match('d/t%.yml:%d[^\n]*')) end
    assert.are.equal('d/t.yml:1:23 command d/a.txt -> file d/a.txt: ok', said 'd/t.yml')
    assert.are.equal('d/t.yml:1:23 command d/a.txt -> file d/a.txt: ok', said '{ taskfile: d/t.yml }')
    assert.are.equal('d/t.yml:1:17 command a.txt -> file d/a.txt: ok', said '{ taskfile: ./d/t.yml, dir: d }')
    assert.is_nil(said '{ taskfile: d/t.yml, dir: "{{.X}}" }')
    assert.is_nil(said 'd/t.yml, y: { taskfile: d/t.yml, dir: d }')
  end)

  it('takes a literal value for a path only where a path begins with it', function()
    assert.are.equal('', found 'vars: { X: d }\ntasks: { a: "echo {{.X}}" }\n')
    assert.are.equal('1:12 variable d -> dir d: ok\n2:25 command a.txt -> file d/a.txt: ok',
      found 'vars: { X: d }\ntasks: { a: "cat {{.X}}/a.txt" }\n')
    assert.are.equal('2:17 command d -> dir d: ok', found 'vars: { X: d }\ntasks: { a: "cd d && cat {{.X}}/a.txt" }\n')
    assert.are.equal('2:20 directory d -> dir d: ok', found 'vars: { X: d }\ntasks: { a: { dir: d, cmd: "cat {{.X}}/a.txt" } }\n')
  end)

  it('finds the Taskfile of a folder, also in capitals of its own', function()
    for _, name in ipairs { 'Taskfile.yml', 'taskfile.dist.yaml', 'TaskFile.yaml' } do
      assert.truthy(found('includes: { x: d }\n', { ['d/' .. name] = 'tasks: {}\n' }):find('dir d: ok', 1, true), name)
    end
    assert.truthy(found 'includes: { x: d }\n':find('BROKEN a folder without a Taskfile', 1, true))
  end)

  it('reads no other file', function()
    assert.are.equal('', found('', { ['x.yml'] = 'tasks: { a: cat d/a.txt }\n', ['d/x.yaml'] = 'includes: { x: ../x.yml }\n' }))
  end)

  it('survives what is no Taskfile, and files that include themselves', function()
    for _, content in ipairs { '', '1', '[]', 'tasks: 1', 'tasks: [a]', 'tasks: { a: }', 'tasks: { a: { cmds: 1, vars: [] } }',
      'includes: [a]', 'includes: { a: }', 'includes: { a: { taskfile: 1, dir: [] } }', 'vars: 1', 'vars: { a: { sh: 1 } }',
      'dotenv: a', 'tasks: { 1: { dir: 1 } }', 'vars: { a: "{{", b: "{{.a" }', 'vars: { a: "{{.b}}/x", b: "{{.a}}/x" }' } do
      assert.has_no.errors(function() assert.falsy(found(content):find('error', 1, true), content) end)
    end
    assert.are.equal('1:16 include Taskfile.yml -> file Taskfile.yml: ok', found 'includes: { x: Taskfile.yml }\n')
  end)
end)

describe('the finder of mise', function()
  it('survives what is no configuration of it', function()
    for _, content in ipairs { '[', 'tasks = 1',
      '[tasks]\na = 1', '[tasks.a]\nrun = [1]\ndir = 1', '[env]\n_ = 1', 'env = "a"' } do
      assert.has_no.errors(function() found('', { ['mise.toml'] = content }) end)
    end
    assert.truthy(found('', { ['mise.toml'] = '[' }):find('does not parse as TOML', 1, true))
  end)
end)

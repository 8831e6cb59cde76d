-- ci_spec.lua: what workflows of GitHub and pipelines of GitLab name. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/ci'

-- The paths that a script of a workflow names, each with its target.
local function script(lines)
  local body = lines:gsub('[^\n]+', '          %0')
  local workflow = 'jobs:\n  a:\n    steps:\n      - run: |\n' .. body .. '\n'
  local files = { ['.github/workflows/a.yml'] = workflow }
  for _, path in ipairs { 'a/b.txt', 'a/c.sh', 'd/e f.txt', 'x.yaml' } do files[path] = 'x: 1\n' end
  local out, graph = {}, graphs.build(fixture.tree(files), kit.options 'ci')
  assert.are.same({}, graph.errors)
  for _, ref in ipairs(graph.references) do
    assert.are.equal(ref.text, workflow:sub(ref.start, ref.stop))
    out[#out + 1] = ('%s>%s'):format(ref.text, ref.target)
  end
  return table.concat(out, ' '), graph
end

describe('the finder of CI', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'ci.txt', kit.lines(kit.graph(FIXTURE, 'ci')))
  end)

  it('points at exactly the bytes that name a path', function()
    local fs = require 'fs'
    for _, ref in ipairs(kit.graph(FIXTURE, 'ci').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('writes paths anew from the folder that they count from', function()
    local edits, _, plan = kit.moves(FIXTURE, 'ci', { ['services/web'] = 'apps/web', docs = 'handbook', terraform = 'infra' })
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'build.yaml:4 services/web/** -> apps/web/**', 'build.yaml:38 ./services/web -> ./apps/web', 'build.yaml:65 prod -> ../../',
      'build.yaml:81 terraform/prod -> infra/prod', 'build.yaml:81 ../../docs/guide.md -> ../../handbook/guide.md',
      'build.yaml:83 services/web -> apps/web', 'dependabot.yml:4 services/web -> apps/web',
      '.gitlab-ci.yml:26 web -> ../apps/web', '.gitlab-ci.yml:27 Dockerfile -> ',
      '.gitlab-ci.yml:36 terraform/prod -> infra/prod',
    } do
      local expected = not edit:find(' %-> $') and not edit:find('%.%./%.%./$')
      assert.are.equal(expected, said:find(edit, 1, true) ~= nil, edit .. '\n' .. said)
    end
    for _, problem in ipairs(plan.problems) do assert.matches('ci.matrix', problem.reference.kind) end
  end)

  it('follows the folder through a script', function()
    assert.are.equal('a>a b.txt>a/b.txt', (script 'cd a\ncat b.txt'))
    assert.are.equal('a>a a/b.txt>a/b.txt', (script '(cd a)\ncat a/b.txt'))
    assert.are.equal('a>a b.txt>a/b.txt a/b.txt>a/b.txt', (script 'cd a && cat b.txt; cd -; cat a/b.txt'))
    assert.are.equal('a>a a/b.txt>a/b.txt', (script 'pushd a; popd; cat a/b.txt'))
    assert.are.equal('./a>a ../x.yaml>x.yaml', (script 'cd ./a >/dev/null && cat ../x.yaml'))
    assert.are.equal('', (script 'cd "$A"; cat a/b.txt x.yaml'))
    assert.are.equal('', (script 'cd /tmp && cat a/b.txt'))
    assert.are.equal('../x.yaml>x.yaml', (script 'mkdir out && cd out && cat ../x.yaml'))
    assert.are.equal('a>a b.txt>a/b.txt', (script 'make -C a -f "$X/b.txt" -f b.txt'))
  end)

  it('reads words as the shell does', function()
    assert.are.equal('a/b.txt>a/b.txt a/c.sh>a/c.sh', (script 'cat "a/b.txt" \'a/c.sh\''))
    assert.are.equal('d/e f.txt>d/e f.txt d>d', (script 'cat "d/e f.txt" d/e\\ f.txt d/"e f".txt'))
    assert.are.equal('a/b.txt>a/b.txt', (script 'cat \\\n  a/b.txt # a/c.sh'))
    assert.are.equal('a/b.txt>a/b.txt', (script 'tool --in=a/b.txt 2>&1 >"$X" <<< a/c.sh'))
    assert.are.equal('', (script 'cat <<-EOF\n  a/b.txt\n  EOF'))
    assert.are.equal('a/c.sh>a/c.sh', (script 'cat <<A\na/b.txt\nA\na/c.sh'))
    assert.are.equal('a/b.txt>a/b.txt', (script 'x=$(cat "$(cat a/b.txt)")'))
    assert.are.equal('a/b.txt>a/b.txt', (script 'case "$1" in a) cat a/b.txt ;; esac'))
    assert.are.equal('a/b.txt>a/b.txt', (script 'f() { cat a/b.txt; }'))
    assert.are.equal('', (script 'cat https://example.org/a/b.txt /a/b.txt ~/a/b.txt host:a/b.txt $X/a/b.txt'))
    assert.are.equal('', (script 'cat "a/b.txt$X" `echo a/b.txt` a/{b,c}.txt'))
  end)

  it('takes no word for a path where a tool means something else', function()
    assert.are.equal('', (script 'echo a/b.txt; kubectl get a/b.txt; git commit -m a/b.txt; docker push a/b.txt; [ "$X" = a ]'))
    assert.are.equal('', (script 'tool a; tool -n a/b.txt; find -name x.yaml; gh api a/b.txt'))
    assert.are.equal('x.yaml>x.yaml', (script 'kubectl apply -f - -f x.yaml -n a'))
  end)

  it('knows that what is missing may be made, and says so', function()
    local found, graph = script 'bash out/x.sh && cd out && cat a/b.txt'
    assert.are.equal('', found)
    assert.are.equal(2, #graph.unknown)
    found, graph = script './a/none.sh\nkubectl apply -f a/none.yaml -f none.yaml'
    assert.are.equal('./a/none.sh>a/none.sh a/none.yaml>a/none.yaml', found)
    assert.is_nil(graph.references[1].resolved)
    assert.are.equal('none.yaml', graph.unknown[1].text)
  end)

  it('survives scripts and files that are cut off', function()
    local cut = { '$(', '"', "'", '${', '${{', '`', '\\', '<<', '>', '((', 'a=(', '$((', '<(', '&>', 'case x in', ')', '|' }
    for _, content in ipairs(cut) do
      assert.has_no.errors(function() script(content) end)
    end
    local tops = { 'on: 1\njobs: 2\n', 'jobs: [a]\n', 'jobs: {a: 1, b: {steps: {x: 1}}}\n', 'jobs: {a: {steps: [1, ~, []]}}\n',
      'jobs: {a: {steps: [{uses: a/b@c, with: [x]}, {uses: 1, run: 2, with: 3}], strategy: 1}}\n' }
    for _, top in ipairs(tops) do
      local graph = graphs.build(fixture.tree { ['.github/workflows/a.yml'] = top, ['.gitlab-ci.yml'] = top }, kit.options 'ci')
      assert.are.same({}, graph.errors)
    end
  end)

  it('follows includes in a circle once', function()
    local graph = graphs.build(fixture.tree {
      ['.gitlab-ci.yml'] = 'include: a.yml\n', ['a.yml'] = 'include: [.gitlab-ci.yml, a.yml]\n',
    }, kit.options 'ci')
    assert.are.equal(3, #graph.references)
  end)

  it('finds what is known to be broken in a real repository', function()
    local repository = kit.repository 'pesuga+homelab'
    if not repository then return pending('IFX_REPOS has no pesuga+homelab') end
    for revision, broken in pairs { c302d62 = 0, ['490b603'] = 6 } do
      assert.are.equal(broken, kit.counts(repository, revision, 'ci').broken or 0)
    end
  end)
end)

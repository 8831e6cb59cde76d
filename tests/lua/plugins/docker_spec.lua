-- docker_spec.lua: what Dockerfiles and compose files name. SPDX-License-Identifier: Apache-2.0
local fixture = dofile 'tests/lua/ifx/repo/fixture.lua'
local fs = require 'fs'
local graphs = require 'ifx.repo.graph'
local kit = dofile 'tests/lua/plugins/kit.lua'
local rewrite = require 'ifx.repo.rewrite'

local FIXTURE = 'tests/fixtures/refs/docker'

-- What a Dockerfile in the folder app takes from it.
local function sources(dockerfile)
  local files = { ['app/Dockerfile'] = dockerfile }
  for _, name in ipairs { 'a', 'b.txt', 'c d', 'e/f', 'EOF' } do files['app/' .. name] = 'x' end
  local out, graph = {}, graphs.build(fixture.tree(files), kit.options 'docker')
  assert.are.same({}, graph.errors)
  for _, ref in ipairs(graph.references) do
    assert.are.equal(ref.text, dockerfile:sub(ref.start, ref.stop))
    out[#out + 1] = ref.text
  end
  return table.concat(out, ' '), graph
end

local function moved(files, moves)
  local tree, opts = fixture.tree(files), kit.options 'docker'
  return rewrite.plan(tree, moves, graphs.build(tree, opts), opts)
end

describe('the finder of docker', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'docker.txt', kit.lines(kit.graph(FIXTURE, 'docker')))
  end)

  it('points at exactly the bytes that name a path', function()
    for _, ref in ipairs(kit.graph(FIXTURE, 'docker').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('writes paths anew from the folder that they count from', function()
    local edits, _, plan = kit.moves(FIXTURE, 'docker', { web = 'services/web', config = 'etc', api = 'services/api' })
    assert.are.same({}, plan.problems)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'compose.yaml:2 config/app.env -> etc/app.env', 'compose.yaml:4 ./config/app.ini -> ./etc/app.ini',
      'compose.yaml:14 ./web -> ./services/web', 'compose.yaml:18 ./web/src -> ./services/web/src',
      'compose.yaml:23 api/Dockerfile -> services/api/Dockerfile', 'compose.yaml:38 ./config -> ./etc',
      'api/Dockerfile:2 api/cmd -> services/api/cmd',
    } do assert.truthy(said:find(edit, 1, true), edit .. '\n' .. said) end
    assert.is_nil(said:find('web/Dockerfile', 1, true))
  end)

  it('keeps the dot that makes a volume a folder', function()
    local plan = moved({ ['a/compose.yaml'] = 'services: {x: {image: y, volumes: ["../b:/b"]}}\n', ['b/f'] = '' },
      { ['b/f'] = 'a/c/f' })
    assert.truthy(plan.files['a/compose.yaml']:find('"./c:/b"', 1, true))
    plan = moved({ ['compose.yaml'] = 'services: {x: {image: y, volumes: ["./b:/b"]}}\n', ['b/f'] = '' }, { ['b/f'] = 'c:d/f' })
    assert.are.equal('the new path has signs that mean more in a volume', plan.listed[1].why)
    assert.is_true(#plan.problems > 0)
  end)

  it('refuses to take a source out of its build context, or to give it a name that reads otherwise', function()
    local files = { ['app/Dockerfile'] = 'FROM x\nCOPY lib/a /\n', ['app/lib/a'] = 'x' }
    local plan = moved(files, { ['app/lib/a'] = 'lib/a' })
    assert.are.equal('it would leave the build context', plan.listed[1].why)
    assert.is_true(#plan.problems > 0)
    assert.matches('signs that mean more', moved(files, { ['app/lib/a'] = 'app/lib/a b' }).listed[1].why)
    assert.truthy(moved(files, { ['app/lib/a'] = 'app/b' }).files['app/Dockerfile']:find('COPY b /', 1, true))
  end)

  it('reads instructions as the builder does', function()
    assert.are.equal('a b.txt', (sources 'FROM x\ncopy a b.txt /\n'))
    assert.are.equal('a b.txt', (sources 'COPY a \\\r\n\t# why\r\n\r\n  b.txt /\r\n'))
    assert.are.equal('a', (sources '# escape=`\nCOPY a `\n  b.txt\\ /\n'))
    assert.are.equal('a c d', (sources 'COPY ["a", "c d", "/"]\n'))
    assert.are.equal('e/f', (sources 'ADD --chown=1:1 --link ["e/f","/"]'))
    assert.are.equal('a', (sources 'COPY <<A <<-"B" a /\nCOPY b.txt /\nA\nCOPY b.txt /\n\tB\n'))
    assert.are.equal('a', (sources 'RUN cat <<EOF >x\nCOPY b.txt /\nEOF\nCOPY a /\n'))
    assert.are.equal('a', (sources 'RUN echo <<<EOF\nCOPY a /\n'))
    assert.are.equal('a', (sources '\xef\xbb\xbfCOPY a /\n'))
    assert.are.equal('', (sources 'COPY --from=build a /\nCOPY . /\nCOPY / /x\nCOPY ./ /\nCOPY * /\n'))
    assert.are.equal('', (sources '# COPY a /\nLABEL COPY a b\n'))
    assert.are.equal('b.txt', (sources 'RUN --mount=type=bind,src=b.txt,target=/x --mount=type=secret,source=a x'))
    assert.are.equal('a', (sources 'RUN --mount=source=a,target=/ --mount=source=/,target=/ x'))
  end)

  it('lets no text be found in the target of a copy, which is a path of the image', function()
    local opts = kit.options 'docker'
    opts.text = true
    local graph = graphs.build(fixture.tree {
      Dockerfile = 'COPY src ./src\nCOPY --from=x a ./src/\nADD src src\nCMD ["./src/run.sh"]\n', ['src/run.sh'] = '',
    }, opts)
    local found = {}
    for _, ref in ipairs(graph.references) do found[#found + 1] = ref.line .. ' ' .. ref.kind .. ' ' .. ref.text end
    assert.are.same({ '1 docker.copy src', '3 docker.copy src', '4 text ./src/run.sh' }, found)
  end)

  it('lists what it cannot know', function()
    for line, why in pairs {
      ['COPY $A /'] = 'a variable', ['COPY a\\ b /'] = 'signs', ['COPY ../a /'] = 'climbs', ['COPY a\\\nb /'] = 'several lines',
      ['COPY gone /'] = 'no file of this tree says', ['ONBUILD COPY a /'] = 'ONBUILD',
    } do
      local found, graph = sources(line)
      assert.are.equal('', found)
      assert.matches(why, graph.unknown[1].why)
    end
  end)

  it('says what is broken only where the build context is known', function()
    local compose = 'services:\n  x: { build: { context: ., dockerfile: app/Dockerfile } }\n'
    local dockerfile = 'FROM x\nCOPY gone.txt made.txt /\n'
    assert.are.same({ 'app/Dockerfile:2:6 docker.copy gone.txt -> path gone.txt: BROKEN does not exist',
      'app/Dockerfile:2:15 docker.copy made.txt -> path made.txt: ? does not exist; ignored by .gitignore:1',
      'compose.yml:2:26 compose.build_context . -> dir (root): ok',
      'compose.yml:2:41 compose.dockerfile app/Dockerfile -> file app/Dockerfile: ok',
    }, kit.of({ ['app/Dockerfile'] = dockerfile, ['compose.yml'] = compose, ['.gitignore'] = 'made.txt\n' }, 'docker'))
  end)

  it('takes build contexts from command lines, where what is missing may still be made', function()
    local function context(name, content)
      local files = { ['app/Dockerfile'] = 'COPY app/a b gone /\n', ['app/a'] = '', b = '', ['app/b'] = '' }
      files[name] = content
      local found = {}
      for _, ref in ipairs(graphs.build(fixture.tree(files), kit.options 'docker').references) do
        found[#found + 1] = ref.target .. (ref.resolved == nil and '?' or '')
      end
      return table.concat(found, ' ')
    end
    for name, content in pairs {
      Makefile = 'x:\n\tdocker build -t x --file app/Dockerfile .\n',
      ['build.sh'] = 'podman build . -f=x \\\n --file=app/Dockerfile .\n',
      ['app/Makefile'] = 'x:\n\t@docker buildx build --push -f Dockerfile ..\n',
      ['.gitlab-ci.yml'] = 'x:\n  script:\n  - buildah bud -f app/Dockerfile .\n',
      ['app/build.sh'] = 'docker image build -f app/Dockerfile . >/dev/null\n',
      ['.github/workflows/x.yml'] = 'run: docker build -f app/Dockerfile .\n',
    } do assert.are.equal('app/a b gone?', context(name, content), name) end
    for name, content in pairs {
      Makefile = 'docker build -f $(X) .\n', ['x.sh'] = 'docker build -f app/Dockerfile "$DIR"\ndocker compose build .\n',
      ['y.sh'] = 'docker build', ['README.md'] = 'docker build -f app/Dockerfile .\n',
      ['z.sh'] = 'docker build -f none/Dockerfile .\ndocker build - <app/Dockerfile\n',
      ['a.sh'] = 'docker build -f app/Dockerfile none\n',
    } do assert.are.equal('app/b', context(name, content), name) end
  end)

  it('fills variables of a build in from the file .env of the project', function()
    local function context(env, build)
      local files = {
        ['p/.env'] = env, ['p/compose.yaml'] = 'services: { x: { build: ' .. build .. ' } }\n',
        ['p/app/Dockerfile'] = 'COPY app/a /\n', ['p/app/a'] = '',
      }
      local refs = graphs.build(fixture.tree(files), kit.options 'docker'):by_file 'p/app/Dockerfile'
      return refs[1] and refs[1].target or 'unknown'
    end
    local build = '{ context: ., dockerfile: "${FILE}" }'
    assert.are.equal('p/app/a', context('# x\nFILE=app/Dockerfile\n', build))
    assert.are.equal('p/app/a', context('DIR = "app"\r\nFILE=\'${DIR}/Dockerfile\' \r\n', build))
    assert.are.equal('p/app/a', context('DIR=app # here\nFILE=$DIR/${NAME:-Dockerfile}\n', build))
    assert.are.equal('p/app/a', context('', '{ context: "${DIR-.}", dockerfile: app/Dockerfile }'))
    assert.are.equal('unknown', context('FILE=$NONE/Dockerfile\n', build))
    assert.are.equal('unknown', context('NONE=1\n', build))
  end)

  it('follows what the file .env names, and the context that it gives', function()
    local plan = moved({
      ['.env'] = 'FILE=./app/Dockerfile\nDATA=./data\n', ['app/Dockerfile'] = 'COPY app/a /\n', ['app/a'] = '', ['data/x'] = '',
      ['compose.yml'] = 'services: { x: { build: { context: ., dockerfile: "${FILE}" }, volumes: ["${DATA}:/d"] } }\n',
    }, { ['app/Dockerfile'] = 'src/app/Dockerfile', ['app/a'] = 'src/app/a', ['data/x'] = 'var/x' })
    assert.are.same({}, plan.problems)
    assert.are.equal('FILE=./src/app/Dockerfile\nDATA=./var\n', plan.files['.env'])
    assert.are.equal('COPY src/app/a /\n', plan.files['src/app/Dockerfile'])
  end)

  it('takes no other file with services for a compose file', function()
    for _, content in ipairs {
      'services: [docker:dind]\n', 'services: {a: {port: 1}}\n', 'services: {}\n', 'services: {{ x }}\n', 'services: {a: ~}\n',
      'apiVersion: v1\nkind: X\nservices: {a: {image: x, env_file: y}}\n', 'services: &a {<<: *b}\n',
    } do assert.are.same({}, graphs.build(fixture.tree { ['x.yaml'] = content }, kit.options 'docker').references) end
    assert.are.equal(1, #kit.of({ ['x.yaml'] = 'services: {a: {image: x, env_file: y}}\n' }, 'docker'))
  end)

  it('survives files of other forms and files that are cut off', function()
    for _, content in ipairs {
      'services: 1\ninclude: 2\n', 'include: [{path: {a: b}}, ~]\nconfigs: [a]\nsecrets: {a: b}\n',
      'services: {a: 1, b: [c], d: {build: [x], volumes: {a: 1}, env_file: {a: b}, develop: {watch: 1}}}\n',
      'services: {a: {build: {context: 1, dockerfile: [x]}, env_file: [1, ~, {path: 2}]}}\n',
      'services: {a: {volumes: [":", "./", "$", "${", {type: bind}], build: {dockerfile: x, context: ../../..}}}\n',
    } do
      assert.are.same({}, graphs.build(fixture.tree { ['compose.yaml'] = content, Dockerfile = 'COPY a b\n' },
        kit.options 'docker').errors)
    end
    for _, content in ipairs {
      'COPY', 'COPY ', 'COPY \\', 'COPY [', 'COPY ["a', 'COPY ["a\\"", "b"]', 'COPY <<A', 'COPY a <<', 'RUN --mount=',
      '\\', '"', '# escape=', 'COPY "" /', "COPY '' a", 'COPY "a /', 'ONBUILD', 'COPY a\\\n\n\n', 'COPY [1, 2]',
      'ADD --from= a b', 'COPY [[a-z] /', 'COPY [z-a] /',
    } do assert.has_no.errors(function() sources(content) end) end
  end)
end)

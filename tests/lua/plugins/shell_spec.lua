-- shell_spec.lua: what shell scripts name, and how the shell is read. SPDX-License-Identifier: Apache-2.0
local kit = dofile 'tests/lua/plugins/kit.lua'

local FIXTURE = 'tests/fixtures/refs/shell'
local HERE = 'cd "$(dirname "$0")"\n'

-- The paths that a script in the folder `s` names, each with its target.
local function script(lines)
  local files = { ['s/x.sh'] = '#!/bin/bash\n' .. lines }
  for _, path in ipairs { 'a/b.txt', 'a/c.sh', 's/l.sh', 's/d/e.txt' } do files[path] = 'x: 1\n' end
  local out = {}
  for _, line in ipairs(kit.of(files, 'shell')) do
    out[#out + 1] = line:match('shell%.path (.-):') or line:match('unknown .*') or line
  end
  return table.concat(out, ', ')
end

local function words(text, syntax)
  local shell, out = require 'ifx.plugin'.registry {}:load 'shell'.library, {}
  for _, item in ipairs(shell.parse(text, syntax)) do
    local said = {}
    for i, word in ipairs(item.words or {}) do said[i] = (word.redirect and '>' or '') .. shell.show(word) end
    out[#out + 1] = item.words and table.concat(said, ' ') or item.open and '(' or item.open == false and ')' or item.define
  end
  return table.concat(out, ' | ')
end

describe('the finder of shell scripts', function()
  it('finds every form of the fixture, and lists what it does not understand', function()
    assert.are.same(kit.expected 'shell.txt', kit.lines(kit.graph(FIXTURE, 'shell')))
  end)

  it('points at exactly the bytes that name a path', function()
    local fs = require 'fs'
    for _, ref in ipairs(kit.graph(FIXTURE, 'shell').references) do
      local bytes = fs.read(fs.join(FIXTURE, ref.file)):sub(ref.start, ref.stop)
      assert.are.equal(ref.text, bytes, ref.file .. ':' .. ref.line)
    end
  end)

  it('follows what moves, and the way to the root of a script that moves', function()
    local edits, listed, plan = kit.moves(FIXTURE, 'shell', { ['apps/web'] = 'workloads/team/web', scripts = 'tools/hack' })
    assert.are.same({}, plan.problems)
    assert.are.same({ 'scripts/deploy.sh:11 apps: a text, not a reference that a tool reads' }, listed)
    local said = table.concat(edits, '\n')
    for _, edit in ipairs {
      'scripts/deploy.sh:4 .. -> ../..', 'scripts/deploy.sh:5 apps -> workloads/team',
      'scripts/deploy.sh:10 apps/web -> workloads/team/web', 'scripts/enter.sh:3 ../apps/web/values.yaml -> ../../workloads',
      'scripts/enter.sh:4 .. -> ../..', 'scripts/other.sh:4 scripts/deploy.sh -> tools/hack/deploy.sh',
      'scripts/top.sh:17 apps/web/values.yaml -> workloads/team/web/values.yaml',
    } do
      assert.truthy(said:find(edit, 1, true), edit .. '\n' .. said)
    end
    assert.falsy(said:find('lib/common.sh', 1, true))
  end)

  it('names the folder before what stands behind a quote', function()
    local top = 'cd "$(dirname "$0")/.."\n'
    local function of(lines) return (script(top .. lines):gsub('^%.%. %-> dir %(root%)[, ]*', '')) end
    assert.are.equal('a -> dir a', of 'cat "a"/*.yaml')
    assert.are.equal('a -> dir a', of 'cat "a/"*.txt')
    assert.are.equal('s/d -> dir s/d', of 'cat "s/d"/e.txt')
    assert.are.equal('', of 'cat "b"/*.yaml "" "$X"/y')
    assert.matches('s/d %-> dir s/d$', script 'X="$(dirname "$0")/.."\ncat "$X/s/d"/*.txt')
  end)

  it('knows no folder where the caller decides it', function()
    assert.are.equal('', script 'cat a/b.txt; kubectl apply -f a/none.yaml; ./a/none.sh; source s/none.sh')
    assert.are.equal('unknown $X/y: a variable or an expression fills it in', script 'cd "$X/y"; cat a/b.txt')
  end)

  it('guesses the folder that a script goes to first, where only the root or its own folder has it: a text', function()
    assert.are.equal('b.txt -> file a/b.txt', script 'cd a && cat b.txt none.txt; . ./none.sh')
    assert.are.equal('e.txt -> file s/d/e.txt', script 'cd d\ncat e.txt')
    assert.are.equal('b.txt -> file a/b.txt, ../s -> dir s, l.sh -> file s/l.sh',
      script 'cd a\ncat b.txt\ncd ../s\ncat l.sh; cd $X; cat l.sh')
    assert.are.equal('c.sh -> file a/c.sh', script 'cd a; here=$PWD; cd /; cat $here/c.sh $here/none.sh; cd a; cat b.txt')
    assert.are.equal('', script '(cd a); cat b.txt')
    assert.are.equal('', script 'if x; then cd a; fi; cat b.txt')
    assert.are.equal('l.sh -> file s/l.sh', script 'cd s; cat l.sh; cd gone; cat b.txt; cd a; cat b.txt')
    local both = kit.of({ ['s/x.sh'] = 'cd a; cat b.txt', ['s/a/b.txt'] = '', ['a/b.txt'] = '' }, 'shell')
    assert.are.same({}, both)
    local graph = require 'ifx.repo.graph'.build(require 'ifx.repo.base'.new({ kind = 'folder' }, {
      { path = 'x.sh', mode = '100644' }, { path = 'a/b.txt', mode = '100644' },
    }, function(_, entry) return entry.path == 'x.sh' and 'cd a\ncat b.txt' or '' end), kit.options 'shell')
    assert.are.equal('a/b.txt', graph.references[1].target)
    assert.is_false(graph.references[1].exact)
  end)

  it('reads the folder that kubectl builds, with or without a slash', function()
    assert.are.equal('d -> dir s/d, d/e.txt -> file s/d/e.txt',
      script(HERE .. 'kubectl kustomize d --enable-helm | kubectl apply -f d/e.txt -n d'))
    assert.are.equal('d -> dir s/d', script(HERE .. 'kubectl kustomize -n d d'))
  end)

  it('knows the folder of the script by its idioms', function()
    for _, place in ipairs {
      'cd "$(dirname "$0")"', 'cd $(dirname $0)',
      'cd -- "$(dirname -- "${BASH_SOURCE[0]}")"', 'cd "${0%/*}"', 'cd "${0:A:h}"',
      'cd "$(dirname "$(readlink -f "$0")")"', 'cd "$(cd "$(dirname "$0")" && pwd)"', 'cd `dirname $0`',
      'X=$(dirname "$0"); cd $X',
      'cd "$(dirname "$(realpath "${BASH_SOURCE}")")"', 'D="${BASH_SOURCE%/*}"; cd "$D" || exit',
      'cd "$(git rev-parse --show-toplevel)/s"',
      'pushd "$(dirname "$0")" > /dev/null',
    } do
      assert.are.equal('l.sh -> file s/l.sh', (script(place .. '\n. l.sh'):gsub('^s %-> dir s, ', '')), place)
    end
  end)

  it('forgets a folder that it cannot be sure of', function()
    assert.are.equal('d -> dir s/d', script(HERE .. 'if x; then cd d; fi\ncat e.txt d/e.txt'))
    assert.are.equal('d -> dir s/d, d/e.txt -> file s/d/e.txt', script(HERE .. 'if x; then cd d; else cat d/e.txt; fi'))
    assert.are.equal('d -> dir s/d, d -> dir s/d', script(HERE .. '[ -d d ] && cd d\ncat e.txt d/e.txt'))
    assert.are.equal('d -> dir s/d', script(HERE .. 'for x in 1 2; do cd d; done\ncat e.txt'))
    assert.are.equal('d -> dir s/d, d/e.txt -> file s/d/e.txt',
      script(HERE .. 'case $1 in a) cd d ;; b) cat d/e.txt ;; esac\ncat d/e.txt'))
    assert.are.equal('l.sh -> file s/l.sh', script('X=$(dirname "$0")\n. $X/l.sh\nif x; then X=/; fi\n. $X/l.sh'))
    assert.are.equal('', script('X=$(dirname "$0")\nread X\n. $X/l.sh'))
  end)

  it('runs a function where it is called', function()
    assert.are.equal('l.sh -> file s/l.sh', script('f() { . l.sh; }\n' .. HERE .. 'f'))
    assert.are.equal('l.sh -> file s/l.sh', script('function f { . l.sh\n}\n' .. HERE .. 'f\nf'))
    assert.are.equal('d -> dir s/d', script('f() { . l.sh; }\n' .. HERE .. 'f\ncd d; f'))
    assert.are.equal('d -> dir s/d', script('f() { cd d; }\n' .. HERE .. 'f\n. l.sh'))
    assert.are.equal('', script('f() { . l.sh; }\n' .. HERE))
  end)

  it('says that a script is broken without what it cannot do without', function()
    local function said(text) return kit.of({ ['x.sh'] = '#!/bin/sh\n' .. text, ['a'] = 'x' }, 'shell')[1] end
    assert.are.equal('x.sh:2:20 shell.path n.sh -> path n.sh: BROKEN does not exist', said '. "$(dirname "$0")/n.sh"')
    assert.is_nil(said '. "$(dirname "$0")/.env"')
    local made = { ['h/x'] = '#!/bin/sh\n. "$(dirname -- "$0")/_/n.sh"\n. "$(dirname -- "$0")/n.sh"' }
    assert.are.same({
      'h/x:2:23 shell.path _/n.sh -> path h/_/n.sh: ? does not exist; its folder is not there either: '
        .. 'a build or an installation may make it',
      'h/x:3:23 shell.path n.sh -> path h/n.sh: BROKEN does not exist',
    }, kit.of(made, 'shell'))
    assert.is_nil(said '[ -f ${0%/*}/n.sh ] && cat ${0%/*}/n.sh')
    assert.is_nil(said '[ -f ${0%/*}/n.sh ] && ${0%/*}/n.sh')
  end)

  it('reads only what the shell runs', function()
    local body = '\n. ${0%/*}/x.sh\n'
    local files = { ['s/a'] = '#!/usr/bin/env python3' .. body, ['s/b'] = '#!/bin/dash' .. body, ['s/c'] = '# #!' .. body,
      ['s/d.sh'] = '#!/usr/bin/fish' .. body, ['s/f.sh.j2'] = '#!/bin/sh' .. body, ['s/x.sh'] = 'x',
      ['s/e'] = '#!/usr/bin/env -S bash -e' .. body }
    local found = table.concat(kit.of(files, 'shell'), '\n')
    assert.are.equal('s/b:2:11 shell.path x.sh -> file s/x.sh: ok\ns/e:2:11 shell.path x.sh -> file s/x.sh: ok', found)
  end)
end)

describe('the reading of the shell', function()
  it('splits commands and words', function()
    assert.are.equal('a b c | d >e | f', words 'a "b" c | d > e && f # g')
    assert.are.equal('( | ( | c | ) | b $(c) | ) | a $(b "$(c)") d', words 'a $(b "$(c)") d')
    assert.are.equal('f | { | a | }', words 'f() { \n a; }')
    assert.are.equal('if x | then $(( 1 + (2) )) | fi', words 'if x; then $(( 1 + (2) )); fi')
    assert.are.equal("a $'b\\'c' d", words "a $'b\\'c' d")
    assert.are.equal('a ${x:-${y}} b', words 'a ${x:-${y}} b')
    assert.are.equal('x=', words 'x=(a b)')
  end)

  it('reads no text that is handed to a command', function()
    assert.are.equal('cat | b', words 'cat <<EOF\na\n EOF\nEOF\nb')
    assert.are.equal('cat | b', words "cat <<-'EOF'\na\n\tEOF\nb")
    assert.are.equal('cat | b', words 'cat <<\\EOF\na\nEOF\nb')
    assert.are.equal('cat | b', words 'cat <<"A" <<B\nA\na\nB\nb')
  end)

  it('knows what fills in before the shell reads', function()
    assert.are.equal('a {{ b c }}/d {{e}}', words('a {{ b c }}/d "{{e}}"', { templates = true }))
    assert.are.equal('( | d | ) | a $(B)/c $$(d) $@', words('a $(B)/c $$(d) $@', { make = true }))
  end)

  it('survives what is cut off, or nested without end', function()
    assert.are.equal('../a/b.txt -> file a/b.txt', script(HERE .. 'cat ../a/b.txt\nlocal\nfor\n'))
    for _, text in ipairs { '$(', '"', "'", '${', '${{', '`', '\\', '<<', '>', '((',
      'a=(', '$((', '<(', '&>', ')', '|', "$'", '{{', ';;' } do
      for _, syntax in ipairs { {}, { templates = true }, { make = true } } do
        assert.has_no.errors(function() words(text, syntax) end)
        assert.has_no.errors(function() words('"' .. text, syntax) end)
      end
    end
    assert.has_no.errors(function() words(('$('):rep(20000)) end)
    assert.has_no.errors(function() words(('('):rep(20000)) end)
  end)
end)

#!/usr/bin/env bash
# plugin.sh IFX: plugins as a person meets them: list, info, new, test; endless code in them.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
dir=$scratch
mkdir "$dir/repo" && cd "$dir/repo" || exit 1

call plugin new makefiles
ok 'new' $rc 0 "$out" "made $dir/repo/plugins/makefiles"
call plugin test makefiles
ok 'a new plugin passes its tests at once' $rc 0 "$out" '2 passed, 0 failed'
call plugin new makefiles
ok 'new over something' $rc 1 "$out" 'there is already something at'
call plugin new Bad_Name
ok 'new with a bad name' $rc 1 "$out" 'must be lower-case letters'
call plugin list
ok 'list' $rc 0 "$out" makefiles repository ready kustomize installed
call plugin list --json
ok 'list --json' $rc 0 "$out" '"format": "ifx.plugins/1"' '"name": "makefiles"'
call plugin info makefiles
ok 'info' $rc 0 "$out" 'makefiles 0.1.0 (repository, ready)' 'references: makefiles.include' 'reaches nothing outside ifx'
call plugin info makefile
ok 'info of a misspelt name' $rc 1 "$out" "did you mean 'makefiles'?"
call plugin ls
ok 'no such action' $rc 64 "$out" "'ls' is none of list, info, new, test"
call plugin info
ok 'info of nothing' $rc 64 "$out" 'the name of a plugin is missing'

# The references of the new plugin are found like all others.
printf 'include rules.mk\n' >Makefile
git init -q . && git add Makefile
call refs
ok 'refs uses a trusted plugin' $rc 0 "$out" makefiles.include rules.mk

echo '-- changed' >>plugins/makefiles/init.lua
call plugin test makefiles
ok 'a changed plugin is not trusted' $rc 1 "$out" 'init.lua has changed since it was trusted' '--trust'
call refs
ok 'refs lists it and runs nothing of it' $rc 0 "$out" 'makefiles'
grep -qF makefiles.include <<<"$out" && wrong 'refs ran a plugin that nobody trusts'
call plugin test makefiles --trust
ok 'test --trust' $rc 0 "$out" '2 passed, 0 failed'

sed -i "s/expect = {}/expect = { { text = 'x' } }/" plugins/makefiles/tests/makefiles_spec.lua
call plugin test makefiles --trust
ok 'a failing spec' $rc 1 "$out" 'FAILED' '1 references were expected and 0 found' '1 passed, 1 failed'

cp plugins/makefiles/init.lua "$dir/init.lua"
printf 'local nothing\nlocal x = nothing.field\nreturn {}\n' >plugins/makefiles/init.lua
call plugin test makefiles --trust
ok 'a plugin that cannot be loaded: its own line' $rc 1 "$out" 'plugins/makefiles/init.lua:2: ' "attempt to index a nil value (local 'nothing')"
cp "$dir/init.lua" plugins/makefiles/init.lua

sed -i 's/^api: 1/api: 2/' plugins/makefiles/plugin.yaml
call plugin test makefiles
ok 'a newer API' $rc 1 "$out" 'plugin.yaml:3:6' 'plugin API 2, this ifx speaks 1'
rm -r plugins

# Code that never comes back. The user's plugins need no trust. A survey goes on without the plugin and says so.
evil() { # evil NAME CODE: a plugin of the user whose code runs when references are looked for
  mkdir -p "$XDG_CONFIG_HOME/ifx/plugins/$1"
  printf 'name: %s\nversion: 0.0.1\napi: 1\nsummary: s\ncontributes: { references: [%s.x] }\n' "$1" "$1" \
    >"$XDG_CONFIG_HOME/ifx/plugins/$1/plugin.yaml"
  printf 'local function find(file)\n  %s\nend\nreturn { references = { { kinds = { ["%s.x"] = "x" }, files = { "**" }, find = find } } }\n' \
    "$2" "$1" >"$XDG_CONFIG_HOME/ifx/plugins/$1/init.lua"
}
printf 'limits: { seconds: 500ms }\n' >"$XDG_CONFIG_HOME/ifx/config.yaml"
evil loop 'while true do pcall(function() while true do end end) end'
call check
ok 'an endless loop' $rc $rc "$out" 'plugin loop' 'its running time is used up' 'init.lua:2'
rm -r "$XDG_CONFIG_HOME/ifx/plugins/loop"

evil bomb 'return ("a"):rep(40):find(("a?"):rep(40) .. ("a"):rep(40))'
start=$SECONDS
call refs
ok 'a pattern bomb' $rc 1 "$out" 'plugin bomb' 'stuck in a library function' 'init.lua:2'
[ $((SECONDS - start)) -lt 60 ] || wrong 'the watchdog came late'
rm -r "$XDG_CONFIG_HOME/ifx/plugins/bomb"

evil hoard 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end'
printf 'limits: { seconds: 60, memory: 200 }\n' >"$XDG_CONFIG_HOME/ifx/config.yaml"
call check
ok 'a memory bomb' $rc $rc "$out" 'plugin hoard' 'memory'
rm -r "$XDG_CONFIG_HOME/ifx/plugins/hoard"

evil reach 'return fs.read("/etc/passwd")'
call check
ok 'a missing grant' $rc $rc "$out" 'plugin reach' "(global 'fs')" 'init.lua:2'
rm -r "$XDG_CONFIG_HOME/ifx/plugins/reach"

# A secret out of an encrypted file: what sops is asked for, and that its answer is the secret.
mkdir "$dir/bin"
printf '#!/bin/sh\nprintf "%%s|" "$@"\n' >"$dir/bin/sops" && chmod +x "$dir/bin/sops"
out=$(PATH=$dir/bin:$PATH "$ifx" eval "
  return require 'ifx.secret'.new({ sops = { file = 's.yaml', key = 'a.b-c[0]' } }, '$dir'):reveal()" 2>&1)
ok 'a secret from sops' $? 0 "$out" '--decrypt|--extract|["a"]["b-c"][0]|s.yaml|'

# Specs in general.
call test "$dir/repo"
ok 'no spec' $rc 1 "$out" 'there was no spec to run' '0 passed, 0 failed'
call test "$dir/none"
ok 'no folder' $rc 1 "$out" 'no such file or folder'
mkdir specs
cat >specs/a_spec.lua <<'LUA'
local task = require 'task'
describe('waiting', function()
  it('is possible in a spec', function() task.sleep(0.01) assert.has_error(function() task.sleep(0) error('x', 0) end, 'x') end)
  it('is left for later', function() pending('not here') end)
  it('fails', function() assert.equal(1, 2) end)
end)
LUA
call test specs
ok 'test' $rc 1 "$out" 'skipped: waiting is left for later' 'FAILED' 'specs/a_spec.lua:5' '1 passed, 1 failed, 1 skipped'
call test specs --filter possible
ok 'test --filter' $rc 0 "$out" '1 passed, 0 failed'
call test specs --json
ok 'test --json' $rc 1 "$out" '"format": "ifx.test/1"' '"passed": 1'
printf 'x = = 1\n' >specs/b_spec.lua
call test specs/b_spec.lua
ok 'a spec that does not parse' $rc 1 "$out" 'b_spec.lua:1' '0 passed, 1 failed'
cat >specs/c_spec.lua <<'LUA'
local left
it('leaves a process behind', function() left = require 'proc'.spawn { 'sleep', '30' } end)
it('goes on', function() assert.truthy(left) end)
LUA
call test specs/c_spec.lua
ok 'what a file leaves open' $rc 1 "$out" 'left open after the file' '2 passed, 1 failed'
out=$(LUA_PATH_5_4=/nowhere/?.lua "$ifx" test specs 2>&1)
ok 'without busted' $? 1 "$out" 'busted, which runs the specs, is not installed' 'apt-get install lua-busted'

finish

#!/usr/bin/env bash
# trust.sh IFX: code of a repository runs only after a person has seen what it may reach.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
dir=$scratch
repo=$dir/repo
mkdir -p "$repo/plugins/evil" "$repo/recipes" && cd "$repo" || exit 1

untouched() { # untouched WHAT: the plugin has not run
  if [ -e "$repo/ran" ]; then wrong "$1: it ran"; rm -f "$repo/ran"; else pass; fi
}

cat >plugins/evil/plugin.yaml <<'YAML'
name: evil
version: 1.0.0
api: 1
summary: Leaves a mark
contributes: { references: [evil.x] }
grants: { exec: [touch], write: [.] }
config: { url: { type: url, env: EVIL_URL } }
YAML
cat >plugins/evil/init.lua <<'LUA'
fs.write('ran', 'x')
return { references = { { kinds = { ['evil.x'] = 'x' }, files = { '**' }, find = function() return {} end } } }
LUA
echo 'return { summary = "x", plan = function() return {} end }' >recipes/job.lua
printf 'plugins:\n  evil:\n    config:\n      url: https://evil\n    instances:\n      a: { url: https://a }\n' >ifx.yaml
git init -q . && git add .

for command in 'refs' 'check' 'plugin list' 'plugin info evil' 'plugin test evil' 'plugin test'; do
  # shellcheck disable=SC2086
  call $command
  untouched "ifx $command on a stranger's repository"
done
call plugin list
ok 'listed, not loaded' $rc 0 "$out" 'evil' 'untrusted' 'nobody has trusted it yet'

call trust
ok 'trust asks, and cannot without a terminal' $rc 1 "$out" 'plugin evil: nobody has trusted it yet' 'runs touch' 'writes .' \
  'takes from the environment EVIL_URL' 'recipe job' 'configuration ifx.yaml' 'ifx trust --yes'
call trust --list
ok 'nothing was recorded' $rc 0 "$out" 'nothing is trusted'
untouched 'ifx trust'

if command -v script >/dev/null; then
  out=$(printf 'n\n' | script -qec "$ifx trust" /dev/null 2>&1)
  ok 'no is no' 0 0 "$out" 'Trust these 3?' 'nothing was changed'
  out=$(printf 'y\n' | script -qec "$ifx trust plugins/evil" /dev/null 2>&1)
  ok 'yes is yes' 0 0 "$out" 'Trust this?' "trusted: $repo/plugins/evil"
  call trust --revoke plugins/evil
  ok 'revoke' $rc 0 "$out" "no longer trusted: $repo/plugins/evil"
fi

call trust --yes
ok 'trust --yes' $rc 0 "$out" "trusted: $repo/plugins/evil" "trusted: $repo/recipes/job.lua" "trusted: $repo/ifx.yaml"
call trust --yes
ok 'trusting again changes nothing' $rc 0 "$out" 'plugin evil: is trusted'
call trust --list
ok 'trust --list' $rc 0 "$out" "plugin evil  $repo/plugins/evil" 'runs touch'
call trust --list --json
ok 'trust --list --json' $rc 0 "$out" '"format": "ifx.trusted/1"'
call refs
ok 'a trusted plugin runs' $rc 0 "$out"
[ -e ran ] || wrong 'a trusted plugin did not run'
rm -f ran

echo '-- one more byte' >>plugins/evil/init.lua
call refs
untouched 'a changed plugin'
call plugin list
ok 'says which file changed' $rc 0 "$out" 'init.lua has changed since it was trusted'
git checkout -q plugins/evil/init.lua
echo x >plugins/evil/extra
call refs
untouched 'a plugin with one more file'
rm plugins/evil/extra

ln -s ../../recipes/job.lua plugins/evil/link.lua
call trust
ok 'a link that leads outside' $rc 1 "$out" 'link.lua is a symbolic link that leads outside'
call refs
untouched 'a plugin with a link that leads outside'
rm plugins/evil/link.lua

call trust --revoke
ok 'revoke all of a repository' $rc 0 "$out" "no longer trusted: $repo/plugins/evil" "$repo/ifx.yaml"
call refs
untouched 'a plugin that is trusted no longer'
call trust --revoke
ok 'revoke nothing' $rc 1 "$out" 'nothing is trusted at'

printf 'grant: {}\n' >>plugins/evil/plugin.yaml
call trust --yes
ok 'a broken manifest cannot be trusted' $rc 1 "$out" 'plugin.yaml:8:1' 'grant: unknown field' 'did you mean grants?'
mkdir -p "$dir/config/ifx/plugins"
git checkout -q plugins && cp -r plugins/evil "$dir/config/ifx/plugins/evil"
call trust --yes
ok 'a name that is taken cannot be trusted' $rc 1 "$out" 'two plugins are named evil' "$dir/config/ifx/plugins/evil" "$repo/plugins/evil"
call trust README
ok 'nothing there' $rc 1 "$out" 'no such file or folder'

finish

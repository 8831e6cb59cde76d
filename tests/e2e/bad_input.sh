#!/usr/bin/env bash
# bad_input.sh IFX: what a person is told when something is wrong: what, where, why, what to do next.
# SPDX-License-Identifier: Apache-2.0
#
# Shown elsewhere, each through the program: an endless loop, a pattern bomb, a memory bomb and a missing grant in
# plugin.sh (the loop's effect on the exit status is here); a plugin, recipe or configuration that nobody trusts in
# trust.sh; stale plans, dirty trees and files that are no plan in run.sh.
set -u
. "$(dirname "$0")/check.bash"
here=$(dirname "$0")
cc=$(command -v "${CC:-cc}") || { echo 'no C compiler'; exit 77; }
sanitized() { # a sanitizer's runtime wants to be the first library, and has memory of its own
  ldd "$ifx" | grep -q 'lib[at]san'
}
"$cc" -shared -fPIC -O1 -D_GNU_SOURCE -o "$scratch/fail_read.so" "$here/fail_read.c" -ldl || exit 1
"$cc" -O1 -D_GNU_SOURCE -o "$scratch/peak" "$here/peak.c" || exit 1

src=$scratch/src
git init -q -b main "$src"
mkdir -p "$src/apps/web"
printf 'resources: [deployment.yaml]\n' >"$src/apps/web/kustomization.yaml"
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n' >"$src/apps/web/deployment.yaml"
printf 'resources: [apps/web]\n' >"$src/kustomization.yaml"
git -C "$src" add -A && git -C "$src" commit -q -m first
printf '# more\n' >>"$src/apps/web/deployment.yaml"
git -C "$src" commit -q -a -m second
git -C "$src" config uploadpack.allowFilter true

layout() { # layout FILE ROWS: a layout file with these rows, each "from to"
  local file=$1 row
  shift
  printf 'layout: 1\nname: test\nsummary: A test\nmoves:\n' >"$file"
  for row; do printf -- "  - { from: '%s', to: '%s' }\n" "${row% *}" "${row#* }" >>"$file"; done
}
layout "$scratch/web.yaml" 'apps/web/* services/${base}'
restructure() { # restructure REPO ARG…
  local repo=$1
  shift
  call run restructure -C "$repo" "$@"
}

# --- not a repository
mkdir "$scratch/plain"
printf 'resources: [gone.yaml]\n' >"$scratch/plain/kustomization.yaml"
restructure "$scratch/plain" --layout "$scratch/web.yaml"
ok 'not a repository' $rc 1 "$out" "$scratch/plain: " 'not a git repository' 'hint: go into one, or name it: -C DIR'
call refs "$scratch/plain"
ok 'a plain folder can be read' $rc 0 "$out" 'kustomization.yaml:1:13  kustomize.resources  gone.yaml  BROKEN: does not exist'
call refs nowhere -C "$scratch/plain"
ok 'neither folder nor revision' $rc 1 "$out" "$scratch/plain/nowhere: " 'no such folder, and no repository here' 'hint: name a folder'
call refs v9 -C "$src"
ok 'no such revision' $rc 1 "$out" "$src: " "'v9' names no commit" 'hint: git branch -a and git tag list'
git init -q "$scratch/empty"
restructure "$scratch/empty" --layout "$scratch/web.yaml"
ok 'a repository without a commit' $rc 1 "$out" "$scratch/empty: " 'nothing was committed yet' 'hint: '

# --- shallow and partial clones
git clone -q --depth 1 "file://$src" "$scratch/shallow"
restructure "$scratch/shallow" --layout "$scratch/web.yaml"
ok 'a shallow clone' $rc 1 "$out" "$scratch/shallow: " 'the history of a moved file could not be followed' 'hint: git fetch --unshallow'
git -C "$scratch/shallow" fetch -q --unshallow
restructure "$scratch/shallow" --layout "$scratch/web.yaml"
ok 'what the hint says helps' $rc 0 "$out" 'services/deployment.yaml'

git clone -q --filter=blob:none --no-checkout "file://$src" "$scratch/partial"
objects() { git -C "$scratch/partial" count-objects -v; }
had=$(objects)
restructure "$scratch/partial" --layout "$scratch/web.yaml"
ok 'a partial clone' $rc 1 "$out" "$scratch/partial: " 'a partial clone: 3 objects of HEAD are missing here' 'hint: git fetch --refetch --no-filter'
restructure "$scratch/partial"
ok 'which layouts fit says what it did not see' $rc 0 "$out" 'its content is not in this partial clone: apps/web/deployment.yaml'
call check HEAD -C "$scratch/partial"
ok 'files without content are listed' $rc 0 "$out" 'its content is not in this partial clone (3)' 'apps/web/kustomization.yaml'
call refs HEAD -C "$scratch/partial"
ok 'and harm nothing' $rc 0 "$out"
equal 'nothing was fetched' "$had" "$(objects)"
git -C "$scratch/partial" fetch -q --refetch --no-filter 2>/dev/null
git -C "$scratch/partial" reset -q --hard
restructure "$scratch/partial" --layout "$scratch/web.yaml"
ok 'what the hint says helps' $rc 0 "$out" 'services/deployment.yaml'

# --- files that cannot be read
cp -r "$src" "$scratch/locked"
chmod 0 "$scratch/locked/apps/web/kustomization.yaml"
mkdir -p "$scratch/folder/shut"
chmod 0 "$scratch/folder/shut"
as_other() { call "$@"; }
if [ "$(id -u)" = 0 ]; then # root can read everything: be somebody else
  chmod 755 "$scratch" && chown -R 65534 "$scratch/locked" "$scratch/folder"
  as_other() {
    out=$(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent XDG_STATE_HOME=/nonexistent "$ifx" "$@" 2>&1 </dev/null) && rc=0 || rc=$?
  }
fi
as_other check "$scratch/locked"
ok 'check: an unreadable file' $rc 1 "$out" 'files that cannot be read (1):' \
  'apps/web/kustomization.yaml  cannot open: Permission denied' 'hint: look at its permissions'
as_other refs "$scratch/locked"
ok 'refs: an unreadable file' $rc 0 "$out" 'kustomization.yaml:1:13  kustomize.resources  apps/web' \
  'apps/web/kustomization.yaml  cannot open: Permission denied'
as_other check "$scratch/locked" --json
ok 'as JSON' $rc 1 "$out" '"file": "apps/web/kustomization.yaml"' '"message": "cannot open: Permission denied"' '"hint": "look at'
as_other check "$scratch/folder"
ok 'an unreadable folder' $rc 1 "$out" "$scratch/folder/shut: " 'cannot open the folder: Permission denied' 'hint: look at its permissions'
chmod 700 "$scratch/folder/shut"

if sanitized; then
  echo 'skipped with sanitizers: reads that fail half-way'
else
  cp -r "$src" "$scratch/broken"
  for i in $(seq 2000); do echo "# line $i"; done >>"$scratch/broken/apps/web/kustomization.yaml"
  half() {
    out=$(FAIL_READ_PATH=$1 FAIL_READ_AFTER=9000 LD_PRELOAD=$scratch/fail_read.so "$ifx" "${@:2}" 2>&1 </dev/null) && rc=0 || rc=$?
  }
  half web/kustomization.yaml check "$scratch/broken"
  ok 'a read that fails half-way' $rc 1 "$out" 'apps/web/kustomization.yaml  reading failed: Input/output error' 'hint: the disk or the file system failed'
  grep -q 'kustomization.yaml:1:13.*deployment' <<<"$out" && wrong 'half a file was taken for a whole one'
  for i in $(seq 2000); do echo "# line $i"; done >>"$scratch/web.yaml"
  half web.yaml run restructure -C "$src" --layout "$scratch/web.yaml"
  ok 'the same in a layout' $rc 1 "$out" "$scratch/web.yaml: " 'reading failed: Input/output error' 'hint: the disk'
fi

# --- invalid YAML, and fields that nobody knows
cp -r "$src" "$scratch/invalid"
printf 'resources:\n  - deployment.yaml\n bad: [\n' >"$scratch/invalid/apps/web/kustomization.yaml"
call check "$scratch/invalid"
ok 'a manifest that does not parse' $rc 1 "$out" 'apps/web/kustomization.yaml:3:2  ' 'hint: '
printf 'layout: 1\nname: [x\nsummary: s\n' >"$scratch/bad.yaml"
restructure "$src" --layout "$scratch/bad.yaml"
ok 'a layout that does not parse' $rc 1 "$out" "$scratch/bad.yaml:3:" '    3 | summary: s' '^' 'hint: is a quote or bracket left open?'
printf 'layout: 1\nname: x\nsummary: s\nmovess: []\n' >"$scratch/bad.yaml"
restructure "$src" --layout "$scratch/bad.yaml"
ok 'an unknown field of a layout' $rc 1 "$out" "$scratch/bad.yaml:4:1: " 'movess: unknown field' '    4 | movess: []' 'hint: did you mean moves?'
printf 'layout: 1\nname: x\nsummary: s\nmoves:\n  - from: a\n    too: b\n' >"$scratch/bad.yaml"
restructure "$src" --layout "$scratch/bad.yaml"
ok 'an unknown field of a row' $rc 1 "$out" "$scratch/bad.yaml:6:5: " 'too: unknown field' 'did you mean to?'
layout "$scratch/bad.yaml" 'apps/* new/${bose}'
restructure "$src" --layout "$scratch/bad.yaml"
ok 'an unknown variable' $rc 1 "$out" "$scratch/bad.yaml:5:" "there is no variable 'bose' here" "hint: did you mean 'base'?"
layout "$scratch/bad.yaml" 'apps/* ../${base}'
restructure "$src" --layout "$scratch/bad.yaml"
ok 'a target outside' $rc 1 "$out" "$scratch/bad.yaml:5:" 'must not leave the repository: ..'
restructure "$src" --layout "$scratch/none.yaml"
ok 'no such layout' $rc 1 "$out" "there is no layout '$scratch/none.yaml'" 'hint: there are: flux-full, flux-minimal'
restructure "$src" --layout ../bad.yaml
ok 'a layout outside' $rc 1 "$out" "it leads out of $src" 'hint: copy it into that folder'

# --- targets that are taken
cp -r "$src" "$scratch/taken"
mkdir "$scratch/taken/services"
printf 'kind: x\n' >"$scratch/taken/services/deployment.yaml"
git -C "$scratch/taken" add -A && git -C "$scratch/taken" commit -q -m taken
layout "$scratch/web.yaml" 'apps/web/* services/${base}'
restructure "$scratch/taken" --layout "$scratch/web.yaml" --apply
ok 'a target over a file' $rc 1 "$out" 'apps/web/deployment.yaml -> services/deployment.yaml: a file that stays is already there' 'hint: change the rows'
equal 'and nothing was made' '* main' "$(git -C "$scratch/taken" branch)"

# --- symbolic links that lead outside
cp -r "$src" "$scratch/links"
ln -s ../../../outside.yaml "$scratch/links/apps/web/out.yaml"
ln -s /etc "$scratch/links/services"
printf 'resources: [deployment.yaml, out.yaml]\n' >"$scratch/links/apps/web/kustomization.yaml"
printf 'outside: secret\n' >"$scratch/outside.yaml"
git -C "$scratch/links" add -A && git -C "$scratch/links" commit -q -m links
call check "$scratch/links"
ok 'links that lead outside' $rc 1 "$out" 'apps/web/out.yaml:1:1  symlink  ../../../outside.yaml: leads outside of the repository' \
  'apps/web/kustomization.yaml:1:30  kustomize.resources  out.yaml: a symbolic link that leads nowhere in this tree'
grep -q secret <<<"$out" && wrong 'a file outside was read'
restructure "$scratch/links" --layout "$scratch/web.yaml"
ok 'a target below a link' $rc 1 "$out" "'services' is a symbolic link, not a directory" 'hint: change the rows'
equal 'one line for each file' 3 "$(grep -c "'services' is a symbolic link" <<<"$out")"

# --- a file of 100 MB
cp -r "$src" "$scratch/big"
head -c 104857600 /dev/zero | tr '\0' 'a' >"$scratch/big/apps/web/big.yaml"
printf 'resources: [deployment.yaml, big.yaml]\n' >"$scratch/big/apps/web/kustomization.yaml"
git -C "$scratch/big" add -A && git -C "$scratch/big" commit -q -m big
bounded() { # bounded WHAT ARG…: less than 300 MB and 60 s
  local what=$1 kib seconds
  shift
  out=$("$scratch/peak" "$scratch/peak.out" "$ifx" "$@" 2>&1 </dev/null) && rc=0 || rc=$?
  read -r kib seconds <"$scratch/peak.out"
  sanitized || holds "$what: $kib KiB" test "$kib" -lt 300000
  holds "$what: $seconds s" test "$seconds" -lt 60
}
bounded 'check of 100 MB' check "$scratch/big"
ok 'check of 100 MB' $rc 0 "$out" 'too large to be searched: 104857600 bytes' 'apps/web/big.yaml'
bounded 'check of 100 MB in a commit' check HEAD -C "$scratch/big"
ok 'check of 100 MB in a commit' $rc 0 "$out" 'too large to be searched: 104857600 bytes'
bounded 'restructure of 100 MB' run restructure -C "$scratch/big" --layout "$scratch/web.yaml" --apply
ok 'restructure of 100 MB' $rc 0 "$out" 'too large to be searched' "branch 'ifx/test'"
equal 'the file moved' "$(git -C "$scratch/big" rev-parse main:apps/web/big.yaml)" "$(git -C "$scratch/big" rev-parse ifx/test:services/big.yaml 2>&1)"
for file in layout plan; do
  cp "$scratch/big/apps/web/big.yaml" "$scratch/huge"
  [ $file = layout ] && bounded "a $file of 100 MB" run restructure -C "$src" --layout "$scratch/huge"
  [ $file = plan ] && bounded "a $file of 100 MB" apply "$scratch/huge"
  ok "a $file of 100 MB" $rc 1 "$out" "$scratch/huge: " '104857600 bytes'
done
rm -r "$scratch/big" "$scratch/huge"

# --- names that are not UTF-8, and names with control characters
cp -r "$src" "$scratch/names"
cd "$scratch/names" || exit 1
odd=$(printf 'apps/caf\351') ugly=$(printf 'a\033[31m\nb.yaml')
mkdir "$odd"
printf 'resources: [gone.yaml]\n' >"$odd/kustomization.yaml"
printf 'x: 1\n' >"$ugly"
git add -A && git commit -q -m names
cd "$OLDPWD" || exit 1
for what in "$scratch/names" HEAD; do
  call check "$what" -C "$scratch/names"
  ok "check of such names, $what" $rc 1 "$out" 'apps/caf\xE9/kustomization.yaml:1:13  kustomize.resources  gone.yaml: does not exist'
  call refs "$what" -C "$scratch/names" --json
  ok "refs of such names, $what" $rc 0 "$out" '"file": "apps/caf\\xE9/kustomization.yaml"' '"resolved": false'
done
restructure "$scratch/names" --layout "$scratch/web.yaml" --apply
ok 'such files may stay where they are' $rc 0 "$out" 'apps/caf\xE9/' 'a\x1B[31m'
equal 'and keep their names' "$(git -C "$scratch/names" rev-parse "main:$odd")" "$(git -C "$scratch/names" rev-parse "ifx/test:$odd" 2>&1)"
layout "$scratch/odd.yaml" 'apps/caf*/* cafe/${base}'
restructure "$scratch/names" --layout "$scratch/odd.yaml" --branch odd
ok 'but not move' $rc 1 "$out" 'apps/caf\xE9/kustomization.yaml' 'not UTF-8' 'hint: '

# --- a plugin that fails: the answer is incomplete, and nothing is planned upon it unasked
mkdir -p "$XDG_CONFIG_HOME/ifx/plugins/loop"
printf 'limits: { seconds: 300ms }\n' >"$XDG_CONFIG_HOME/ifx/config.yaml"
printf 'name: loop\nversion: 0.0.1\napi: 1\nsummary: s\ncontributes: { references: [loop.x] }\n' >"$XDG_CONFIG_HOME/ifx/plugins/loop/plugin.yaml"
cat >"$XDG_CONFIG_HOME/ifx/plugins/loop/init.lua" <<'LUA'
local function find()
  while true do end
end
return { references = { { kinds = { ['loop.x'] = 'x' }, files = { '**/deployment.yaml' }, find = find } } }
LUA
call check "$src"
ok 'check when a plugin failed' $rc 1 "$out" 'apps/web/deployment.yaml  plugin loop failed here' 'init.lua:2' 'its running time is used up' 'hint: an endless loop?'
restructure "$src" --layout "$scratch/web.yaml" --apply
ok 'a plan when a plugin failed' $rc 1 "$out" 'plugin loop failed here' '--set accept=incomplete'
equal 'and nothing was made' '* main' "$(git -C "$src" branch)"
restructure "$src" --layout "$scratch/web.yaml" --apply --set accept=incomplete
ok 'unless a person accepts it' $rc 0 "$out" "branch 'ifx/test'"
finish

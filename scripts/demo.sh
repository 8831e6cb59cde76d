#!/usr/bin/env bash
# demo.sh IFX: restructure a sample repository in a temporary folder; nothing is left behind. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
program=$(realpath "$1")
here=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME=$dir/state XDG_CONFIG_HOME=$dir/config
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.org GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.org
cp -R "$here/tests/fixtures/sample" "$dir/home"
cd "$dir/home"
git init -q -b main .
git add -A
git commit -q -m 'home: everything in one root'
ifx() {
  printf '\n$ ifx %s\n' "$*"
  "$program" "$@"
}
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

echo 'A small Flux repository: two apps live inside the infrastructure root.'
show git ls-files
ifx refs
ifx run recipes/restructure.lua
restructure=(run recipes/restructure.lua --layout flux-minimal --apps blog,wiki --text)
ifx "${restructure[@]}"
printf '\nThat plan is blocked: on their way the cluster would delete the apps. So it is not applied:\n'
if refusal=$(ifx "${restructure[@]}" --apply 2>&1); then
  echo 'demo: a blocked plan was applied' >&2
  exit 1
fi
sed -n '2p; /^error: /,$p' <<<"$refusal"
show git branch --all
printf '\nWith the run-book read, and that one danger accepted by its name (the plan, as above, is left out):\n'
ifx "${restructure[@]}" --apply --set accept=prune | sed -un '1,2p; /^run [0-9]/,$p'
show git log --stat --format='%h %s' main..ifx/flux-minimal
ifx check ifx/flux-minimal
ifx runs list
ifx runs rollback last
show git branch --all
printf '\nNow on yours: cd into a repository and type  %s refs  (it only reads)\n' "$program"

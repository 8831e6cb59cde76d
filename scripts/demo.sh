#!/usr/bin/env bash
# demo.sh IFX: restructure a sample repository in a temporary folder; nothing is left behind. SPDX-License-Identifier: Apache-2.0
set -eu
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
ifx run recipes/restructure.lua --layout flux-minimal --apps blog,wiki --text --apply --yes --set accept=prune
show git log --stat --format='%h %s' main..ifx/flux-minimal
ifx check ifx/flux-minimal
ifx runs list
ifx runs rollback last
show git branch --all

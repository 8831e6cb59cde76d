#!/usr/bin/env bash
# refs.sh: `ifx refs` and `ifx check` as a person calls them. SPDX-License-Identifier: Apache-2.0
# usage: tests/e2e/refs.sh IFX
set -u
ifx=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_CONFIG_HOME=$dir/config XDG_STATE_HOME=$dir/state
passed=0 failed=0
check() { # check WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'FAILED: %s\n' "$what"; sed 's/^/  /' "$dir/out" "$dir/err"; fi
}
run() { # run STATUS ARGS…: the program's exit status must be STATUS; output goes to out and err
  local want=$1
  shift
  "$ifx" "$@" >"$dir/out" 2>"$dir/err"
  local got=$?
  check "exit status $got of: ifx $*" [ "$got" = "$want" ]
}
has() { check "output has: $1" grep -qF -- "$1" "$dir/out"; }
hasnt() { check "output lacks: $1" bash -c '! grep -qF -- "$0" "$1"' "$1" "$dir/out"; }
says() { check "error says: $1" grep -qF -- "$1" "$dir/err"; }

repo=$dir/repo
mkdir -p "$repo/base" "$repo/overlay" "$repo/plugins/evil"
cat >"$repo/overlay/kustomization.yaml" <<'Y'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../base
  - gone.yaml
Y
printf 'resources: [deploy.yaml]\n' >"$repo/base/kustomization.yaml"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' >"$repo/base/deploy.yaml"
printf 'The base is in `base/deploy.yaml`.\n' >"$repo/README.md"
printf 'name: evil\nversion: 0.1.0\napi: 1\nsummary: x\ncontributes: { references: [evil.x] }\n' >"$repo/plugins/evil/plugin.yaml"
printf 'error("the stranger ran")\n' >"$repo/plugins/evil/init.lua"
git -C "$repo" init -q && git -C "$repo" add -A
git -C "$repo" -c user.name=T -c user.email=t@example.org commit -qm first

run 0 refs "$repo"
has 'overlay/kustomization.yaml:4:5  kustomize.resources  ../base  -> base'
has 'overlay/kustomization.yaml:5:5  kustomize.resources  gone.yaml  BROKEN: does not exist'
has 'base/deploy.yaml'
says 'plugin evil of the repository was not run'
hasnt 'the stranger ran'
run 0 refs "$repo/overlay" --broken
has 'gone.yaml'
hasnt '../base'
run 0 refs -C "$repo" HEAD --exact
has '../base  -> base'
hasnt 'README.md'
run 0 refs "$repo" --kind text
hasnt 'kustomize.resources'
run 1 refs "$repo" --kind kustomize.resurces
says "did you mean 'kustomize.resources'"
run 0 refs "$repo" --json
has '"format": "ifx.refs/1"'
document() { jq -e "$1" "$dir/out" >/dev/null; } # document FILTER: what it printed is JSON, and that is true of it
check 'the document is JSON' document 'any(.references[]; .target == "base" and .resolved == true) and .untrusted[0].name == "evil"'

run 1 check "$repo"
has 'broken references (1):'
has 'overlay/kustomization.yaml:5:5  kustomize.resources  gone.yaml'
run 1 check "$repo" --json
has '"format": "ifx.check/1"'
run 0 check "$repo/base"
has '0 broken'

run 1 refs "$dir/none"
says 'no such folder'
mkdir "$dir/plain" && printf 'a: [1\n' >"$dir/plain/kustomization.yaml"
run 1 check "$dir/plain"
has 'kustomization.yaml:2:1'
run 64 refs a b
git -C "$dir" init -q --bare bare.git
run 1 refs "$dir/bare.git"
says "'HEAD' names no commit"

# Names and sizes that need care: bytes that are not UTF-8, a link that leads outside, 100 MB, a file nobody may read.
odd=$dir/odd
mkdir -p "$odd"
printf 'see a\n' >"$odd/$(printf 'caf\351.md')"
ln -s ../../outside "$odd/out"
truncate -s 100M "$odd/big.yaml"
run 1 check "$odd"
has 'out:1:1  symlink  ../../outside: leads outside of the repository'
has 'too large to be searched: 104857600 bytes'
run 0 refs "$odd" --json
check 'the document is JSON' document .format

printf '%d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))

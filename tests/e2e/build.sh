#!/usr/bin/env bash
# build.sh: `ifx build` as a person calls it; beside kubectl where that is. SPDX-License-Identifier: Apache-2.0
# usage: tests/e2e/build.sh IFX
set -u
. "$(dirname "$0")/check.bash"

repo=$scratch/repo
mkdir -p "$repo/base" "$repo/overlay" "$repo/empty"
printf 'resources: [a.yaml]\n' >"$repo/base/kustomization.yaml"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { n: "1", t: yes }\n' >"$repo/base/a.yaml"
printf 'resources: [../base, b.yaml]\n' >"$repo/overlay/kustomization.yaml"
printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: b }\n' >"$repo/overlay/b.yaml"
git -C "$repo" init -q && git -C "$repo" add -A && git -C "$repo" commit -qm one
cd "$repo" || exit 1

wanted='apiVersion: v1
kind: Namespace
metadata:
  name: b
---
apiVersion: v1
data:
  "n": "1"
  t: "yes"
kind: ConfigMap
metadata:
  name: a'
call build overlay
equal 'the objects of a folder' "$wanted" "$out"
if command -v kubectl >/dev/null; then
  equal 'what kubectl prints' "$(kubectl kustomize overlay)" "$out"
fi
call build -C overlay
equal 'from another folder' "$wanted" "$out"
call build overlay --reorder none
says 'in the order of the lists' 'name: a
---' "$out"
call build overlay -o "$scratch/out.yaml"
equal 'nothing on standard output' '' "$out"
equal 'into a file' "$wanted" "$(cat "$scratch/out.yaml")"
call build overlay --json
says 'as JSON' '"format": "ifx.build/1"' "$out"

printf 'broken: [\n' >base/kustomization.yaml
call build HEAD:overlay
equal 'of a revision, whatever the work tree holds' "$wanted" "$out"
call build overlay
equal 'a broken base is refused' 1 "$rc"
says 'with its place' 'base/kustomization.yaml:2' "$out"
call build HEAD:nowhere
says 'a folder that the revision has not' "'HEAD:nowhere' doesn't exist" "$out"
call build nowhere
says 'a folder that is not there' "'nowhere' doesn't exist" "$out"
call build empty
says 'a folder without a kustomization' "unable to find one of 'kustomization.yaml'" "$out"
call build overlay/b.yaml
says 'a file' 'must build at directory' "$out"
call build overlay --load-restrictor Sometimes
equal 'an unknown restrictor is wrong usage' 64 "$rc"
says 'and says which there are' 'LoadRestrictionsNone' "$out"

# --- words and options
git checkout -q base
call build -C empty -- ../overlay
equal 'a word behind --' "$wanted" "$out"
call build -- --json
ok 'is a word, whatever it looks like' "$rc" 1 "$out" "'--json' doesn't exist"
call version -- stray
ok 'of every command' "$rc" 64 "$out" "'stray' is one word too many"
call build -h
ok 'help where a person asks for it' "$rc" 0 "$out" 'usage: ifx build' '-o, --output FILE'
call build overlay --output "$scratch/out2.yaml"
equal 'the long name of -o' "$wanted" "$(cat "$scratch/out2.yaml")"
call build overlay -o "$scratch/a" --output "$scratch/b"
ok 'which is the same option' "$rc" 64 "$out" '-o is given twice'
call build --helm-command helm
ok 'an option of the other program' "$rc" 64 "$out" "there is no option '--helm-command'" 'ifx help build'
call build -e
ok 'a letter is near to no other' "$rc" 64 "$out" "there is no option '-e'" 'ifx help build'
call build -c overlay
says 'but to itself' "did you mean '-C'?" "$out"
call build overlay base
says 'the usage in its lines' '[-o FILE]' "$out"
case $out in *x0A*) wrong "a line break is shown as a byte: $out" ;; esac
finish

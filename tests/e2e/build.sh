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
# --- what is wrong, and where
printf 'namePrefix: a-\nresources:\n- ../bse\n' >overlay/kustomization.yaml
call build overlay
says 'the first line says what failed' 'error: overlay/kustomization.yaml:3:3: accumulating resources: ../bse' "$out"
says 'and what may be meant' "hint: did you mean '../base'?" "$out"
call build --all
ok 'also of one among all' "$rc" 1 "$out" "overlay/kustomization.yaml:3:3: '../bse' doesn't exist" "did you mean '../base'?"
document=$("$ifx" build overlay --json 2>/dev/null)
equal 'a document is printed also of what fails, with status 1' 1 $?
says 'with the reason as data' '"message": "'"'../bse' doesn't exist"'"' "$document"
says 'and the place' '"line": 3' "$document"
document=$("$ifx" build --all empty --json 2>/dev/null)
ok 'where there is nothing, too' $? 1 "$document" '"format": "ifx.build-all/1"' '"problems": [' 'nothing to build'
for field in configurations crds transformers generators; do
  printf 'resources: [../base]\n%s:\n- here.yaml\n- ../base/a.yml\n' "$field" >overlay/kustomization.yaml
  touch overlay/here.yaml
  call build overlay
  ok "a file that $field lacks" "$rc" 1 "$out" 'overlay/kustomization.yaml:4:3: ' "did you mean '../base/a.yaml'?"
done
printf 'resources: [../base]\nopenapi:\n  path: no.json\n' >overlay/kustomization.yaml
call build overlay
ok 'a schema that is not there' "$rc" 1 "$out" "overlay/kustomization.yaml:3:9: 'no.json' doesn't exist"
printf 'resources: [../base/a.yaml]\n' >overlay/kustomization.yaml
call build overlay
ok 'a file beside the folder' "$rc" 1 "$out" 'overlay/kustomization.yaml:1:13' 'security; file' 'LoadRestrictionsNone'
mkdir -p two
printf 'resources: [../two]\n' >overlay/kustomization.yaml
printf 'resources: [../overlay]\n' >two/kustomization.yaml
call build overlay
ok 'neighbours that name each other' "$rc" 1 "$out" 'two/kustomization.yaml:1:13' 'it leads back to where it came from'
printf 'resources: [../../repo]\n' >two/kustomization.yaml
cp base/kustomization.yaml . && call build two
ok 'a folder around itself' "$rc" 1 "$out" 'may not name a folder that it lies in'
rm -r two kustomization.yaml
git checkout -q overlay
call build overlya
says 'a misspelt folder' "did you mean 'overlay'?" "$out"
call build HEAD:overlya
says 'of a revision' "did you mean 'HEAD:overlay'?" "$out"
call build HEAD
says 'a revision without a folder' "did you mean 'HEAD:.'?" "$out"
call build HEAD:base/a.yaml
ok 'a file of a revision' "$rc" 1 "$out" 'must build at directory: this is a file'
call build HEAD:empty/../.
holds 'a folder that has no kustomization is named in front once' test "${out#error: HEAD:.: unable to find}" != "$out"
for address in https://git.example/x/y git@git.example:x/y git.example/x/y?ref=v1; do
  call build "$address"
  says "$address" 'nothing is read from the network' "$out"
done
call build overlay base
says 'the usage in its lines' '[-o FILE]' "$out"
case $out in *x0A*) wrong "a line break is shown as a byte: $out" ;; esac
finish

#!/usr/bin/env bash
# build_all.sh: `ifx build --all`: each root as it is built alone. SPDX-License-Identifier: Apache-2.0
# usage: tests/e2e/build_all.sh IFX
set -u
. "$(dirname "$0")/check.bash"

repo=$scratch/repo
mkdir -p "$repo"/{base,more,a,b,c,part,flux,refused,list,broken,deep/er,up/low}
cd "$repo" || exit 1

map() { # map NAME: the manifest of a config map
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\ndata: { n: "1", t: yes }\n' "$1"
}

map base >base/a.yaml
printf 'resources: [a.yaml]\ncommonLabels: { app: base }\nvars: [{ name: V, objref: { apiVersion: v1, kind: ConfigMap, name: base } }]\n' >base/kustomization.yaml
printf 'resources: [../base]\nnamespace: more\n' >more/kustomization.yaml
# The same bases, changed in another way by each root, and twice by one.
printf 'resources: [../more]\nnamePrefix: a-\ncomponents: [../part]\nconfigMapGenerator: [{ name: g, literals: [x=$(V)] }]\n' >a/kustomization.yaml
printf 'resources: [../base]\nnamePrefix: b-\npatches: [{ target: { kind: ConfigMap }, patch: "- { op: add, path: /data/p, value: $(V) }" }]\n' >b/kustomization.yaml
printf 'resources: [../a]\nnameSuffix: -c\nbuildMetadata: [originAnnotations]\n' >c/kustomization.yaml
printf 'kind: Component\ncommonAnnotations: { part: "1" }\n' >part/kustomization.yaml
printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: x }\n' >flux/kustomization.yaml
printf 'resources: [https://example.org/base.yaml]\n' >refused/kustomization.yaml
printf 'resources: [../base/a.yaml]\n' >list/kustomization.yml
printf 'resources:\n- nowhere.yaml\n' >broken/Kustomization
map deep >deep/er/m.yaml
printf 'resources: [er/m.yaml]\n' >deep/kustomization.yaml
# Built alone a base is fine, named from inside of what it names it is not.
printf 'resources: [../more, low]\n' >up/kustomization.yaml
printf 'resources: [../../up]\n' >up/low/kustomization.yaml
git init -q && git add -A && git commit -qm one

call build --all -o "$scratch/out"
ok 'all roots' "$rc" 1 "$out" 'build: 11' 'error: broken: broken/Kustomization:2:3: ' \
  'error: refused: refused/kustomization.yaml:1:' 'error: up: ' 'error: up/low: ' 'error: list: ' '5 of 11 roots cannot be built' \
  "'vars' is deprecated"
equal 'a text for each that can be built' './a ./b ./base ./c ./deep ./more ' \
  "$(cd "$scratch/out" && find . -name objects.yaml -printf '%h\n' | sort | tr '\n' ' ')"
for root in a base b c deep more; do
  call build "$root" -o "$scratch/alone.yaml"
  holds "$root is as it is alone" cmp "$scratch/alone.yaml" "$scratch/out/$root/objects.yaml"
done
holds 'what the base gave was changed by nobody' cmp "$scratch/out/base/objects.yaml" <("$ifx" build base 2>/dev/null)

mkdir -p "$scratch/out/broken"
printf 'old\n' >"$scratch/out/broken/objects.yaml"
call build --all -o "$scratch/out"
ok 'a root that cannot be built keeps the text from before, and that is said' "$rc" 1 "$out" \
  'error: broken: ' "left as an earlier build wrote it: $scratch/out/broken/objects.yaml"
equal 'as it was' old "$(cat "$scratch/out/broken/objects.yaml")"

text=$("$ifx" build --all more 2>"$scratch/said")
equal 'without a folder the texts, each under its name' "# .
$("$ifx" build more 2>/dev/null)" "$text"
text=$("$ifx" build --all deep --json 2>/dev/null)
says 'as JSON' '{"format":"ifx.build-all/1","roots":[' "$text"
says 'with the objects of each root' '"folder":".","warnings":[],"objects":[{"' "$text"
call build --all -o "$scratch/out" --json
says 'as JSON with errors' '"kind":"not_found"' "$out"
says 'what was left' "\"left\":\"$scratch/out/broken/objects.yaml\"" "$out"
says 'and files' "\"file\":\"$scratch/out/a/objects.yaml\"" "$out"

rm -rf base
call build --all HEAD:. -o "$scratch/rev"
ok 'of a revision, whatever the work tree holds' "$rc" 1 "$out" 'build: 11' '5 of 11 roots'
rm -r "$scratch/out/broken"
holds 'the same' diff -r "$scratch/out" "$scratch/rev"
call build --all flux
ok 'nothing to build' "$rc" 1 "$out" 'there is nothing to build below flux'
finish

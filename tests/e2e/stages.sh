#!/usr/bin/env bash
# stages.sh: the recipe stages from the command line. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
repo=$scratch/repo

kustomization() { # kustomization NAME [FIELD]
  printf -- '---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\nspec:\n' "$1"
  printf '  path: ./%s\n  prune: true # as everywhere\n  sourceRef: { kind: GitRepository, name: own }\n%s' "$1" "${2:-}"
}

config() { # config NAME…
  for name; do printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: n }\n' "$name"; done
}

commit() { # commit MESSAGE: everything that is there
  git -C "$repo" add -A && git -C "$repo" commit -q -m "$1"
}

mkdir -p "$repo"/{one,two}
git init -q -b main "$repo"
{
  printf 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  printf 'spec: { url: "https://git.example/own/tree" }\n'
  kustomization one
  kustomization two
} >"$repo/flux.yaml"
config a m gone >"$repo/one/x.yaml"
config b >"$repo/two/x.yaml"
git -C "$repo" remote add origin https://git.example/own/tree
commit first
git -C "$repo" switch -q -c change
config a >"$repo/one/x.yaml"
config b m >"$repo/two/x.yaml"
commit 'move m'
git -C "$repo" switch -q main
before=$(snapshot "$repo")

# --- the plan
call run stages --to change -C "$repo"
ok 'the plan says what is dangerous, and the way' "$rc" 0 "$out" '1 removed, 1 with another owner' 'flux.prune-moved' \
  'git push origin ifx/stages/1-protect:BRANCH' "kubectl -n f get kustomizations.kustomize.toolkit.fluxcd.io one -o jsonpath='{.spec.prune}" \
  'kubectl -n n get configmap m' 'Point of no return' 'in-cluster:ConfigMap/n/gone'
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"

# --- applied
call run stages --to change -C "$repo" --apply
equal 'it is applied' 0 "$rc"
equal 'main is where it was' "$(git -C "$repo" rev-parse main)" "$(git -C "$repo" rev-parse ifx/stages/1-protect~1)"
equal 'the first stage protects, and moves nothing' 'flux.yaml' "$(git -C "$repo" diff --name-only main ifx/stages/1-protect)"
equal 'it edits two words' '-  prune: true # as everywhere
+  prune: false # as everywhere
-  prune: true # as everywhere
+  prune: false # as everywhere' "$(git -C "$repo" diff main ifx/stages/1-protect | grep '^[-+] ')"
equal 'the second is the change, protected' 'flux.yaml' "$(git -C "$repo" diff --name-only change ifx/stages/2-move)"
equal 'the last is the change' '' "$(git -C "$repo" diff change ifx/stages/3-release)"
equal 'each can be pushed over the one before' '0 0' "$(
  git -C "$repo" merge-base --is-ancestor ifx/stages/1-protect ifx/stages/2-move; printf '%s ' $?
  git -C "$repo" merge-base --is-ancestor ifx/stages/2-move ifx/stages/3-release; printf '%s' $?)"
equal 'nothing is dangling or broken' '' "$(git -C "$repo" fsck --strict 2>&1 | grep -v '^dangling')"
for step in 'main ifx/stages/1-protect' 'ifx/stages/1-protect ifx/stages/2-move' 'ifx/stages/2-move ifx/stages/3-release' \
  'ifx/stages/2-move ifx/stages/1-protect'; do
  # shellcheck disable=SC2086
  call diff -C "$repo" $step --json
  equal "no hazard from ${step/ / to }" 0 "$(jq '[.hazards[] | select(.severity == "high")] | length' <<<"$out")"
done

# --- and back
(cd "$repo" && "$ifx" runs rollback last >/dev/null 2>&1); rc=$?
equal 'it is taken back' '0 change main ' "$rc $(git -C "$repo" for-each-ref --format='%(refname:short)' refs/heads | tr '\n' ' ')"

# --- nothing to do, and what cannot be done
call run stages --to main -C "$repo"
ok 'without a danger there are no stages' "$rc" 0 "$out" 'None are needed' 'Nothing changes'
call run stages --to nowhere -C "$repo"
ok 'a branch that is not there' "$rc" 1 "$out" nowhere

# What is new needs protection on the way back alone: its definition, which is not there before.
fresh=$scratch/fresh
mkdir -p "$fresh"/{top,one,two}
git init -q -b main "$fresh"
git -C "$fresh" remote add origin https://git.example/own/tree
{
  printf 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  printf 'spec: { url: "https://git.example/own/tree" }\n'
  kustomization top
} >"$fresh/root.yaml"
kustomization one | sed 's/prune: true/prune: false/' >"$fresh/top/one.yaml"
config a 'm;x' >"$fresh/one/x.yaml"
repo=$fresh commit first
git -C "$fresh" switch -q -c change
kustomization one | sed 's/namespace: f }$/namespace: g }/; s/name: own }/name: own, namespace: f }/; s,/one,/two,' >"$fresh/top/two.yaml"
config a >"$fresh/one/x.yaml"
config b 'm;x' >"$fresh/two/x.yaml"
repo=$fresh commit 'a new owner'
git -C "$fresh" switch -q main
call run stages --to change -C "$fresh" --apply
ok 'nothing to protect before: two stages' "$rc" 0 "$out" '2. Move' "kubectl -n n get configmap 'm;x' -o jsonpath='{.metadata.labels.kustomize\\.toolkit\\.fluxcd\\.io/name} {.metadata.labels.kustomize\\.toolkit\\.fluxcd\\.io/namespace}'   # one g"
equal 'and two branches' 'ifx/stages/2-move ifx/stages/3-release ' \
  "$(git -C "$fresh" for-each-ref --format='%(refname:short)' refs/heads/ifx | tr '\n' ' ')"

# What no stage makes safe is refused, and so is what would take back commits.
git -C "$fresh" switch -q -c volume
printf -- '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: v, namespace: n }\n' >>"$fresh/one/x.yaml"
sed -i 's/prune: false/prune: true/' "$fresh/top/one.yaml"
repo=$fresh commit 'a volume'
git -C "$fresh" switch -q -c without
config a 'm;x' >"$fresh/one/x.yaml"
repo=$fresh commit 'no volume'
git -C "$fresh" switch -q volume
call run stages --to without -C "$fresh" --apply
ok 'what no stage makes safe blocks' "$rc" 0 "$out" 'None would help' '--set accept=flux.prune-removed'
call run stages --to main -C "$fresh" --apply
ok 'a branch that does not stand on the other blocks' "$rc" 0 "$out" 'main does not stand on HEAD'

# What a parent sets, an edit of the child's file does not change.
parent=$scratch/parent
cp -r "$repo" "$parent"
mkdir -p "$parent/top"
git -C "$parent" mv flux.yaml top/flux.yaml
printf 'resources: [flux.yaml]\npatches:\n- target: { kind: Kustomization }\n  patch: |-\n    - { op: replace, path: /spec/prune, value: true }\n' \
  >"$parent/top/kustomization.yaml"
kustomization top | sed 's/^---$//' >"$parent/root.yaml"
repo=$parent commit 'a parent'
git -C "$parent" switch -q -c moved
config a >"$parent/one/x.yaml"
config b m >"$parent/two/x.yaml"
repo=$parent commit 'move m'
git -C "$parent" switch -q main
call run stages --to moved -C "$parent" --apply
ok 'what cannot be protected blocks' "$rc" 1 "$out" 'Blocked: in-cluster:ConfigMap/n/m' '--set accept=flux.prune-moved'
equal 'and nothing was made' '' "$(git -C "$parent" for-each-ref refs/heads/ifx)"
finish

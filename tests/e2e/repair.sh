#!/usr/bin/env bash
# repair.sh: the recipe repair from the command line. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
repo=$scratch/repo

object() { # object KIND NAME
  printf 'apiVersion: v1\nkind: %s\nmetadata: { name: %s, namespace: web }\n' "$1" "$2"
}

commit() { # commit MESSAGE: everything that is there
  git -C "$repo" add -A && git -C "$repo" commit -q -m "$1"
}

mkdir -p "$repo/c" "$repo/app"
cat >"$repo/c/app.yaml" <<'Y'
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: app, namespace: flux-system }
spec: { interval: 10m, path: ./app, prune: true, sourceRef: { kind: GitRepository, name: flux-system } }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: https://git.example.org/o/r }
Y
printf 'resources:\n  - web.yaml # the web\n  - volume.yaml\n  - never.yaml\n' >"$repo/app/kustomization.yaml"
object Service web >"$repo/app/web.yaml"
object PersistentVolumeClaim old >"$repo/app/volume.yaml"
git init -q -b main "$repo"
git -C "$repo" remote add origin https://git.example.org/o/r
commit first
mkdir -p "$repo/parts" && git -C "$repo" mv app/web.yaml parts/web.yaml
object PersistentVolumeClaim new >"$repo/app/volume.yaml"
sed -i '/never/d' "$repo/app/kustomization.yaml"
commit 'move the web, rename the volume'
before=$(snapshot "$repo")

# --- the plan
call run repair -C "$repo"
ok 'it finds the file, and says what the next build does' "$rc" 0 "$out" '../parts/web.yaml' 'the same content' \
  'PersistentVolumeClaim/web/old  goes' 'PersistentVolumeClaim/web/new  comes' 'app could last be built at'
says 'who deletes the volume is said' 'prunes: it deletes what it no longer applies, and 1 file with 1 object (PersistentVolumeClaim web/old)' "$out"
call run repair -C "$repo" --apply
ok 'and must be accepted' "$rc" 1 "$out" '--set accept=prune'
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"

# --- applied
call run repair -C "$repo" --apply --set accept=prune
equal 'it is applied' 0 "$rc"
equal 'by bytes' $'resources:\n  - ../parts/web.yaml # the web\n  - volume.yaml' "$(git -C "$repo" show ifx/repair:app/kustomization.yaml)"
cd "$repo" || exit 1
call runs rollback last
equal 'rolled back' 0 "$rc"
equal 'as before, bit for bit' "$before" "$(snapshot "$repo")"

# --- what is nowhere any more
git -C "$repo" rm -q parts/web.yaml
commit 'the web goes'
call run repair -C "$repo"
ok 'it is only told' "$rc" 0 "$out" 'Nowhere any more' 'No broken reference can be written anew' 'comes back with --restore'
call run repair -C "$repo" --restore --apply --set accept=prune
equal 'it comes back' 0 "$rc"
equal 'with its bytes' "$(object Service web)" "$(git -C "$repo" show ifx/repair:app/web.yaml)"

call run repair -C "$repo" --restore
ok 'the branch is there: how to go on' "$rc" 1 "$out" "the branch 'ifx/repair' exists" 'git branch -D ifx/repair' '--branch NAME'
git -C "$repo" branch -q -D ifx/repair

# --- what only a merge took away
git -C "$repo" switch -q -c side HEAD~1
printf 'x\n' >"$repo/side.txt"
commit side
git -C "$repo" merge -q --no-commit -s ours main 2>/dev/null
git -C "$repo" rm -q -f parts/web.yaml && git -C "$repo" commit -q -m 'a merge that deletes'
call run repair -C "$repo"
ok 'a merge is no place to hide' "$rc" 0 "$out" 'Nowhere any more'
case $out in *'Unknown to the history'*) wrong "it is known: $out" ;; *) pass ;; esac
git -C "$repo" switch -q main

# --- refused
printf 'x\n' >>"$repo/app/volume.yaml"
call run repair -C "$repo"
ok 'a work tree with changes' "$rc" 1 "$out" 'a tracked file has changes' 'commit or stash them first'
call run repair -C "$scratch"
ok 'a folder that is no repository' "$rc" 1 "$out" 'not a git repository'
finish

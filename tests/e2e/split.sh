#!/usr/bin/env bash
# split.sh: a repository that becomes two, from the command line. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
. "$(dirname "$0")/split.bash"
make_split
before=$(snapshot "$repo")
restructure() { call run restructure -C "$repo" --layout "$layout" --text "$@"; }
beside() { find "$scratch/place" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs; }
undone() { # undone WHAT: everything is as it was
  equal "$1: this repository" "$before" "$(snapshot "$repo")"
  equal "$1: nothing beside it" repo "$(beside)"
}

# --- the plan
restructure --out "$scratch/plan.json"
ok 'a plan' "$rc" 0 "$out" 'platform-gitops: History' '6 of 7 commits' 'apps/web/web.yaml was called old/web/web.yaml' \
  'In other repositories (8)' '1 files are Git LFS pointers' 'platform-gitops: References rewritten' 'Publish platform-gitops first' 'remove here what is there now'
undone 'a plan'
case $out in *'stays here as'*) wrong "a column without a value: $out" ;; *) pass ;; esac
sed '/^redirects:/i\  - { from: docs/guide.md, to: docs/guide.md, also: [{ repository: platform, to: guide.md }] }' "$layout" >"$scratch/copy.yaml"
call run restructure -C "$repo" --layout "$scratch/copy.yaml"
says 'a copy' 'stays here as' "$out"
sed '/^moves:/a\  - { from: infra/db.yaml, to: db.yaml, repository: platform }' "$layout" >"$scratch/cut.yaml"
call run restructure -C "$repo" --layout "$scratch/cut.yaml"
ok 'an entry whose file leaves' "$rc" 0 "$out" 'cannot follow: infra/kustomization.yaml:3 db.yaml' 'accept=border' \
  'On top of ifx/two (git switch ifx/two), take out' 'commit that: infra/kustomization.yaml:3 db.yaml'
restructure --json
ok 'a plan as JSON' "$rc" 0 "$out" '"platform-gitops: History"' '"type": "git.export"'

# --- applied
call apply "$scratch/plan.json"
ok 'applied' "$rc" 0 "$out"
equal 'commits here' 'elsewhere
Restructure: two (1 of 3: renames only)
Restructure: two (2 of 3: references and new files)
Restructure: two (3 of 3: what is in platform-gitops now)' "$(git -C "$repo" log -4 --reverse --format=%s ifx/two)"
equal 'the removal is nothing else' 'D D D D D D D D' "$(git -C "$repo" diff --name-status ifx/two~1 ifx/two | cut -f1 | xargs)"
says 'the removal says what it waits for' 'when that is published' "$(git -C "$repo" log -1 --format=%B ifx/two)"
equal 'nothing of it is left here' '' "$(git -C "$repo" ls-tree -r --name-only ifx/two gitops)"
equal 'commits there' 'first
rename web
applications
copy
edit
merge
Restructure: two' "$(git -C "$new" log --reverse --date-order --format=%s)"
equal 'authors and dates' "$(git -C "$repo" log -1 --format='%an %ad %cn %cd' 'main~1^2')" \
  "$(git -C "$new" log -1 --format='%an %ad %cn %cd' 'main~1^2')"
for file in web/web.yaml web/copy.yaml; do
  equal "history of $file" "$(git -C "$repo" log --follow --format=%s main -- "gitops/apps/$file")" \
    "$(git -C "$new" log --follow --format=%s main~1 -- "apps/$file")"
done
equal 'the program' '100755' "$(git -C "$new" ls-tree main apps/run.sh | cut -d' ' -f1)"
equal 'the link' web/web.yaml "$(readlink "$new/apps/link.yaml")"
holds 'the binary' cmp -s "$repo/gitops/apps/logo.bin" "$new/apps/logo.bin"
says 'address and path' 'repoURL: https://git.example.org/o/platform-gitops
    targetRevision: main
    path: apps/web' "$(cat "$new/argocd/web.yaml")"
says 'what stays is named where it went' 'repoURL: https://git.example.org/o/repo
    targetRevision: main
    path: base' "$(cat "$new/argocd/infra.yaml")"
equal 'prose there' 'echo apps/web/web.yaml' "$(tail -1 "$new/apps/run.sh")"
equal 'prose here' 'Web is in platform-gitops/apps/web/web.yaml.' "$(git -C "$repo" show ifx/two:docs/guide.md)"
equal 'generated there' 'The platform.' "$(cat "$new/README.md")"
equal 'its work tree is clean' '' "$(git -C "$new" status --porcelain)"
equal 'sound' '' "$(git -C "$new" fsck --full --no-dangling 2>&1; git -C "$repo" fsck --no-dangling 2>&1)"
ids="$(git -C "$new" rev-parse main) $(git -C "$repo" rev-parse ifx/two)"

# --- again: there is nothing left to do
git -C "$repo" switch -q ifx/two
restructure --exit-code
ok 'a second time there is nothing to do' "$rc" 0 "$out" 'Nothing to do'
git -C "$repo" switch -q main

# --- back, and the same again
printf 'mine\n' >>"$new/README.md"
git -C "$new" add -A
git -C "$new" commit -q -m mine
call runs rollback "$(run_id newest)"
ok 'not once somebody committed there' "$rc" 1 "$out" 'nothing was undone' 'then roll back again'
equal 'nothing was undone' "$ids" "$(git -C "$new" rev-parse main~1) $(git -C "$repo" rev-parse ifx/two)"
says 'it stays done' ' done ' "$("$ifx" runs list | grep -F "$(run_id newest)")"
git -C "$new" reset -q --hard HEAD~1
touch "$new/mine"
call runs rollback "$(run_id newest)"
ok 'not while somebody works there' "$rc" 1 "$out" '1 files are changed or new: mine' 'remove it yourself'
rm "$new/mine"
call runs rollback "$(run_id newest)"
ok 'rolled back' "$rc" 0 "$out"
undone 'rolled back'
mkdir "$new"
call apply "$scratch/plan.json"
ok 'into an empty folder' "$rc" 0 "$out"
equal 'the same ids' "$ids" "$(git -C "$new" rev-parse main) $(git -C "$repo" rev-parse ifx/two)"
call runs rollback "$(run_id newest)"
equal 'the empty folder is there again' 'platform-gitops repo' "$(beside)"
equal 'and empty' '' "$(ls -A "$new")"

# --- what is in the way
echo mine >"$new/file"
restructure
ok 'a folder that is not empty' "$rc" 1 "$out" 'cannot be made: the folder' 'is not empty'
call apply "$scratch/plan.json"
ok 'nor with a plan made before' "$rc" 1 "$out" 'is not empty'
equal 'it is as it was' mine "$(cat "$new/file")"
rm -r "$new"
equal 'this repository' "$before" "$(snapshot "$repo")"
call run restructure -C "$repo" --layout "$layout" --url no-address
ok 'no address' "$rc" 1 "$out" "'no-address' is no address of a repository"

# --- what the new owner needs is said in the run-book, with the text to add
keys=$scratch/keys
mkdir -p "$keys/flux" "$keys/apps" && git init -q -b main "$keys"
printf 'creation_rules:\n  - path_regex: .*\n' >"$keys/.sops.yaml"
printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: ENC[x]\nsops:\n  mac: ENC[y]\n' >"$keys/apps/s.yaml"
printf 'apiVersion: %s\nkind: GitRepository\nmetadata: {name: r, namespace: f}\nspec: {url: %s, interval: 3m}\n' \
  source.toolkit.fluxcd.io/v1 https://git.example.org/o/keys >"$keys/flux/source.yaml"
printf 'apiVersion: %s\nkind: Kustomization\nmetadata: {name: apps, namespace: f}\nspec:\n  path: ./apps\n  prune: false\n' \
  kustomize.toolkit.fluxcd.io/v1 >"$keys/flux/apps.yaml"
printf '  sourceRef: {kind: GitRepository, name: r}\n  decryption: {provider: sops, secretRef: {name: age}}\n' >>"$keys/flux/apps.yaml"
git -C "$keys" remote add origin https://git.example.org/o/keys
git -C "$keys" add -A && git -C "$keys" commit -q -m first
printf 'layout: 1\nname: keys\nsummary: x\nrepositories:\n  apps: { name: apps, url: "https://git.example.org/o/apps" }\n' >"$scratch/keys.yaml"
printf 'moves:\n  - { from: "apps/**", to: "${1}", repository: apps }\n' >>"$scratch/keys.yaml"
call run restructure -C "$keys" --layout "$scratch/keys.yaml"
ok 'what the new owner needs' "$rc" 0 "$out" 'all that Kustomization f/apps (flux/apps.yaml) applies is in apps now' \
  '      url: https://git.example.org/o/apps' 'Secret f/age (spec.decryption.secretRef, declared by no file)' \
  'apps holds files that SOPS encrypted and no .sops.yaml above them (s.yaml)'
sed -i '/^moves/a\  - { from: .sops.yaml, action: Keep, also: [{ repository: apps, to: .sops.yaml }] }' "$scratch/keys.yaml"
call run restructure -C "$keys" --layout "$scratch/keys.yaml"
ok 'with the row that it proposes' "$rc" 0 "$out" 'Secret f/age'
case $out in *'no .sops.yaml'*) wrong 'the rules came along' ;; *) pass ;; esac

# --- a git that fails at the n-th call: nothing is lost, and the message says what failed
mkdir "$scratch/bin"
cat >"$scratch/bin/git" <<S
#!/bin/sh
echo >>"$scratch/count" # several may be called at once
n=\$(wc -l <"$scratch/count")
[ \$n = "\$FAIL_AT" ] && { echo 'fatal: no such luck' >&2; exit 1; }
exec $(command -v git) "\$@"
S
chmod +x "$scratch/bin/git"
failing() { # failing N: the plan applied with a git whose Nth call fails
  rm -f "$scratch/count"
  out=$(FAIL_AT=$1 PATH=$scratch/bin:$PATH "$ifx" apply "$scratch/plan.json" 2>&1 </dev/null) && rc=0 || rc=$?
}
failing 0
equal 'the wrapper works' 0 "$rc"
total=$(wc -l <"$scratch/count")
call runs rollback "$(run_id newest)"
holds 'many calls' test "$total" -gt 20
for n in $(seq 1 2 "$total"); do
  failing "$n"
  if [ "$rc" -ne 0 ]; then
    says "call $n fails" 'error: ' "$out"
    equal "call $n fails: nothing half made" '' "$(beside | tr ' ' '\n' | grep '^\.')"
    id=$(run_id newest)
    [ -z "$id" ] || call runs rollback "$id"
  else
    call runs rollback "$(run_id newest)" # a question whose failure is an answer
  fi
  undone "call $n fails"
done

# --- a full disk
mkdir "$scratch/small"
if mount -t tmpfs -o size=48k none "$scratch/small" 2>/dev/null; then
  trap 'umount "$scratch/small"; rm -rf "$scratch"' EXIT
  sed -i "s|name: platform-gitops,|name: platform-gitops, dir: '$scratch/small/new',|" "$layout"
  restructure --apply
  ok 'a full disk' "$rc" 1 "$out" 'No space left on device'
  equal 'nothing is left there' '' "$(ls -A "$scratch/small")"
  call runs rollback "$(run_id newest)"
  undone 'a full disk'
else
  echo 'pending: a full disk (no tmpfs may be mounted)'
fi
finish

#!/usr/bin/env bash
# install.sh IFX: an installation finds its parts, also after its folder was moved. SPDX-License-Identifier: Apache-2.0
set -u
built=$(realpath "$(dirname "$1")")
. "$(dirname "$0")/check.bash"
[ -f "$built/cmake_install.cmake" ] || { echo 'not in a build folder'; exit 77; }

cmake --install "$built" --prefix "$scratch/first" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
mkdir "$scratch/some where"
mv "$scratch/first" "$scratch/some where/else" # spaces in the way, too
root="$scratch/some where/else"
ifx=$root/bin/ifx
mkdir "$scratch/away" && cd "$scratch/away" || exit 1

call version
ok 'it starts' $rc 0 "$out" "$("$built/ifx" version)"
call eval "return require 'ifx'.dir"
equal 'it uses the installed library' "$root/share/ifx" "$(realpath "$out")"
call eval "return require 'hash'.sha256 ''"
ok 'the module over OpenSSL opens' $rc 0 "$out" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
call eval "local j <close> = require 'journal'.open '$scratch/journal.db' return #j:runs()"
ok 'the module over SQLite opens' $rc 0 "$out" 0
call help
ok 'every command is there' $rc 0 "$out" refs check run apply runs plugin trust
call plugin list
ok 'so are the plugins' $rc 0 "$out" kustomize flux argocd sops markdown

# The whole way, on a small repository.
repo=$scratch/repo
git init -q -b main "$repo"
mkdir -p "$repo/infra/web/k8s" "$repo/clusters/prod"
printf 'resources: [web/k8s]\n' >"$repo/infra/kustomization.yaml"
printf 'resources: [deployment.yaml]\n' >"$repo/infra/web/k8s/kustomization.yaml"
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n' >"$repo/infra/web/k8s/deployment.yaml"
cat >"$repo/clusters/prod/infra.yaml" <<'YAML'
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: infra, namespace: flux-system }
spec:
  interval: 10m
  path: ./infra
  prune: false
  sourceRef: { kind: GitRepository, name: flux-system }
YAML
git -C "$repo" add -A && git -C "$repo" commit -q -m first
call refs "$repo"
ok 'refs' $rc 0 "$out" 'clusters/prod/infra.yaml:6:9  flux.path  ./infra  -> infra' 'infra/kustomization.yaml:1:13  kustomize.resources  web/k8s  -> infra/web/k8s'
call run restructure -C "$repo"
ok 'which layouts fit' $rc 0 "$out" 'ifx run restructure --layout flux-minimal --apps '
call run restructure -C "$repo" --layout flux-minimal --apps web --apply
ok 'restructure' $rc 0 "$out" 'infra/web/k8s/deployment.yaml' 'apps/web/deployment.yaml' 'To undo it: ifx runs rollback'
equal 'the branch is made' 'apps/web/deployment.yaml' "$(git -C "$repo" ls-tree -r --name-only ifx/flux-minimal apps/web/deployment.yaml 2>&1)"
cd "$repo" || exit 1
call runs rollback last
ok 'rollback' $rc 0 "$out"
equal 'the branch is gone' '* main' "$(git -C "$repo" branch)"

finish

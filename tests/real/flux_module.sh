#!/usr/bin/env bash
# flux_module.sh IFX: what the Flux Kustomizations of the repositories below $IFX_REPOS render, against what Flux's own
# module builds of them. SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
ifx=$(realpath "$1")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/flux_module
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pending() { printf 'pending: %s\n' "$1"; exit 77; }

[ -d "${IFX_REPOS:-/nonexistent}" ] || pending 'IFX_REPOS names no folder of repositories: nothing was compared'
command -v go >/dev/null || pending 'go is not installed: nothing was compared'
mkdir "$scratch/theirs"
cp "$here"/{go.mod,go.sum,main.go} "$scratch/theirs"
(cd "$scratch/theirs" && go build -o theirs .) >"$scratch/build.log" 2>&1 || {
  tail -5 "$scratch/build.log"
  pending 'the module github.com/fluxcd/pkg/kustomize cannot be built here: nothing was compared'
}

status=0 compared=0
for place in "$IFX_REPOS"/* "$IFX_REPOS"/*/repo; do
  git -C "$place" rev-parse -q --verify HEAD >/dev/null 2>&1 || continue
  git -C "$place" grep -q 'kustomize.toolkit.fluxcd.io/' HEAD -- '*.yaml' '*.yml' 2>/dev/null || continue
  rm -rf "$scratch/files" && mkdir "$scratch/files"
  git -C "$place" archive HEAD 2>/dev/null | tar x -C "$scratch/files" 2>/dev/null || continue # blobs that a partial clone lacks
  find "$scratch/files" -type l -delete # Flux packs none
  compared=$((compared + 1))
  "$ifx" eval "local DIR, FILES, THEIRS, NAME = '$place', '$scratch/files', '$scratch/theirs/theirs', '${place#"$IFX_REPOS"/}'
    $(cat "$here/compare.lua")" || status=1
done
[ $compared -gt 0 ] || pending "no repository with Flux objects below $IFX_REPOS: nothing was compared"
exit $status

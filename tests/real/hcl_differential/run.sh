#!/usr/bin/env bash
# run.sh IFX: our reader of HCL against HashiCorp's, on every distinct .tf, .tfvars and .hcl file of the repositories
# below $IFX_REPOS and on broken copies of each ($COPIES, 5 by default); and our canonical style against `terraform fmt`
# where terraform is, on each and on variants that are further from it. SPDX-License-Identifier: Apache-2.0
set -u
ifx=$(realpath "$1")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pending() { printf 'pending: %s\n' "$1"; exit 77; }

command -v go >/dev/null || pending 'go is not installed: nothing was compared'
[ -d "${IFX_REPOS:-/nonexistent}" ] || pending 'IFX_REPOS names no folder of repositories: nothing was compared'
cp "$here"/{go.mod,go.sum,main.go} "$scratch"
(cd "$scratch" && go build -o theirs .) >"$scratch/build.log" 2>&1 || {
  tail -5 "$scratch/build.log"
  pending 'the module github.com/hashicorp/hcl/v2 cannot be built here: nothing was compared'
}

mkdir "$scratch/files" "$scratch/style" "$scratch/facts"
for place in "$IFX_REPOS"/* "$IFX_REPOS"/*/repo; do
  git -C "$place" rev-parse -q --verify HEAD >/dev/null 2>&1 || continue
  git -C "$place" ls-tree -r HEAD | awk -F'\t' '$2 ~ /\.(tf|tfvars|hcl)$/ { split($1, m, " "); if (m[1] != "120000" && m[2] == "blob") print m[3] }' |
    while read -r blob; do # links have no text; a blob that a partial clone lacks has none here
      [ -e "$scratch/files/$blob.tf" ] || git -C "$place" cat-file blob "$blob" >"$scratch/files/$blob.tf" 2>/dev/null || rm -f "$scratch/files/$blob.tf"
    done
done
[ -n "$(ls "$scratch/files")" ] || pending "no HCL below $IFX_REPOS: nothing was compared"
cp "$scratch"/files/*.tf "$scratch/style"

run() { # run SCRIPT: written in Lua, one text
  "$ifx" eval "local FILES, COPIES, FACTS, STYLE, THEIRS = '$scratch/files', ${COPIES:-5}, '$scratch/facts', '$scratch/style',
    '$scratch/style.theirs' $(cat "$here/$1")"
}
run mutate.lua || exit 1
set -o pipefail
find "$scratch/files" -type f | sort | "$scratch/theirs" | split -l 1000 - "$scratch/facts/" || exit 1
status=0
run compare.lua || status=1

if command -v terraform >/dev/null; then
  run mangle.lua || exit 1
  cp -r "$scratch/style" "$scratch/style.theirs"
  terraform fmt "$scratch/style.theirs" >/dev/null 2>&1
  run style.lua || status=1
else
  echo 'pending: terraform is not installed: the canonical style was not compared'
fi
exit $status

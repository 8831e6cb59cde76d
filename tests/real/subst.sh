#!/usr/bin/env bash
# subst.sh IFX: our substitution of variables against the module that Flux uses, on $COUNT generated texts (10000 by
# default, from $SEED). SPDX-License-Identifier: Apache-2.0
set -u
ifx=$(realpath "$1")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/subst_differential
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pending() { printf 'pending: %s\n' "$1"; exit 77; }

command -v go >/dev/null || pending 'go is not installed: nothing was compared'
cp "$here"/{go.mod,go.sum,main.go} "$scratch"
(cd "$scratch" && go build -o theirs .) >"$scratch/build.log" 2>&1 || {
  tail -5 "$scratch/build.log"
  pending 'the module github.com/fluxcd/pkg/envsubst cannot be built here: nothing was compared'
}
"$ifx" eval "local THEIRS, COUNT, SEED = '$scratch/theirs', ${COUNT:-10000}, ${SEED:-1} $(cat "$here/compare.lua")"

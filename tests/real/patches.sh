#!/usr/bin/env bash
# patches.sh IFX: patches made by chance, as ifx and as kubectl kustomize apply them; $COUNT of them (2000 by default), from $SEED.
# SPDX-License-Identifier: Apache-2.0
set -u
command -v kubectl >/dev/null || { echo 'pending: kubectl is not installed: nothing was compared'; exit 77; }
here=$(dirname "${BASH_SOURCE[0]}")
IFX_CASES=${COUNT:-2000} IFX_SEED=${SEED:-1} exec "$1" eval "$(cat "$here/patches_differential.lua")"

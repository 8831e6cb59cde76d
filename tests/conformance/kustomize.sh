#!/usr/bin/env bash
# kustomize.sh IFX [CASE]: the cases of kustomize's test-suite; those whose name holds CASE or that have this feature.
# SPDX-License-Identifier: Apache-2.0
set -u
folder=${IFX_CONFORMANCE:-../shared/conformance}
[ -d "$folder/kustomize" ] || { echo "pending: no cases at $folder/kustomize"; exit 77; }
IFX_CONFORMANCE=$folder IFX_CASE=${2:-} exec "$1" eval "$(cat tests/conformance/kustomize.lua)"

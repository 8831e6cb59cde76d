#!/usr/bin/env bash
# build_differential.sh IFX: kustomizations made by chance, as ifx and as kubectl kustomize build them: the same bytes, or
# both refuse. CASES of them (400) from SEED (1); those that differ are named, and the first are made small and printed.
# With STATE=FILE a run that was stopped goes on. SPDX-License-Identifier: Apache-2.0
set -u
command -v kubectl >/dev/null || { echo 'pending: kubectl is not installed: nothing was compared'; exit 77; }
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/build_differential
# Nothing is asked of the network.
offline='env http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9'
unshare -n true 2>/dev/null && offline='unshare -n'
KUBECTL="${KUBECTL:-$offline nice -n 10 kubectl kustomize}" exec "$1" eval "local HERE = '$here' $(cat "$here/run.lua")"

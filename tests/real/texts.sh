#!/usr/bin/env bash
# texts.sh IFX: texts as values and as keys, as ifx and as kubectl kustomize print them: every character of Unicode's first
# plane, short texts of all that YAML gives a meaning, and words that may be more. SPDX-License-Identifier: Apache-2.0
set -u
command -v kubectl >/dev/null || { echo 'pending: kubectl is not installed: nothing was compared'; exit 77; }
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/texts
exec "$1" eval "local IFX = '$(realpath "$1")' $(cat "$here/compare.lua")"

#!/usr/bin/env bash
# down.sh DIR [--purge]: ends what up.sh started for DIR and nothing else; --purge removes the folder. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
[ -d "$1" ] || exit 0
dir=$(cd "$1" && pwd)
. "$(dirname "${BASH_SOURCE[0]}")/peers/process.bash"
stop_all
if [ "${2-}" = --purge ]; then rm -rf "$dir"; fi

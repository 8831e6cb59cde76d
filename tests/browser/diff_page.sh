#!/usr/bin/env bash
# diff_page.sh: the page that `ifx diff --html` writes, opened, searched and walked through by keys in a browser.
# usage: tests/browser/diff_page.sh IFX; $IFX_SCREENSHOTS names a folder that keeps the pictures. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/../real/common.bash"
here=$(realpath "$(dirname "$0")")
. "$here/trees.bash"

for name in chromium chromium-browser google-chrome; do
  chromium=$(command -v "$name") && break
done
[ -n "$chromium" ] || pending 'no Chromium: the page of a comparison was not opened'
command -v node >/dev/null || pending 'no node: the page of a comparison was not opened'

mkdir -p "${IFX_SCREENSHOTS:=$scratch/pictures}"
for page in few many; do
  "$page" "$scratch/$page"
  (cd "$scratch/$page" && "$ifx" diff before after --html "$scratch/$page.html" >/dev/null) || exit 1
done
node "$here/diff_page.js" "$chromium" "$scratch" "$IFX_SCREENSHOTS"

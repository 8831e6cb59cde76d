#!/usr/bin/env bash
# deps.sh GROUP…: install the Debian or Ubuntu packages that are missing, after saying which. SPDX-License-Identifier: Apache-2.0
set -eu
declare -A packages=(
  [build]='gcc cmake ninja-build pkg-config git liblua5.4-dev libyaml-dev libjansson-dev libuv1-dev libssl-dev libsqlite3-dev libpcre2-dev'
  [test]='lua-busted diffutils jq'
  [peers]='curl openssl'
  [browser]='chromium nodejs fonts-dejavu-core'
  [fuzz]='clang'
  [bench]='hyperfine lua5.4 python3-yaml yq time git-filter-repo'
  [lint]='lua-check clang-format'
)
missing=()
for group in "$@"; do
  for package in ${packages[$group]}; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null; then
  echo "These packages are missing, and this is neither Debian nor Ubuntu: ${missing[*]}" >&2
  exit 1
fi
sudo=''
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Missing: ${missing[*]}. Neither root nor sudo: install them, then run this again." >&2; exit 1; }
  sudo=sudo
fi
echo "Installing with apt-get: ${missing[*]}"
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

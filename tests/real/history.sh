#!/usr/bin/env bash
# history.sh: the history of a part of real repositories, beside what git filter-repo makes of it. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
command -v git-filter-repo >/dev/null || pending 'no git filter-repo'

# Author, committer, message and tree of every commit.
shown() { git -C "$1" log --topo-order --format='%an <%ae> %ad%n%cn %cd%n%B%T' "$2"; }

trial() { # trial NAME COMMIT FOLDER: the folder becomes the top of a repository
  local source made=$scratch/new oracle=$scratch/oracle
  source=$(find_repository "$1" "$2") || { printf 'pending: no %s with %s below $IFX_REPOS\n' "$1" "$2"; return; }
  tried=$((tried + 1))
  repo=$scratch/${1#*+}
  clone "$source" "$2"
  git -C "$repo" checkout -q -B trunk
  FOLDER=$3 REPO=$repo OUT=$made "$ifx" eval " $(cat "$real/history.lua")" || wrong "$1: no repository was made"
  git clone -q --no-local --single-branch "$repo" "$oracle"
  git -C "$oracle" filter-repo --quiet --force --paths-from-file "$made.paths" --preserve-commit-hashes --refs trunk >/dev/null
  equal "$1: as many commits" "$(git -C "$oracle" rev-list --count trunk)" "$(git -C "$made" rev-list --count main)"
  holds "$1: the same commits" diff <(shown "$oracle" trunk) <(shown "$made" main)
  equal "$1: sound" '' "$(git -C "$made" fsck --full --no-dangling 2>&1)"
  rm -rf "$oracle" "$made" "$repo"
}

# Folders whose files were renamed, with merges: none of them was copied from what stays, which the other cannot tell.
tried=0
trial stefanprodan+gitops-istio 3851e18025 apps
trial techno-tim+k3s-ansible 422621c69c roles
trial danielvollbro+homelab 1fcd404f5d .gitlab
trial geerlingguy+pi-cluster 2e4053b519 tasks
[ "$tried" -gt 0 ] || pending 'no repository at hand'
finish

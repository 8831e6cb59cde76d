#!/usr/bin/env bash
# restructure.sh [IFX]: plan and apply a restructure that splits a repository in two, on a generated repository of 10,000
# files, 200 commits, 20,000 references and 40 MB, beside `git filter-repo` doing the split alone. GROWTH=1 adds 1,000 and
# 100,000 files, to see how the time grows. SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"
runs=${RUNS:-3} bytes=3500
for need in lua5.4 git-filter-repo /usr/bin/time; do
  have "$need" || { echo "restructure: pending: $need is not installed"; row 'restructure with split' - - - '< 5 s' pending; exit 0; }
done

layout() { # layout DIR: half of the teams leave for a repository of their own, the others move
  cat <<YAML
layout: 1
name: teams
summary: Half of the teams in a repository of their own
repositories:
  fleet: { name: fleet, url: https://git.example.org/platform/fleet-two, dir: $1 }
moves:
  - { from: ['apps/team-[01]?/**', 'clusters/prod/team-[01]?/**'], to: '\${path}', repository: fleet }
  - { from: 'apps/**', to: 'workloads/\${1}' }
generate:
  - path: clusters/prod/flux-system/gotk-sync.yaml
    repository: fleet
    text: |
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata: { name: flux-system, namespace: flux-system }
      spec: { interval: 1m, ref: { branch: main }, url: https://git.example.org/platform/fleet-two }
YAML
}

generate() { # generate FILES COMMITS: $work/repo-FILES
  local repo=$work/repo-$1
  git init --quiet --initial-branch=main "$repo"
  lua5.4 "$here/refs_repository.lua" "$1" "$work/expected-$1" "$2" $bytes | git -C "$repo" fast-import --quiet
  git -C "$repo" reset --quiet --hard
  git -C "$repo" config user.name bench
  git -C "$repo" config user.email bench@example.org
}

# Nothing is deleted before the end: file systems are slow to make files right after many went. The index learns of the copied
# files, as that of a clone knows its own.
# ours FILES RUN: plan and apply in a copy; wall and processor seconds and the peak of memory, all processes together
ours() {
  local copy=$work/copy-$1-$2 other=$work/fleet-$1-$2
  cp -r "$work/repo-$1" "$copy"
  git -C "$copy" status >/dev/null
  layout "$other" >"$work/layout-$1-$2.yaml"
  sync
  clock "ours-$1" /usr/bin/time -f 'peak %M' "$ifx" run restructure -C "$copy" --layout "$work/layout-$1-$2.yaml" --text --apply --yes \
    --set accept=prune,border
  sed -n 's/^peak //p' "$work/ours-$1.err" >>"$work/ours-$1.peak"
  git -C "$other" fsck --no-dangling >/dev/null
  commits=$(git -C "$other" rev-list --count HEAD)
}

filter_repo() { # filter_repo FILES RUN: the split alone
  local copy=$work/filter-$1-$2
  git clone --quiet --no-local "$work/repo-$1" "$copy"
  clock "filter-$1" git -C "$copy" filter-repo --quiet --force --path-regex '^(apps|clusters/prod)/team-[01]./' --path-regex '^services/app-'
}

measure() { # measure FILES RUNS
  generate "$1" 200
  for ((i = 0; i < $2; i++)); do
    ours "$1" "$i"
    filter_repo "$1" "$i"
  done
  printf '%7d files: ifx plan and apply %6.2f s (processor %6.2f s), peak %4d MiB, %d commits in the new repository; filter-repo, the split alone: %6.2f s\n' \
    "$1" "$(wall "ours-$1")" "$(cpu "ours-$1")" "$(($(median "$work/ours-$1.peak") / 1024))" "$commits" "$(wall "filter-$1")"
}

measure 10000 "$runs"
seconds=$(wall ours-10000) peak=$(($(median "$work/ours-10000.peak") / 1024))
row 'restructure with split, 10,000 files, 40 MB' "$(calc '%.2f s' "$seconds") (processor $(calc '%.2f s' "$(cpu ours-10000)"))" \
  "git filter-repo, the split alone: $(calc '%.2f s' "$(wall filter-10000)")" "$(calc %.2f "$seconds / $(wall filter-10000)")" '< 5 s' \
  "$(met_or_busy "$seconds" "$(cpu ours-10000)" 5)"
row 'restructure with split, peak memory' "$peak MiB" - - '< 300 MiB' "$(met "$peak < 300")"
if [ -n "${GROWTH:-}" ]; then
  measure 1000 "$runs"
  measure 100000 1
  calc '100,000 files take %.1f times as long as 10,000 (linear: 10)\n' "$(wall ours-100000) / $seconds"
fi

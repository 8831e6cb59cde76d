#!/usr/bin/env bash
# repair_003.sh: the negative case of document 003: pesuga/homelab at 490b603. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
commit=490b603d62411ef01d70d6a728bbbd8a25284c43
source=$(find_repository pesuga+homelab $commit) || pending 'no pesuga+homelab with 490b603 below $IFX_REPOS'
repo=$scratch/repo
clone "$source" $commit || exit 1
git -C "$repo" checkout -q -B trunk
before=$(snapshot "$repo")

broken() { # broken KIND-PATTERN: how many lines of these kinds `ifx check` shows
  grep -cE "^    [^ ]+:[0-9]+:[0-9]+  $1  " <<<"$out"
}

# --- what is broken
call check "$repo"
equal 'check says that something is broken' 1 "$rc"
equal 'kustomize, apart from the rest' '  kustomize (14)' "$(grep '^  kustomize' <<<"$out")"
equal 'ci, apart from the rest' '  ci (6)' "$(grep '^  ci (' <<<"$out")"
equal '14 entries of kustomizations' 14 "$(broken 'kustomize\.resources')"
equal '3 contexts of CI' 3 "$(broken 'ci\.input')"
equal '3 path filters of CI' 3 "$(broken 'ci\.paths')"
roots=$(grep -A2 '^cannot be built (2):' <<<"$out")
says 'one root' 'infrastructure/kubernetes: 11 paths that it names are missing' "$roots"
says 'and the other' 'clusters/homelab/lobechat-stack: 3 paths that it names are missing' "$roots"
says 'with who applies it' 'applied by clusters/homelab/infrastructure.yaml:12:9' "$roots"

# --- the plan
call run repair -C "$repo"
found=$(sed -n '/^Found (/,/^$/p' <<<"$out")
equal 'all 14 files are found by their last content' 14 "$(grep -c 'kustomize\.resources.* the same content ' <<<"$found")"
says 'postgres' 'production/core/databases/postgres/postgres.yaml' "$found"
says 'flowise' 'archive/deprecated/flowise/flowise-deployment.yaml' "$found"
next=$(sed -n '/^The next build against the last good one/,/^$/p' <<<"$out")
equal 'four objects change' 4 "$(grep -c ' changes ' <<<"$next")"
says 'a volume goes' 'PersistentVolumeClaim/homelab/grafana-storage  goes' "$next"
says 'another comes' 'PersistentVolumeClaim/homelab/grafana-pvc      comes' "$next"
says 'who deletes it is said first' 'PersistentVolumeClaim homelab/grafana-storage' "$(grep '^Blocked' <<<"$out")"
call run repair -C "$repo" --apply
equal 'it is not applied without being accepted' 1 "$rc"
equal 'planning changed nothing' "$before" "$(snapshot "$repo")"

# --- applied: both roots build
call run repair -C "$repo" --apply --set accept=prune
equal 'it is applied' 0 "$rc"
git clone -q "$repo" "$scratch/after"
git -C "$scratch/after" checkout -q ifx/repair
equal 'only what names them changed' 'M' "$(git -C "$repo" diff --name-status trunk ifx/repair | cut -f1 | sort -u)"
if command -v kubectl >/dev/null; then
  for root in infrastructure/kubernetes:42 clusters/homelab/lobechat-stack:15; do
    equal "objects of $root" "${root#*:}" \
      "$(kubectl kustomize --load-restrictor LoadRestrictionsNone "$scratch/after/${root%:*}" | grep -c '^kind:')"
  done
else
  echo 'pending: kubectl is not here, so nothing was rendered'
fi
call check "$scratch/after"
equal 'nothing of kustomize and CI is broken any more' '' "$(grep -E '^  (kustomize|ci) \(' <<<"$out")"

equal "nothing is unbuildable" 0 "$(grep -c "^cannot be built" <<<"$out")"

# --- again, and back
git -C "$repo" switch -q ifx/repair
call run repair -C "$repo" --exit-code
equal 'there is nothing left to do' 0 "$rc"
git -C "$repo" switch -q trunk
id=$(run_id)
call runs rollback "$id"
equal 'rolled back' 0 "$rc"
equal 'refs, index and files are as before, bit for bit' "$before" "$(snapshot "$repo")"
finish

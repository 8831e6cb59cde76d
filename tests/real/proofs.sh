#!/usr/bin/env bash
# proofs.sh: what the migrations of documents 000, 003 (A and B) and 004 do to the objects, on the real repositories.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
c000=b992138d521360ed0875a0fa59278ba25d159964 c003=c302d6219e216e36b877b3580824566ecc599042
c004=a4ef4b2d52cd6bdd00d0f829ce6ebe48436e3c68
of000=$(find_repository binGhzal+infraflux $c000) || pending 'no binGhzal+infraflux with b992138 below $IFX_REPOS'
of003=$(find_repository pesuga+homelab $c003) || pending 'no pesuga+homelab with c302d62 below $IFX_REPOS'
of004=$(find_repository danielvollbro+homelab $c004) || pending 'no danielvollbro+homelab with a4ef4b2 below $IFX_REPOS'
export SHARED=${IFX_SHARED:-$real/../../../shared}
[ -f "$SHARED/conformance/migrations/accept-000.json" ] || pending 'no accept-000.json below $IFX_SHARED'

ask() { jq -c "$1" "$scratch/diff.json"; } # ask FILTER: of the last comparison

owned() { # owned REPO REV: how many objects each entry point has, the most first
  "$ifx" owners -C "$1" "$2" --json | jq -r '.objects[].owners[].id' | sed 's/.*\///' | sort | uniq -c | sort -rn | awk '{ printf "%s %s\n", $2, $1 }'
}

proved() { # proved WHAT REPO A B ARG…: the proof of a comparison is made again
  local what=$1 repo=$2 a=$3 b=$4
  shift 4
  "$ifx" diff -C "$repo" "$a" "$b" "$@" --json --proof "$scratch/proof.json" >"$scratch/diff.json" || wrong "$what: no comparison"
  call verify -C "$repo" "$scratch/proof.json"
  ok "$what: verified" "$rc" 0 "$out" verified:
}

# --- 003: 42 objects become 34 and 8; 15 have two owners before and after
for option in a b; do
  repo=$scratch/003$option
  clone "$of003" $c003 || exit 1
  git -C "$repo" checkout -q -B trunk
  git -C "$repo" remote add origin https://github.com/pesuga/homelab 2>/dev/null
  if [ $option = a ]; then layout='flux-minimal --apps flowise,mem0,n8n,homelab-dashboard'; else layout=$real/layouts/homelab-option-b.yaml; fi
  # shellcheck disable=SC2086
  call run restructure -C "$repo" --layout $layout --text --apply --set accept=prune
  tip=$(git -C "$repo" for-each-ref --format='%(refname:short)' refs/heads/ifx)
  equal "003 $option: before" $'flux-system 58\ninfrastructure 42\nlobechat-stack 15' "$(owned "$repo" trunk)"
  equal "003 $option: after" $'flux-system 59\ninfrastructure 34\nlobechat-stack 15\napps 8' "$(owned "$repo" "$tip")"
  equal "003 $option: owned twice" 15 "$("$ifx" owners -C "$repo" "$tip" --json | jq '[.objects[] | select(.owners | length == 2)] | length')"
  proved "003 $option" "$repo" trunk "$tip"
  equal "003 $option: nothing but owners" '[0,8]' "$(ask '[.counts.removed, .counts.reowned]')"
  equal "003 $option: the new owner waits, so the old one comes first" 8 \
    "$(ask '[.hazards[] | select(.id == "flux.prune-moved" and (.reason | contains("always comes first")))] | length')"
  call run stages -C "$repo" --from trunk --to "$tip" --apply
  equal "003 $option: there are stages" 0 "$rc"
  for step in "trunk ifx/stages/1-protect" "ifx/stages/1-protect ifx/stages/2-move" "ifx/stages/2-move ifx/stages/3-release"; do
    # shellcheck disable=SC2086
    equal "003 $option: safe from ${step/ / to }" 0 "$("$ifx" diff -C "$repo" $step --json | jq '[.hazards[] | select(.severity == "high")] | length')"
  done
done

# --- 004: the refactor that its owner made
repo=$scratch/004
clone "$of004" $c004 || exit 1
proved 004 "$repo" '2984f50^' a4ef4b2
equal '004: of the layers two dropped, none added, none changed, ten with another owner' '[2,0,0,10]' "$(ask '
  [.changes[] | select(.kind != "Kustomization")] |
  [([.[] | select(.sort == "removed")] | length), ([.[] | select(.sort == "added")] | length),
   ([.[] | select(.sort == "changed")] | length), ([.[] | select(.reowned)] | length)]')"
equal '004: eight only because of the name' 8 "$(ask '[.changes[] | select(.reowned) | select(
  (.before.owners[0] | endswith("/infrastructure")) and (.after.owners[0] | endswith("/infrastructure-controllers")))] | length')"
equal '004: the Kustomizations' '["changed apps","removed infrastructure","removed infrastructure-certs","added infrastructure-configs","added infrastructure-controllers"]' \
  "$(ask '[.changes[] | select(.kind == "Kustomization") | .sort + " " + .name]')"
equal '004: both old ones take along all they own' '["infrastructure","infrastructure-certs"]' \
  "$(ask '[.hazards[] | select(.id == "flux.prune-renamed") | .entry | sub(".*/"; "")] | unique')"

# --- 000: two repositories; nothing but the sources of three Applications
mkdir "$scratch/000"
repo=$scratch/000/infraflux url=https://github.com/binGhzal/platform-gitops
clone "$of000" $c000 || exit 1
git -C "$repo" checkout -q -B trunk
git -C "$repo" remote add origin https://github.com/binGhzal/infraflux 2>/dev/null
"$ifx" eval " $(cat "$real/split_000.lua")" >"$scratch/split.yaml" || exit 1
call run restructure -C "$repo" --layout "$scratch/split.yaml" --text --platform_url $url --set accept=prune --apply
equal '000: split' 0 "$rc"
proved 000 "$repo" trunk ifx/split-000 --repo-after "$url=$scratch/000/platform-gitops"
equal '000: only sources change' '["capi-providers","platform","pod-security-standards"] ["spec.source.path","spec.source.repoURL"]' \
  "$(ask '[.changes[].name]') $(ask '[.changes[].fields[].path] | unique')"
equal '000: what is not known is the same on both sides' '[]' "$(ask '[.unknown[] | select(.same | not)]')"
finish

#!/usr/bin/env bash
# flux_build.sh: what the real kustomize-controller applies for each Kustomization of a repository that uses what there is;
# recorded, and compared with what the program renders. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/peers.bash"
. "$real/peers/flux/tree.bash"
peers flux git
flux_tree
out=$recorded/flux
mkdir -p "$out"
k apply --server-side -f "$scratch/fleet/clusters/peers/flux-system/gotk-sync.yaml" >/dev/null || { wrong 'the entry point is not taken'; finish; }

state() { # state: NAME, Ready, whether that is of this generation, and the message, of each Kustomization
  k -n flux-system get kustomizations -o json | jq -r '.items[] | . as $k | (.status.conditions // [] | map(select(.type == "Ready"))[0]) as $r
    | [.metadata.name, $r.status // "none", ($r.observedGeneration == .metadata.generation), ($r.message // "" | gsub("\n"; " "))] | @tsv'
}

unsettled() { # what is not as it must become
  local name all
  all=$(state)
  for name in "${ready[@]}"; do
    grep -qP "^$name\tTrue\ttrue\t" <<<"$all" || printf 'not ready: %s\n' "$(grep -P "^$name\t" <<<"$all" || echo "$name is not there")"
  done
  for name in "${refused[@]}"; do
    grep -P "^$name\tFalse\ttrue\t" <<<"$all" | grep -qF -- "${why[$name]}" ||
      printf 'not refused with "%s": %s\n' "${why[$name]}" "$(grep -P "^$name\t" <<<"$all" || echo "$name is not there")"
  done
}

inventory() { # inventory NAME: what it applied, as NAMESPACE NAME KIND.VERSION.GROUP
  k -n flux-system get kustomization "$1" -o json | jq -r '.status.inventory.entries // [] | .[]
    | (.id | capture("^(?<ns>[^_]*)_(?<name>.*)_(?<group>[^_]*)_(?<kind>[^_]*)$")) as $i
    | [(if $i.ns == "" then "default" else $i.ns end), ($i.name | gsub("__"; ":")), $i.kind + "." + .v + "." + $i.group] | join(" ")'
}

live() { # live NAME: the objects that it applied, as a JSON list
  local namespace name kind
  inventory "$1" | while read -r namespace name kind; do k -n "$namespace" get "$kind" "$name" -o json; done | jq -s .
}

# What is rendered, when the controller applied it over what there is, leaves all as it is; and there is nothing more.
same_as_live() { # same_as_live NAME RENDERED: prints how they differ
  k apply --server-side --force-conflicts --field-manager=kustomize-controller --dry-run=server -o json -f "$2" 2>"$scratch/apply.err" |
    jq "[.items[]? // .] | map($served)" | canonical >"$scratch/ours.yaml" || cat "$scratch/apply.err"
  diff "$out/$1.yaml" "$scratch/ours.yaml"
}

settled 'every Kustomization becomes what it must' 180 unsettled || finish
for name in "${ready[@]}"; do
  live "$name" | jq "map($served)" | canonical >"$out/$name.yaml"
  holds "$name applied something" test -s "$out/$name.yaml"
done
state | sort >"$out/state.tsv"

# --- the comparison finds what differs: kustomize itself builds what the controller adds nothing to
k kustomize "$scratch/fleet/apps/plain" >"$scratch/plain.yaml"
equal 'kustomize builds what was applied' '' "$(same_as_live plain "$scratch/plain.yaml")"
sed 's/b: x y/b: x  y/' "$scratch/plain.yaml" >"$scratch/other.yaml"
says 'a changed field is seen' 'b: x  y' "$(same_as_live plain "$scratch/other.yaml")"
sed '/tier: front/d' "$scratch/plain.yaml" >"$scratch/other.yaml"
holds 'a missing field is seen' test -n "$(same_as_live plain "$scratch/other.yaml")"
sed '1,/^---$/d' "$scratch/plain.yaml" >"$scratch/other.yaml"
holds 'a missing object is seen' test -n "$(same_as_live plain "$scratch/other.yaml")"

# --- and the program
kind=Kustomization.kustomize.toolkit.fluxcd.io
render "$scratch/fleet" "$GIT_URL/fleet.git=$scratch/fleet" "$GIT_URL/library.git=$scratch/library"
for name in "${ready[@]}"; do compare "$kind" "$name" same_as_live "$name"; done
for name in "${refused[@]}"; do [ -n "${server[$name]-}" ] || compare_refused "$kind" "$name"; done
finish_compared

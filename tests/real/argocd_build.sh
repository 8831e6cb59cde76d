#!/usr/bin/env bash
# argocd_build.sh: what the real Argo CD applies for Applications and makes of ApplicationSets that use what there is;
# recorded, and compared with what the program renders. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/peers.bash"
. "$real/peers/argocd/tree.bash"
peers argocd git
argocd_tree
out=$recorded/argocd
mkdir -p "$out"
for name in other chosen; do k create namespace $name >/dev/null; done # which no destination makes in time, or at all
k apply --server-side -f "$scratch/gitops/bootstrap/projects.yaml" >/dev/null # an Application looks for its project once
k apply --server-side -f "$scratch/gitops/bootstrap" >/dev/null || { wrong 'the entry points are not taken'; finish; }

apps() { k -n argocd get applications -o json; }

unsettled() { # which Applications are not as they must become
  local name all
  all=$(apps | jq -r '.items[] | [.metadata.name, .status.sync.status // "none", .status.operationState.phase // "none",
    ([.status.conditions // [] | .[].message] + [.status.operationState.message // ""] | join(" ") | gsub("\n"; " "))] | @tsv')
  for name in "${ready[@]}"; do
    grep -qP "^$name\tSynced\tSucceeded\t" <<<"$all" || printf 'not synced: %s\n' "$(grep -P "^$name\t" <<<"$all" || echo "$name is not there")"
  done
  for name in "${refused[@]}"; do
    grep -P "^$name\t" <<<"$all" | grep -v -P "\tSucceeded\t" | grep -qF -- "${why[$name]}" ||
      printf 'not refused with "%s": %s\n' "${why[$name]}" "$(grep -P "^$name\t" <<<"$all" || echo "$name is not there")"
  done
}

children() { # children SET: the Applications that it made, as a JSON list
  apps | jq --arg set "$1" "[.items[] | select(any(.metadata.ownerReferences // [] | .[]; .kind == \"ApplicationSet\" and .name == \$set)) | $served]"
}

unmade() { # which ApplicationSets have not made theirs
  local name count
  for name in "${sets[@]}"; do
    count=$(children "$name" | jq length)
    [ "$count" = "${made[$name]}" ] || printf '%s made %s, not %s: %s\n' "$name" "$count" "${made[$name]}" \
      "$(k -n argocd get applicationset "$name" -o json | jq -r '[.status.conditions // [] | .[].message] | join("; ")')"
  done
}

applied() { # applied NAME: the manifests that it applied, as they are kept for the next apply
  local namespace name kind
  k -n argocd get application "$1" -o json | jq -r '.status.resources // [] | .[] | [.namespace // "default", .name, .kind + "." + .version + "." + (.group // "")] | join(" ")' |
    while read -r namespace name kind; do k -n "$namespace" get "$kind" "$name" -o json; done |
    jq -s "map(.metadata.annotations[\"kubectl.kubernetes.io/last-applied-configuration\"] | fromjson | $served)"
}

same() { # same NAME RENDERED: prints how what is rendered differs from what was recorded
  k create --dry-run=client --validate=false -o json -f "$2" | jq -s "map(if .kind == \"List\" then .items[] else . end | $served)" |
    canonical | diff "$out/$1.yaml" -
}

settled 'every Application becomes what it must' 240 unsettled
settled 'every ApplicationSet makes its Applications' 60 unmade
[ "$failed" -eq 0 ] || finish
for name in "${ready[@]}"; do
  applied "$name" | canonical >"$out/$name.yaml"
  holds "$name applied something" test -s "$out/$name.yaml"
done
for name in "${sets[@]}"; do children "$name" | canonical >"$out/set-$name.yaml"; done

# --- the comparison finds what differs: kustomize itself builds what only the namespace of the destination is added to
sed 's/^metadata:$/&\n  namespace: team/' <(k kustomize "$scratch/gitops/apps/kustomize") | sed '/^  namespace: team$/{N;/namespace: other/D}' >"$scratch/plain.yaml"
equal 'kustomize builds what was applied' '' "$(same kustomize "$scratch/plain.yaml")"
sed 's/from: kustomized$/from: elsewhere/' "$scratch/plain.yaml" >"$scratch/other.yaml"
says 'a changed field is seen' 'from: elsewhere' "$(same kustomize "$scratch/other.yaml")"
sed '1,/^---$/d' "$scratch/plain.yaml" >"$scratch/other.yaml"
holds 'a missing object is seen' test -n "$(same kustomize "$scratch/other.yaml")"

# --- and the program
render "$scratch/gitops" "$GIT_URL/gitops.git=$scratch/gitops"
for name in "${ready[@]}"; do
  if [ "$name" = jsonnet ]; then compare_refused Application.argoproj.io "$name"; else compare Application.argoproj.io "$name" same "$name"; fi
done
for name in "${refused[@]}"; do compare_refused Application.argoproj.io "$name"; done
for name in "${sets[@]}"; do compare ApplicationSet.argoproj.io "$name" same "set-$name"; done
command -v helm >/dev/null || echo 'pending: no helm on PATH: no Application with a chart was tried'
finish_compared

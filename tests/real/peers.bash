# peers.bash: for tests against the real controllers; sourced with the program's path as $1. SPDX-License-Identifier: Apache-2.0
# What a test records, and the logs, go to $IFX_PEERS_RECORD where that names a folder, else it goes when the test ends.
export IFX_PEERS_CACHE=${IFX_PEERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ifx-peers} # before a test has a home of its own
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
recorded=${IFX_PEERS_RECORD:-$scratch}/recorded

peers() { # peers SET…: runs them until this test ends, in whatever way
  local status
  IFX_PEERS_WHILE=$$ bash "$real/up.sh" "$scratch/peers" "$@" >"$scratch/peers.env" 2>"$scratch/peers.err" && status=0 || status=$?
  [ $status -ne 77 ] || pending "$(sed -n 's/^pending: //p' "$scratch/peers.err")"
  [ $status -eq 0 ] || { wrong "$(printf 'the peers do not start:\n%s' "$(cat "$scratch/peers.err")")"; finish; }
  trap 'stop_peers; rm -rf "$scratch"' EXIT
  . "$scratch/peers.env"
  export KUBECONFIG
}

stop_peers() {
  bash "$real/down.sh" "$PEERS"
  [ -z "${IFX_PEERS_RECORD-}" ] || { mkdir -p "$recorded"; cp -r "$PEERS/log" "$recorded"; }
}

k() { "$KUBECTL" "$@"; }

publish() { # publish NAME: the folder $scratch/NAME is the tip of $GIT_URL/NAME.git
  local tree=$scratch/$1
  [ -d "$tree/.git" ] || {
    git init -q --bare -b main "$PEERS/git/$1.git"
    git -C "$tree" init -q -b main
    git -C "$tree" remote add origin "$PEERS/git/$1.git"
  }
  git -C "$tree" add -A -f && git -C "$tree" commit -q --allow-empty -m "$1" && git -C "$tree" push -q --tags origin main
}

file() { # file PATH <CONTENT: of the folder $tree
  mkdir -p "$(dirname "$tree/$1")"
  cat >"$tree/$1"
}

settled() { # settled WHAT SECONDS COMMAND…: until the command prints nothing; what it prints at the end is wrong
  local what=$1 end=$((SECONDS + $2)) left
  shift 2
  while left=$("$@") && [ -n "$left" ]; do
    [ $SECONDS -lt $end ] || { wrong "$(printf '%s:\n%s' "$what" "$left")"; return 1; }
    sleep 0.5
  done
  pass
}

canonical() { # canonical <OBJECTS, a JSON list: as kustomize prints YAML, ordered by what they are
  rm -rf "$scratch/canonical"
  mkdir "$scratch/canonical"
  jq -c 'sort_by(.apiVersion, .kind, .metadata.namespace, .metadata.name)[]' | sed 's/^/---\n/' >"$scratch/canonical/objects.yaml"
  [ -s "$scratch/canonical/objects.yaml" ] || return 0
  printf 'resources: [objects.yaml]\nsortOptions: { order: fifo }\n' >"$scratch/canonical/kustomization.yaml"
  k kustomize "$scratch/canonical"
}

# What only the server and the controllers write into an object; defaults stay.
served='def emptied(p): if (p | length) == 0 then del(p) else . end;
  del(.status, .metadata.uid, .metadata.resourceVersion, .metadata.generation, .metadata.creationTimestamp, .metadata.managedFields,
    .metadata.finalizers, .metadata.ownerReferences, .metadata.labels["kustomize.toolkit.fluxcd.io/name"],
    .metadata.labels["kustomize.toolkit.fluxcd.io/namespace"], .metadata.labels["kubernetes.io/metadata.name"],
    .metadata.annotations["argocd.argoproj.io/tracking-id"], .metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"])
  | emptied(.metadata.labels) | emptied(.metadata.annotations)
  | if .kind == "Namespace" then del(.spec) else . end'

# --- the comparison with what the program renders
uncompared=0
rendered=$scratch/rendered

render() { # render CHECKOUT [URL=DIR]…: what the program makes of it goes to $rendered/KIND/NAME.yaml and NAME.why
  mkdir -p "$rendered"
  TREE=$1 OUT=$rendered REPOSITORIES=$(printf '%s\n' "${@:2}") "$ifx" eval " $(cat "$real/rendered.lua")" >"$scratch/render.out" 2>&1 ||
    wrong "$(printf 'nothing is rendered of %s:\n%s' "$1" "$(cat "$scratch/render.out")")"
}

compare() { # compare KIND NAME COMMAND…: the command is given the file that was rendered, and prints how it differs from what was applied
  local kind=$1 name=$2 differences
  shift 2
  [ -d "$rendered/$kind" ] || { uncompared=$((uncompared + 1)); return; }
  [ -f "$rendered/$kind/$name.yaml" ] || { wrong "$kind $name is not rendered: $(cat "$rendered/$kind/$name.why" 2>&1)"; return; }
  differences=$("$@" "$rendered/$kind/$name.yaml")
  equal "$kind $name is rendered as it was applied" '' "$differences"
}

compare_refused() { # compare_refused KIND NAME: the program says what is wrong with it, too
  [ -d "$rendered/$1" ] || { uncompared=$((uncompared + 1)); return; }
  holds "$1 $2 is not rendered in silence" test -s "$rendered/$1/$2.why"
}

finish_compared() { # counts; pending, aloud, where nothing failed and something could not be compared
  [ "$uncompared" -eq 0 ] || [ "$failed" -gt 0 ] ||
    { printf '%d passed, %d failed\n' "$passed" "$failed"; pending "no front end yet: $uncompared results of the controllers were recorded and not compared"; }
  finish
}

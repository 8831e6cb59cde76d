#!/usr/bin/env bash
# edit_files.sh [IFX]: one field in each of 1,000 files, edited by ifx and re-emitted by yq: all files in one process, and
# one process for each file, as loops of the shell do it. Each edits a fresh copy; the lines that differ beyond the wanted
# one are counted. Starting yq costs so much that its processes are counted on fewer files and multiplied.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"
count=${COUNT:-1000} runs=${RUNS:-3} some=50

make_files() { # Deployments as people write them: comments, quotes, lists right of their key
  mkdir "$work/origin"
  for ((i = 1; i <= count; i++)); do
    cat >"$work/origin/app-$i.yaml" <<YAML
# app $i, owned by team $((i % 7))
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-$i   # also the name of its Service
  labels: {app: "app-$i", tier: 'web'}
spec:
  replicas: 2

  template:
    spec:
      containers:
        # the only container
        - name: app
          image: "registry.example.org/app-$i:1.4.2" # pinned
          args: ["--port=8080", '--verbose']
          command:
            - sh
            - -c
            - |
              exec app \\
                --number $i
YAML
  done
}

edit="
  local fs, yaml = require 'fs', require 'yaml'
  local path = { 'spec', 'template', 'spec', 'containers', 1, 'image' }
  local function edited(name)
    local doc = yaml.document(fs.read(name), { file = name })
    doc:set(path, doc:get(path):gsub(':[^:]*\$', ':1.5.0'))
    return { path = name, bytes = doc:text() }
  end"

ifx_batch() {
  "$ifx" eval "$edit
    local writes = {}
    for i, file in ipairs(fs.list '$1') do writes[i] = edited('$1/' .. file.name) end
    fs.write_all(writes, { sync = false })"
}
ifx_each() { for f in "$1"/*.yaml; do "$ifx" eval "$edit fs.write_all({ edited '$f' }, { sync = false })"; done; }

# Debian's yq is the one in Python; mikefarah's takes one file for each process.
mikefarah() { yq --version 2>&1 | grep -q mikefarah; }
yq_batch() { yq -i -y '.spec.template.spec.containers[0].image |= sub(":[^:]*$"; ":1.5.0")' "$1"/*.yaml; }
yq_each() {
  local f
  for f in $(find "$1" -name '*.yaml' | head -n $some); do
    if mikefarah; then
      yq -i '.spec.template.spec.containers[0].image |= sub(":[^:]*$", ":1.5.0")' "$f"
    else
      yq -i -y '.spec.template.spec.containers[0].image |= sub(":[^:]*$"; ":1.5.0")' "$f"
    fi
  done
}

declare -A stray
measure() { # measure NAME FACTOR: times are multiplied by the factor
  rm -rf "$work/copy"
  cp -r "$work/origin" "$work/copy"
  clock "$1" "$1" "$work/copy"
  local lines wanted
  lines=$(diff -r "$work/origin" "$work/copy" | grep -c '^<' || true)
  wanted=$(grep -rlF ':1.5.0' "$work/copy" | wc -l)
  [ "$wanted" = $((count / $2)) ] || { echo "$1: $wanted files were edited" >&2; exit 1; }
  stray[$1]=$(((lines - wanted) * $2))
}
scaled() { calc %.2f "$($2 "$1") * $3"; } # scaled NAME wall|cpu FACTOR
show() { # show NAME FACTOR
  printf '  %-10s %8.2f s wall, %8.2f s processor, %5d lines changed that should not%s\n' "${1/_/ }" "$(scaled "$1" wall "$2")" \
    "$(scaled "$1" cpu "$2")" "${stray[$1]}" "$([ "$2" = 1 ] || echo " ($((count / $2)) files, times $2)")"
}
compare() { # compare WAY FACTOR
  local ours theirs
  ours=$(scaled "ifx_$1" wall 1) theirs=$(scaled "yq_$1" wall "$2")
  row "edit $count files, $1" "$ours s, ${stray[ifx_$1]} stray lines" "yq $theirs s, ${stray[yq_$1]} stray lines" \
    "$(calc %.3f "$ours / $theirs")" '< 1, 0 stray' "$(met "$ours < $theirs && ${stray[ifx_$1]} == 0")"
}

make_files
for ((i = 0; i < runs; i++)); do measure ifx_batch 1; done
measure ifx_each 1
if have yq; then
  mikefarah || measure yq_batch 1
  measure yq_each $((count / some))
fi
printf 'one field in %d files\n' "$count"
show ifx_batch 1
show ifx_each 1
if have yq; then
  mikefarah || { show yq_batch 1; compare batch 1; }
  show yq_each $((count / some))
  compare each $((count / some))
else
  echo '  yq is not installed: pending'
  row "edit $count files" "$(scaled ifx_batch wall 1) s" yq - '< 1, 0 stray' pending
fi

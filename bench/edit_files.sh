#!/usr/bin/env bash
# edit_files.sh [COUNT]: one field in each of COUNT (1,000) files, edited by ifx and re-emitted by yq.
# Each edits a fresh copy; the lines that differ beyond the wanted one are counted.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
ifx=${IFX:-$here/../build/ifx}
count=${1:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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

edit_with_ifx() {
  "$ifx" eval "
    local fs, yaml = require 'fs', require 'yaml'
    local path = { 'spec', 'template', 'spec', 'containers', 1, 'image' }
    local writes = {}
    for i, file in ipairs(fs.list '$1') do
      local name = '$1/' .. file.name
      local doc = yaml.document(fs.read(name), { file = name })
      doc:set(path, doc:get(path):gsub(':[^:]*\$', ':1.5.0'))
      writes[i] = { path = name, bytes = doc:text() }
    end
    fs.write_all(writes, { sync = false })"
}

edit_with_yq() { # the one in Python takes all files in one process; mikefarah's takes one file
  if yq --version 2>&1 | grep -q mikefarah; then
    for f in "$1"/*.yaml; do yq -i '.spec.template.spec.containers[0].image |= sub(":[^:]*$", ":1.5.0")' "$f"; done
  else
    yq -i -y '.spec.template.spec.containers[0].image |= sub(":[^:]*$"; ":1.5.0")' "$1"/*.yaml
  fi
}

measure() { # measure NAME FUNCTION
  cp -r "$work/origin" "$work/$1"
  local from to lines wanted
  from=$(date +%s%N)
  "$2" "$work/$1"
  to=$(date +%s%N)
  lines=$(diff -r "$work/origin" "$work/$1" | grep -c '^<' || true)
  wanted=$(grep -rlF ':1.5.0' "$work/$1" | wc -l)
  printf '  %-4s %9.1f ms, %d files edited, %d lines changed that should not\n' "$1" "$(((to - from) / 100000))e-1" \
    "$wanted" "$((lines - wanted))"
}

make_files
printf 'one field in %d files\n' "$count"
measure ifx edit_with_ifx
if command -v yq >/dev/null; then measure yq edit_with_yq; else echo '  yq   not installed'; fi

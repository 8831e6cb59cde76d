#!/usr/bin/env bash
# yaml_decode.sh [IFX [FILE]]: processor time of decoding a CRD file of 470 kB: ifx, libyaml's bare event loop, PyYAML's C loader.
# Without FILE a schema of that size is made up. The three take turns; medians are printed.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.bash"

make_crds() { # documents with the shape of generated CRDs: deep schemas, long folded descriptions, enums, lists
  awk 'BEGIN {
    for (doc = 1; doc <= 5; doc++) {
      printf "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n"
      printf "  annotations:\n    controller-gen.kubebuilder.io/version: v0.16.1\n  name: things%d.example.io\n", doc
      printf "spec:\n  group: example.io\n  names: {kind: Thing%d, plural: things%d}\n  scope: Namespaced\n  versions:\n", doc, doc
      printf "  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n"
      printf "        type: object\n        properties:\n          spec:\n            properties:\n"
      for (i = 1; i <= 117; i++) {
        p = "              "
        printf "%sfield%d:\n%s  description: |-\n", p, i, p
        printf "%s    Field%d says where the thing number %d is found, and how long to wait for it\n", p, i, i
        printf "%s    before giving up. It is optional, and the default is taken from the class.\n", p
        printf "%s  properties:\n%s    name:\n%s      description: Name of the referent.\n", p, p, p
        printf "%s      maxLength: 253\n%s      type: string\n", p, p
        printf "%s    interval:\n%s      pattern: ^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$\n%s      type: string\n", p, p, p
        printf "%s    policy:\n%s      default: Always\n%s      enum:\n%s      - Always\n%s      - Never\n", p, p, p, p, p
        printf "%s      type: string\n%s  required:\n%s  - name\n%s  type: object\n", p, p, p, p
      }
      printf "            type: object\n"
    }
  }'
}

file=${2:-$work/crds.yaml}
[ $# -gt 1 ] || make_crds >"$file"
if ! cc -O2 -o "$work/events" "$here/yaml_events.c" -lyaml; then
  echo 'yaml_decode: pending: no compiler with libyaml'
  row 'YAML decode' - 'bare libyaml' - '>= 0.5 of its speed' pending
  exit 0
fi
ours() {
  "$ifx" eval "
    local yaml, clock = require 'yaml', require 'host'.full().os.clock
    local text, times = require 'fs'.read '$file', {}
    for i = 1, 15 do
      local start = clock()
      yaml.decode_all(text)
      times[i] = (clock() - start) * 1000
    end
    table.sort(times)
    print(('%.2f'):format(times[8]))"
}

python_loader() {
  python3 - "$file" <<'PY'
import sys, time, yaml
text, times = open(sys.argv[1], encoding='utf-8').read(), []
for _ in range(3):
    start = time.process_time()
    list(yaml.load_all(text, Loader=yaml.CSafeLoader))
    times.append((time.process_time() - start) * 1000)
print('%.2f' % sorted(times)[1])
PY
}

python=yes
python3 -c 'import yaml; yaml.CSafeLoader' 2>/dev/null || python=no
for _ in 1 2 3 4 5; do
  "$work/events" "$file" 15 >>"$work/bare"
  ours >>"$work/ours"
  [ $python = no ] || python_loader >>"$work/python"
done
bare=$(median "$work/bare") mine=$(median "$work/ours")
printf '%s bytes of YAML, median of 5 x 15 rounds\n' "$(wc -c <"$file")"
printf '  libyaml, bare event loop  %8s ms\n' "$bare"
printf '  ifx, yaml.decode_all      %8s ms\n' "$mine"
speed=$(calc %.2f "$bare / $mine")
size="YAML decode, $(($(wc -c <"$file") / 1000)) kB"
row "$size" "$mine ms" "bare libyaml $bare ms" "$speed of its speed" '>= 0.5' "$(met "$speed >= 0.5")"
if [ $python = yes ]; then
  loader=$(median "$work/python")
  printf '  PyYAML, C loader          %8s ms\n' "$loader"
  row "$size" "$mine ms" "PyYAML, C loader $loader ms" "$(calc %.1f "$loader / $mine") of its speed" - -
else
  echo '  PyYAML, C loader: not installed: pending'
  row "$size" "$mine ms" 'PyYAML, C loader' - - pending
fi
printf '  ifx runs at %s of the bare loop; at least 0.50 is wanted\n' "$speed"

#!/usr/bin/env bash
# helm_moves.sh: the real helm builds and renders charts that moved as it did before. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
command -v helm >/dev/null || pending 'no helm on PATH'
repo=$scratch/repo
export HELM_CONFIG_HOME=$scratch/config HELM_CACHE_HOME=$scratch/cache HELM_DATA_HOME=$scratch/data

hm() { # hm DIR ARG…: helm there; its output in $out, its status in $rc
  local dir=$1
  shift
  out=$(cd "$repo/$dir" && helm "$@" 2>&1) && rc=0 || rc=$?
}

mkdir -p "$repo"/charts/{common/templates,web/templates,web/files}
cat >"$repo/charts/common/Chart.yaml" <<'END'
apiVersion: v2
name: common
version: 0.3.0
END
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: common}\n' >"$repo/charts/common/templates/map.yaml"
cat >"$repo/charts/web/Chart.yaml" <<'END'
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: common
    version: ">=0.1.0 <1.0.0"
    repository: "file://../common"
    tags: [a, "b&c"]
    import-values: [{ child: x, parent: y }, data]
END
cat >"$repo/charts/web/templates/map.yaml" <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: web, annotations: {sum: {{ include (print $.Template.BasePath "/other.yaml") . | sha256sum }}}}
data:
  ini: {{ .Files.Get "files/app.ini" | quote }}
{{ (.Files.Glob "files/*.conf").AsConfig | indent 2 }}
END
printf '# other\n' >"$repo/charts/web/templates/other.yaml"
printf 'a=1\n' >"$repo/charts/web/files/app.ini"
printf 'b\n' >"$repo/charts/web/files/b.conf"
printf 'charts/web/charts/\napps/frontend/charts/\n' >"$repo/.gitignore"
hm charts/web dependency update
ok 'helm writes the lock file' "$rc" 0 "$out"
hm charts/web template .
ok 'and renders the chart' "$rc" 0 "$out" 'name: common' 'ini: "a=1\n"' 'b.conf:'
before=$out
git -C "$repo" init -q -b trunk && git -C "$repo" add -A && git -C "$repo" commit -q -m before

cat >"$scratch/layout.yaml" <<'END'
layout: 1
name: charts
summary: Libraries apart from applications
moves:
  - { folder: charts/common, to: library/helm/common }
  - { from: 'charts/web/files/**', to: 'apps/frontend/config/${1}' }
  - { folder: charts/web, to: apps/frontend }
END
"$ifx" run restructure -C "$repo" --layout "$scratch/layout.yaml" --branch result --apply --yes >"$scratch/report" 2>&1 </dev/null ||
  { wrong "$(printf 'the layout is not applied:\n%s' "$(cat "$scratch/report")")"; finish; }
git -C "$repo" switch -q result
rm -rf "$repo/charts" "$repo/apps/frontend/charts"
hm apps/frontend dependency build
ok 'helm takes the lock file for that of the moved chart' "$rc" 0 "$out"
hm apps/frontend template .
equal 'and renders what it did' "$before" "$out"
finish

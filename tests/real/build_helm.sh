#!/usr/bin/env bash
# build_helm.sh IFX: charts of kustomizations, rendered with the real helm as kubectl kustomize does. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
for program in helm kubectl; do command -v $program >/dev/null || pending "no $program on PATH"; done
mkdir -p "$scratch/app/charts/web/templates" && cd "$scratch/app" || exit 1
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >charts/web/Chart.yaml
printf 'n: 1\nlist: [a, b]\nmap: {x: 1, y: two}\n' >charts/web/values.yaml
cat >charts/web/templates/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
data: {values: {{ .Values | toJson | quote }}, kube: {{ .Capabilities.KubeVersion.Version | quote }}}
END
for fields in '' ', namespace: ops' ', valuesInline: {list: [c], map: {y: null}}' \
  ', valuesMerge: merge, valuesInline: {list: [c], new: 1}' ', valuesMerge: replace, valuesInline: {n: 2}' \
  ', kubeVersion: v1.28.0, includeCRDs: true'; do
  printf 'namePrefix: p-\nhelmCharts:\n- {name: web, releaseName: rel%s}\n' "$fields" >kustomization.yaml
  wanted=$(kubectl kustomize --enable-helm . 2>&1)
  call build --enable-helm
  equal "with '$fields'" "$wanted" "$out"
done
finish

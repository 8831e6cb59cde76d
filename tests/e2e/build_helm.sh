#!/usr/bin/env bash
# build_helm.sh IFX: what ifx build asks of the program helm, and what it makes of its answer. SPDX-License-Identifier: Apache-2.0
# In the place of helm stands a script that prints what it was told; tests/real/build_helm.sh asks the real one.
set -u
. "$(dirname "$0")/check.bash"
mkdir -p "$scratch/bin" "$scratch/app/charts/web" "$scratch/app/charts/pinned-1.2.3/pinned"
cat >"$scratch/bin/helm" <<'END'
#!/bin/bash
[ "$1" = version ] && { echo "${HELM_SAYS:-v3.16.4+g7877b45}"; exit; }
cat >"$SCRATCH/values"
printf '%s\n' "$@" >"$SCRATCH/arguments"
[ -e "$SCRATCH/plain" ] || echo 'a word before the documents: [broken'
printf -- '---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n'
END
chmod +x "$scratch/bin/helm"
export PATH="$scratch/bin:$PATH" SCRATCH="$scratch"
cd "$scratch/app" || exit 1
printf 'keep: 1\nlist: [a]\nmap: {x: 1, gone: 2}\n' >charts/web/values.yaml
cp charts/web/values.yaml charts/pinned-1.2.3/pinned/values.yaml
printf 'more: 1\n' >more.yaml

chart() { # chart FIELDS
  printf 'namePrefix: p-\nhelmCharts:\n- {name: web, releaseName: rel%s}\n' "$1" >kustomization.yaml
}

chart ''
call build
ok 'without --enable-helm' $rc 1 "$out" 'must specify --enable-helm' 'kustomization.yaml:3'
call build --enable-helm
ok 'objects are those of the output' $rc 0 "$out" 'kind: Service' 'name: p-web' 'kind: ServiceAccount'
equal 'the words' "template rel $scratch/app/charts/web -f -" "$(tr '\n' ' ' <"$scratch/arguments" | sed 's/ $//')"
equal 'the values of the chart' "$(cat charts/web/values.yaml)" "$(cat "$scratch/values")"

chart ', namespace: ops, additionalValuesFiles: [more.yaml], apiVersions: [a/v1, b/v1], kubeVersion: v1.30, includeCRDs: true, skipHooks: true'
call build --enable-helm
equal 'all the words' "template rel $scratch/app/charts/web --namespace ops -f - -f $scratch/app/more.yaml \
--api-versions a/v1 --api-versions b/v1 --kube-version v1.30 --include-crds --no-hooks" \
  "$(tr '\n' ' ' <"$scratch/arguments" | sed 's/ $//')"

chart ', valuesInline: {list: [b], map: {x: 2, gone: null}}'
call build --enable-helm
equal 'values of the kustomization over those of the chart' "$(printf 'keep: 1\nlist:\n- b\nmap:\n  x: 2')" "$(cat "$scratch/values")"
chart ', valuesMerge: merge, valuesInline: {list: [b], new: 1}'
call build --enable-helm
equal 'below them' "$(printf 'keep: 1\nlist:\n- a\nmap:\n  gone: 2\n  x: 1\nnew: 1')" "$(cat "$scratch/values")"
chart ', valuesMerge: replace, valuesInline: {list: [b]}'
call build --enable-helm
equal 'in their place' "$(printf 'list:\n- b')" "$(cat "$scratch/values")"

printf 'helmCharts: [{name: pinned, version: 1.2.3, repo: https://example.org, releaseName: r}]\n' >kustomization.yaml
call build --enable-helm
ok 'a chart of a repository that lies in the tree' $rc 0 "$out" 'kind: Service'
printf 'helmCharts: [{name: pinned, version: 9.9.9, repo: https://example.org}]\n' >kustomization.yaml
call build --enable-helm
ok 'one that does not' $rc 1 "$out" 'reads nothing from the network' \
  'helm pull --untar --untardir charts/pinned-9.9.9 --repo https://example.org pinned --version 9.9.9'
printf 'helmCharts: [{name: none}]\n' >kustomization.yaml
call build --enable-helm
ok 'a chart that nobody has' $rc 1 "$out" 'no repo specified for pull, no chart found at'
chart ', valuesMerge: sometimes'
call build --enable-helm
ok 'a word that is none' $rc 1 "$out" 'valuesMerge must be one of [merge override replace]'
chart ''
HELM_SAYS=v4.0.1 call build --enable-helm
ok 'another helm' $rc 1 "$out" 'requires helm V3 but got v4.0.1'

# --- releases of controllers
touch "$scratch/plain"
mkdir -p "$scratch/gitops/charts/web" && cd "$scratch/gitops" && git init -q || exit 1
printf 'apiVersion: v2\nname: web\nversion: 1.0.0\n' >charts/web/Chart.yaml
source='repoURL: https://example.org/r.git, path: charts/web, targetRevision: HEAD'
release() { # release NAME: of an Application and of a HelmRelease
  printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: app, namespace: argocd }\nspec:\n' >app.yaml
  printf "  project: default\n  destination: { server: 'https://kubernetes.default.svc', namespace: web }\n" >>app.yaml
  printf "  source: { $source, helm: { releaseName: '%s' } }\n" "$1" >>app.yaml
  printf 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: r, namespace: flux-system }\n' >flux.yaml
  printf 'spec: { url: "https://example.org/r.git", interval: 1m, ref: { branch: main } }\n---\n' >>flux.yaml
  printf 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: rel, namespace: flux-system }\n' >>flux.yaml
  printf "spec:\n  interval: 1m\n  releaseName: '%s'\n  chart: { spec: { chart: ./charts/web, " "$1" >>flux.yaml
  printf 'sourceRef: { kind: GitRepository, name: r } } }\n' >>flux.yaml
  git add -A && git commit -qm "$1"
}
git remote add origin https://example.org/r.git
for entry in Application/argocd/app HelmRelease/flux-system/rel; do
  release fine
  call build --entrypoint "$entry" --enable-helm .
  ok "$entry is rendered" "$rc" 0 "$out" 'kind: ServiceAccount'
  release --post-renderer=./x.sh
  rm -f "$scratch/arguments"
  call build --entrypoint "$entry" --enable-helm .
  ok "$entry cannot bring options of helm" "$rc" 1 "$out" 'the name of a release cannot begin with -: --post-renderer=./x.sh'
  holds "$entry: helm was not asked" test ! -e "$scratch/arguments"
done
finish

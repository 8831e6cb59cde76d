# tree.bash: a repository whose Applications and ApplicationSets use what Argo CD offers. SPDX-License-Identifier: Apache-2.0
# Sets $ready (the Applications that must be synced), $refused with $why (those that must not, with a word of the reason), and
# $sets with $made (how many Applications each ApplicationSet makes). bootstrap/ holds the entry points, apps/NAME what NAME applies.
ready=() refused=() sets=()
declare -A why made

map() { # map NAME [FIELD…]: a ConfigMap; further fields of its metadata in flow style
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s%s }\ndata: { from: %s }\n' "$1" "${2-}" "$1"
}

application() { # application PATH NAME NAMESPACE <SPEC: its sources and what else its spec holds
  {
    printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: %s, namespace: argocd }\nspec:\n' "$2"
    printf '  destination: { server: "https://kubernetes.default.svc", namespace: %s }\n' "$3"
    sed 's/^/  /'
    printf '  syncPolicy: { automated: { prune: true }, syncOptions: [CreateNamespace=true] }\n'
  } | file "$1/$2.yaml"
}

source_of() { # source_of PATH [FIELD…]: one source of this repository, in flow style
  printf '{ repoURL: "%s/gitops.git", targetRevision: main, path: %s%s }' "$GIT_URL" "$1" "${2-}"
}

synced() { # synced NAME <SPEC: it must be synced
  ready+=("$1")
  { cat; echo 'project: default'; } | application bootstrap "$1" team
}

of_path() { # of_path NAME [FIELD…]: synced, from one source
  synced "$1" <<<"source: $(source_of "apps/$1" "${2-}")"
}

directories() {
  of_path plain
  { map one; printf -- '---\n'; map two ', namespace: other'; } | file apps/plain/several.yaml
  map three | file apps/plain/three.yml
  printf '{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "json" }, "data": { "a": "1" } }\n' | file apps/plain/four.json
  map below | file apps/plain/below/five.yaml
  printf 'text\n' | file apps/plain/notes.txt
  printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }\n---\n# nothing\n---\n' | file apps/plain/namespace.yaml

  of_path recurse ', directory: { recurse: true, include: "{*.yaml,deep/**/kept.yml}", exclude: "{draft-*,**/not/*}" }'
  map top | file apps/recurse/top.yaml
  map yml | file apps/recurse/yml.yml
  map draft | file apps/recurse/draft-one.yaml
  map deep | file apps/recurse/deep/er/deep.yaml
  map kept | file apps/recurse/deep/er/kept.yml
  map not | file apps/recurse/deep/not/one.yaml

  of_path jsonnet ', directory: { jsonnet: { extVars: [{ name: who, value: world }], tlas: [{ name: count, value: "2", code: true }] } }'
  cat <<'END' | file apps/jsonnet/main.jsonnet
function(count) { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'jsonnet' }, data: { who: std.extVar('who'), n: "%d" % count } }
END
}

kustomized() {
  of_path kustomize
  { map kustomized; printf -- '---\n'; map kustomized-own ', namespace: other'; } | file apps/kustomize/maps.yaml
  printf 'resources: [maps.yaml]\nconfigMapGenerator: [{ name: made, literals: [a=1] }]\n' | file apps/kustomize/kustomization.yaml

  synced kustomize-options <<END
source:
  repoURL: "$GIT_URL/gitops.git"
  targetRevision: main
  path: apps/kustomize-options
  kustomize:
    namePrefix: pre-
    nameSuffix: -post
    namespace: chosen
    images: ["nginx:1.29", "busybox=registry.example/busybox:2", "redis@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
    replicas: [{ name: web, count: 3 }]
    commonLabels: { team: a, app: over }
    forceCommonLabels: true
    labelWithoutSelector: true
    labelIncludeTemplates: true
    commonAnnotations: { by: "\${ARGOCD_APP_NAME}", kept: "no" }
    commonAnnotationsEnvsubst: true
    forceCommonAnnotations: true
    components: [../../components/more, ../../components/missing]
    ignoreMissingComponents: true
    patches:
      - target: { kind: Deployment }
        patch: |
          - { op: add, path: /spec/template/spec/hostNetwork, value: true }
END
  cat <<'END' | file apps/kustomize-options/kustomization.yaml
namespace: own
namePrefix: replaced-
commonAnnotations: { kept: "yes" }
labels: [{ pairs: { tier: under, app: under }, includeSelectors: true }]
images: [{ name: nginx, newName: registry.example/nginx }]
resources: [deployment.yaml]
END
  cat <<'END' | file apps/kustomize-options/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { web: "1" } }
  template:
    metadata: { labels: { web: "1" } }
    spec: { containers: [{ name: a, image: nginx }, { name: b, image: "busybox:1" }, { name: c, image: redis }] }
END
  printf 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [map.yaml]\n' | file components/more/kustomization.yaml
  map more | file components/more/map.yaml

  of_path overridden # by a file beside the manifests
  map overridden | file apps/overridden/map.yaml
  printf 'resources: [map.yaml]\n' | file apps/overridden/kustomization.yaml
  printf 'kustomize: { namePrefix: file- }\n' | file apps/overridden/.argocd-source.yaml
  printf 'kustomize: { nameSuffix: -app }\n' | file apps/overridden/.argocd-source-overridden.yaml
}

composed() {
  synced several <<<"sources: [$(source_of apps/several/first), $(source_of apps/several/second)]"
  { map first; printf -- '---\n'; map both; } | file apps/several/first/maps.yaml
  { map second; printf -- '---\n'; map both | sed 's/from: both/from: second/'; } | file apps/several/second/maps.yaml

  of_path parent
  printf 'source: %s\nproject: default\n' "$(source_of apps/child-a)" | application apps/parent child-a team
  printf 'source: %s\nproject: default\n' "$(source_of apps/child-b)" | application apps/parent child-b other
  ready+=(child-a child-b)
  map child-a | file apps/child-a/map.yaml
  map child-b | file apps/child-b/map.yaml
}

helm_charts() { # where a helm is
  of_path helm ', helm: { releaseName: web, valueFiles: [values.yaml, more.yaml, missing.yaml], ignoreMissingValueFiles: true, values: "b: values", valuesObject: { c: object }, parameters: [{ name: d, value: "1", forceString: true }, { name: "list[0]", value: x }], fileParameters: [{ name: f, path: file.txt }] }'
  synced helm-ref <<END
sources:
  - { repoURL: "$GIT_URL/gitops.git", targetRevision: main, ref: values }
  - $(source_of apps/helm ', helm: { valueFiles: ["$values/environments/one.yaml"] }')
END
  printf 'apiVersion: v2\nname: chart\nversion: 0.1.0\n' | file apps/helm/Chart.yaml
  printf 'a: chart\nb: chart\nc: chart\nd: chart\nf: chart\nlist: []\n' | file apps/helm/values.yaml
  printf 'a: more\n' | file apps/helm/more.yaml
  printf 'text' | file apps/helm/file.txt
  printf 'a: environment\n' | file environments/one.yaml
  cat <<'END' | file apps/helm/templates/map.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-map, namespace: {{ .Release.Namespace }} }
data: { a: {{ .Values.a | quote }}, b: {{ .Values.b | quote }}, c: {{ .Values.c | quote }}, d: {{ .Values.d | quote }}, f: {{ .Values.f | quote }}, list: {{ .Values.list | toJson | quote }}, kind: {{ kindOf .Values.d }} }
END
}

refused() { # refused NAME REASON PROJECT NAMESPACE
  refused+=("$1")
  why[$1]=$2
  printf 'source: %s\nproject: %s\n' "$(source_of "${5-apps/$1}")" "$3" | application bootstrap "$1" "$4"
}

not_synced() {
  cat <<END | file bootstrap/projects.yaml
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: limited, namespace: argocd }
spec:
  sourceRepos: ["$GIT_URL/gitops.git"]
  destinations: [{ server: "https://kubernetes.default.svc", namespace: "team-*" }]
  namespaceResourceBlacklist: [{ group: "", kind: ConfigMap }]
END
  refused outside-of-project 'do not match any of the allowed destinations' limited other
  map outside-of-project | file apps/outside-of-project/map.yaml
  refused denied-kind 'is not permitted in project limited' limited team-a
  map denied-kind | file apps/denied-kind/map.yaml
  refused no-project 'referencing project nowhere which does not exist' nowhere team
  map no-project | file apps/no-project/map.yaml
  refused no-path 'app path does not exist' default team
  refused bad-yaml 'failed to unmarshal' default team
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: [\n' | file apps/bad-yaml/one.yaml
}

set_of() { # set_of NAME COUNT <SPEC: an ApplicationSet that makes so many
  sets+=("$1")
  made[$1]=$2
  {
    printf 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: %s, namespace: argocd }\nspec:\n' "$1"
    sed 's/^/  /'
  } | file "bootstrap/$1.yaml"
}

template() { # template NAME PATH [SERVER [NAMESPACE]]: of an ApplicationSet
  cat <<END
template:
  metadata: { name: '$1', labels: { made: "yes" } }
  spec:
    project: default
    source: { repoURL: "$GIT_URL/gitops.git", targetRevision: main, path: '$2' }
    destination: { server: '${3-https://kubernetes.default.svc}', namespace: '${4-made}' }
END
}

application_sets() {
  local git="repoURL: \"$GIT_URL/gitops.git\", revision: main"
  set_of list 2 < <(
    printf 'generators: [{ list: { elements: [{ name: one, where: apps/plain, number: "1" }, { name: two, where: apps/recurse, values: { a: b } }] } }]\n'
    template 'list-{{name}}' '{{ where }}' https://kubernetes.default.svc 'ns-{{values.a}}')
  set_of directories 2 < <(
    printf 'goTemplate: true\ngoTemplateOptions: ["missingkey=error"]\n'
    printf 'generators: [{ git: { %s, directories: [{ path: "stacks/*" }, { path: stacks/not, exclude: true }], values: { where: "{{ .path.basename }}" } } }]\n' "$git"
    template 'dir-{{ .path.basenameNormalized }}' '{{ .path.path }}' https://kubernetes.default.svc '{{ index .path.segments 0 }}-{{ .values.where | lower }}')
  map stack | tee >(file stacks/One_Two/map.yaml) >(file stacks/three/map.yaml) >(file stacks/not/map.yaml) | file stacks/three/deeper/map.yaml
  set_of files 3 < <(
    printf 'generators: [{ git: { %s, files: [{ path: "clusters/**/config.json" }, { path: clusters/list.yaml }, { path: clusters/prod/config.json, exclude: true }] } }]\n' "$git"
    template 'file-{{cluster.name}}-{{path.basename}}' '{{path}}' '{{cluster.address}}' '{{path[0]}}')
  printf '{ "cluster": { "name": "dev", "address": "https://127.0.0.1:3", "nested": { "n": 1 } } }\n' | file clusters/dev/config.json
  printf '{ "cluster": { "name": "prod", "address": "https://127.0.0.1:2" } }\n' | file clusters/prod/config.json
  printf -- '- cluster: { name: l1, address: "https://127.0.0.1:3" }\n- cluster: { name: l2, address: "https://127.0.0.1:3" }\n' | file clusters/list.yaml
  set_of matrix 4 < <(
    printf 'generators: [{ matrix: { generators: [{ git: { %s, directories: [{ path: "stacks/*" }, { path: stacks/not, exclude: true }] } }, { list: { elements: [{ env: dev }, { env: prod }] } }] } }]\n' "$git"
    template 'matrix-{{path.basenameNormalized}}-{{env}}' '{{path}}' https://kubernetes.default.svc '{{env}}')
  set_of merge 3 < <(
    printf 'generators: [{ merge: { mergeKeys: [name], generators: [{ list: { elements: [{ name: a, ns: base }, { name: b, ns: base }, { name: c, ns: base }] } }, { list: { elements: [{ name: b, ns: over }, { name: d, ns: unused }] } }] } }]\n'
    template 'merge-{{name}}' apps/plain https://kubernetes.default.svc '{{ns}}')
  set_of clusters 2 < <(
    printf 'generators: [{ clusters: { selector: { matchLabels: { env: prod } }, values: { tier: "{{metadata.labels.tier}}" } } }]\n'
    template 'cluster-{{nameNormalized}}' apps/plain '{{server}}' '{{values.tier}}-{{metadata.labels.env}}')
  for name in one two; do
    printf 'apiVersion: v1\nkind: Secret\nmetadata: { name: cluster-%s, namespace: argocd, labels: { argocd.argoproj.io/secret-type: cluster, env: prod, tier: t-%s } }\nstringData: { name: Cluster_%s, server: "https://127.0.0.1:%d", config: "{}" }\n' \
      $name $name $name ${#name} | file "bootstrap/cluster-$name.yaml"
  done
  sed -i 's/:3"/:4"/' "$tree/bootstrap/cluster-two.yaml"
  set_of go-template 2 < <(
    printf 'goTemplate: true\ngenerators: [{ list: { elements: [{ name: a, auto: true, tags: [x, z] }, { name: b, auto: false }] } }]\n'
    printf 'templatePatch: |\n  {{- if .auto }}\n  spec: { syncPolicy: { syncOptions: {{ toJson .tags }} } }\n  {{- end }}\n'
    template 'go-{{ .name }}{{ with .tags }}-{{ join "-" . }}{{ end }}' 'apps/{{ ternary "plain" "recurse" .auto }}' https://kubernetes.default.svc '{{ default "none" .missing }}')
}

argocd_tree() { # the repository, published
  local tree=$scratch/gitops name
  directories
  kustomized
  composed
  ! command -v helm >/dev/null || helm_charts
  not_synced
  application_sets
  publish gitops
}

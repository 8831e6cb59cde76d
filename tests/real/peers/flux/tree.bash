# tree.bash: a repository whose Kustomizations use what Flux offers. SPDX-License-Identifier: Apache-2.0
# Sets $ready (the Kustomizations that must become ready) and $refused with $why (those that must not, with a word of the reason);
# $server names those of them that only the API server refuses.
# clusters/peers holds the entry points, apps/NAME what the Kustomization NAME applies.
ready=() refused=()
declare -A why server

flux() { # flux NAME <SPEC: further fields of its spec, `label: …` lines first for its labels
  local name=$1 spec labels
  spec=$(cat)
  labels=$(sed -n 's/^label: //p' <<<"$spec")
  {
    printf 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: %s\n  namespace: flux-system\n' "$name"
    [ -z "$labels" ] || printf '  labels: { %s }\n' "$labels"
    printf 'spec:\n  interval: 1h\n  retryInterval: 30s\n  prune: true\n'
    grep -q '^path:' <<<"$spec" || printf '  path: ./apps/%s\n' "$name"
    grep -q '^sourceRef:' <<<"$spec" || printf '  sourceRef: { kind: GitRepository, name: fleet }\n'
    [ "$name" = namespaces ] || grep -q '^dependsOn:' <<<"$spec" || printf '  dependsOn: [{ name: namespaces }]\n'
    sed '/^label: /d; s/^/  /; s/^ *$//' <<<"$spec"
  } | file "clusters/peers/$name.yaml"
}

applied() { ready+=("$1"); flux "$1"; }                   # applied NAME <SPEC: it becomes ready
refused() { refused+=("$1"); why[$1]=$2; flux "$1"; }     # refused NAME REASON <SPEC: it does not, and says this

map() { # map NAME [FIELD…]: a ConfigMap in peers; further fields of its metadata in flow style
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s%s }\ndata: { from: %s }\n' "$1" "${2-, namespace: peers}" "$1"
}

workload() { # workload NAME IMAGE…: a Deployment without a namespace
  local name=$1 image number=0
  shift
  printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s\n  labels: { app: %s }\nspec:\n  selector:\n    matchLabels: { app: %s }\n' \
    "$name" "$name" "$name"
  printf '  template:\n    metadata:\n      labels: { app: %s }\n    spec:\n      containers:\n' "$name"
  for image; do
    printf '        - name: c%d\n          image: %s\n          ports:\n            - containerPort: 80%d0\n' $number "$image" $number
    number=$((number + 1))
  done
}

entry_points() {
  applied namespaces <<<''
  file apps/namespaces/namespaces.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: { name: peers }
---
apiVersion: v1
kind: Namespace
metadata: { name: team, labels: { owner: team } }
END
  file clusters/peers/flux-system/gotk-sync.yaml <<END
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: fleet, namespace: flux-system }
spec: { interval: 1h, url: "$GIT_URL/fleet.git", ref: { branch: main } }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: library, namespace: flux-system }
spec:
  interval: 1h
  url: "$GIT_URL/library.git"
  ref: { tag: v1 }
  ignore: |
    /*
    !/app
    /app/not.yaml
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 1h
  retryInterval: 30s
  prune: true
  path: ./clusters/peers
  sourceRef: { kind: GitRepository, name: fleet }
END
  ready+=(flux-system)
}

built_by_kustomize() { # where the kustomization file is there, or is not
  applied plain <<<''
  workload web nginx:1.27 | file apps/plain/deployment.yaml
  file apps/plain/service.yaml <<'END'
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8000 }]
END
  file apps/plain/kustomization.yaml <<'END'
namespace: peers
resources: [service.yaml, deployment.yaml]
labels: [{ pairs: { tier: front }, includeSelectors: true }]
configMapGenerator: [{ name: web, literals: [a=1, "b=x y"] }]
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec: { template: { spec: { containers: [{ name: c0, envFrom: [{ configMapRef: { name: web } }] }] } } }
END

  applied generated <<<''
  { map generated-a; printf -- '---\n'; map generated-b; } | file apps/generated/several.yaml
  map generated-yml | file apps/generated/deep/er/one.yml
  map generated-hidden | file apps/generated/.hidden.yaml
  printf 'not a manifest: [\n' | file apps/generated/notes.txt
  map one | file apps/generated/sub/one.yaml
  map two | file apps/generated/sub/not-listed.yaml
  printf 'resources: [one.yaml]\nnamePrefix: generated-sub-\n' | file apps/generated/sub/kustomization.yml
  printf 'apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: ConfigMap, metadata: { name: generated-item, namespace: peers } }\n' |
    file apps/generated/list.yaml

  applied comments <<<''
  printf '# nothing\n---\n# at all\n' | file apps/comments/empty.yaml
  map comments | file apps/comments/one.yaml

  applied order <<<'' # each needs the one that is listed after it
  workload order nginx:1.27 | file apps/order/workload.yaml
  map order ', namespace: ordered' | file apps/order/map.yaml
  printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: ordered }\n' | file apps/order/namespace.yaml
  printf 'namespace: ordered\nresources: [workload.yaml, map.yaml, namespace.yaml]\n' | file apps/order/kustomization.yaml

  applied outside <<<''
  map outside | file shared/map.yaml
  printf 'text\n' | file shared/file.txt
  printf 'namespace: peers\nresources: [../../shared/map.yaml]\nconfigMapGenerator: [{ name: outside-file, files: [../../shared/file.txt] }]\n' |
    file apps/outside/kustomization.yaml

  applied no-resources <<<''
  printf 'namespace: peers\nconfigMapGenerator: [{ name: no-resources, literals: [a=1], options: { disableNameSuffixHash: true } }]\n' |
    file apps/no-resources/kustomization.yaml

  applied ignored <<<''
  map ignored-kept | file apps/ignored/kept.yaml
  map ignored-draft | file apps/ignored/one.draft.yaml
  map ignored-back | file apps/ignored/back.draft.yaml
  map ignored-below | file apps/ignored/below/not.yaml
  map ignored-below-kept | file apps/ignored/below/kept.yaml
  map ignored-ci | file apps/ignored/cloudbuild.yaml
  printf '*.draft.yaml\n!back.draft.yaml\n/apps/unused/\n' | file .sourceignore
  printf '/not.yaml\n' | file apps/ignored/below/.sourceignore
  map unused | file apps/unused/map.yaml

  applied library <<'END'
path: ./app
sourceRef: { kind: GitRepository, name: library }
END
}

shaped_by_spec() { # fields of the Kustomization that change what is built
  applied target-namespace <<<'targetNamespace: team'
  { map without ''; printf -- '---\n'; map elsewhere; printf -- '---\n'; cat <<'END'; } | file apps/target-namespace/all.yaml
apiVersion: v1
kind: ServiceAccount
metadata: { name: worker }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: target-namespace }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: worker, namespace: peers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: target-namespace }
subjects: [{ kind: ServiceAccount, name: worker, namespace: peers }, { kind: ServiceAccount, name: other, namespace: peers }]
END
  printf 'namespace: peers\nresources: [all.yaml]\n' | file apps/target-namespace/kustomization.yaml

  applied patches <<'END'
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: patched, namespace: peers }
      spec: { replicas: 3, template: { spec: { containers: [{ name: c1, env: [{ name: A, value: "1" }] }] } } }
  - patch: |
      - { op: add, path: /metadata/labels/b~1c, value: two }
      - { op: replace, path: /data/from, value: patch }
    target: { kind: ConfigMap, name: "patched-.*", labelSelector: "patch=yes" }
  - patch: |
      $patch: delete
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: patched-away, namespace: peers }
END
  workload patched nginx:1.27 busybox:1.36 | sed 's/^  name: patched$/&\n  namespace: peers/' | file apps/patches/deployment.yaml
  { map patched-one ', namespace: peers, labels: { patch: "yes" }'; printf -- '---\n'; map patched-two; printf -- '---\n'; map patched-away; } |
    file apps/patches/maps.yaml

  applied images <<'END'
images:
  - { name: nginx, newName: registry.example/nginx }
  - { name: busybox, newTag: "1.37" }
  - { name: redis, digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
  - { name: registry.example/tool, newName: tool, newTag: v2 }
END
  workload images nginx:1.27 busybox:1.36 redis:7 registry.example/tool:v1 | file apps/images/deployment.yaml
  cat <<'END' | file apps/images/kustomization.yaml
namespace: peers
resources: [deployment.yaml]
images: [{ name: nginx, newTag: "1.28" }, { name: busybox, digest: "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789" }]
END

  applied components <<'END'
components: [../../components/labelled, ../../components/missing]
ignoreMissingComponents: true
END
  map components | file apps/components/map.yaml
  printf 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\ncommonAnnotations: { component: labelled }\n' |
    file components/labelled/kustomization.yaml
  map components-more | file components/labelled/more.yaml

  applied common-metadata <<'END'
commonMetadata: { labels: { team: a, kept: over }, annotations: { note: "${not} replaced" } }
postBuild: { substitute: { not: "yes, it" } }
END
  { map common ', namespace: peers, labels: { kept: before, own: "1" }'; printf -- '---\n'; workload common nginx:1.27 | sed 's/^  name: common$/&\n  namespace: peers/'; } |
    file apps/common-metadata/all.yaml

  applied affixes <<'END'
namePrefix: pre-
nameSuffix: -post
END
  map base '' | file apps/affixes/map.yaml
  printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: affixed }\n' | file apps/affixes/namespace.yaml
  workload affixed nginx:1.27 | file apps/affixes/deployment.yaml
  cat <<'END' | file apps/affixes/kustomization.yaml
namespace: peers
namePrefix: file-
nameSuffix: -file
resources: [map.yaml, deployment.yaml]
patches:
  - target: { kind: Deployment }
    patch: |
      - { op: add, path: /spec/template/spec/volumes, value: [{ name: v, configMap: { name: base } }] }
END

  applied build-metadata <<<'buildMetadata: [originAnnotations, transformerAnnotations]'
  map build-metadata '' | file apps/build-metadata/map.yaml
  printf 'namespace: peers\nresources: [map.yaml]\n' | file apps/build-metadata/kustomization.yaml

  applied everything <<'END'
targetNamespace: team
namePrefix: all-
nameSuffix: -${suffix}
commonMetadata: { labels: { all: "yes" } }
components: [../../components/labelled]
images: [{ name: nginx, newTag: "${tag}" }]
patches:
  - patch: |
      - { op: add, path: /data/patched, value: "${patched}" }
    target: { kind: ConfigMap, name: one }
postBuild: { substitute: { suffix: z, tag: "1.29", patched: in } }
END
  map one '' | file apps/everything/map.yaml
  workload one nginx:1.27 | file apps/everything/deployment.yaml
}

substituted() { # what postBuild does to the text
  applied vars <<<''
  file apps/vars/vars.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: vars, namespace: flux-system, labels: { reconcile.fluxcd.io/watch: Enabled } }
data: { REGION: north, LINES: "one\ntwo\n", BOTH: map, EMPTY: "" }
---
apiVersion: v1
kind: Secret
metadata: { name: vars, namespace: flux-system }
stringData: { TOKEN: "s3cr3t", BOTH: secret }
END

  applied substitute <<'END'
postBuild:
  substitute: { name: value, number: "3", flag: "yes", upper: ABC, path: a/b/c, quoted: '"q"', colon: "a: b", list: "[1, 2]" }
END
  file apps/substitute/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: substitute, namespace: peers, annotations: { a: "${name}", b: "x-${number}" } }
data:
  plain: ${name}
  unbraced: $name
  escaped: $${name} and $$name
  default: ${unknown:-fallback} ${name:-unused}
  assigned: ${unknown:=assigned}
  plus: "[${name:+set}] [${unknown:+set}]"
  length: n${#name}
  part: ${name:1:3} ${name:2}
  lower: ${upper,,} ${upper,} ${name^^} ${name^}
  trimmed: ${path#*/} ${path##*/} ${path%/*} ${path%%/*}
  replaced: ${path/b/B} ${path//\//-}
  nested: ${unknown:-${name}}
  several: |
    first ${name}
    second ${quoted} ${colon}
  script: |
    for i in $(seq 1 2); do echo "$i ${name}"; done
END
  workload substitute nginx:1.27 | sed 's/^  name: substitute$/&\n  namespace: peers/; s/^spec:$/&\n  replicas: ${number}/; s/^    spec:$/&\n      hostNetwork: ${flag}/' |
    file apps/substitute/deployment.yaml

  applied substitute-from <<'END'
dependsOn: [{ name: vars }]
postBuild:
  substitute: { REGION: south }
  substituteFrom:
    - { kind: ConfigMap, name: vars }
    - { kind: Secret, name: vars }
    - { kind: ConfigMap, name: missing, optional: true }
END
  file apps/substitute-from/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: substitute-from, namespace: peers }
data: { region: "${REGION}", lines: "${LINES}", both: "${BOTH}", token: "${TOKEN}", empty: "[${EMPTY}]" }
---
apiVersion: v1
kind: Secret
metadata: { name: substitute-from, namespace: peers }
stringData: { token: "${TOKEN}" }
END

  applied no-variables <<'END'
postBuild: { substituteFrom: [{ kind: ConfigMap, name: missing, optional: true }] }
END
  file apps/no-variables/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: no-variables, namespace: peers }
data: { a: "${A:-default}", b: "$${B}" }
END

  applied always <<<'postBuild: { substituteStrategy: Always }'
  sed 's/no-variables/always/' "$tree/apps/no-variables/map.yaml" | file apps/always/map.yaml

  applied opt-out <<<'postBuild: { substitute: { name: value } }'
  file apps/opt-out/maps.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: by-label, namespace: peers, labels: { kustomize.toolkit.fluxcd.io/substitute: disabled } }
data: { a: "${name}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: by-annotation, namespace: peers, annotations: { kustomize.toolkit.fluxcd.io/substitute: disabled } }
data: { a: "${name}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: not-out, namespace: peers, annotations: { kustomize.toolkit.fluxcd.io/substitute: enabled } }
data: { a: "${name}" }
END

  applied lenient <<'END'
label: sharding.fluxcd.io/key: lenient
postBuild: { substitute: { name: value } }
END
  file apps/lenient/map.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: { name: lenient, namespace: peers }
data: { a: "${name}", b: "[${unknown}]", c: "${unknown:-default}" }
END

  applied depends <<'END'
dependsOn: [{ name: substitute-from }, { name: plain, readyExpr: "dep.status.inventory.entries.size() == 3" }]
END
  map depends | file apps/depends/map.yaml
}

not_built() { # what the controller refuses, with what it says
  refused substitute-missing "substitute from 'ConfigMap/missing' error" <<<'postBuild: { substituteFrom: [{ kind: ConfigMap, name: missing }] }'
  map substitute-missing | file apps/substitute-missing/map.yaml

  refused unknown-variable 'variable not set (strict mode): "unknown"' <<<'postBuild: { substitute: { name: value } }'
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: unknown-variable, namespace: peers }\ndata: { a: "${unknown}" }\n' |
    file apps/unknown-variable/map.yaml

  server[retyped]=1
  refused retyped 'expected string, got' <<<'postBuild: { substitute: { number: "5" } }'
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: retyped, namespace: peers }\ndata: { n: "${number}" }\n' | file apps/retyped/map.yaml

  refused bad-substitution 'missing closing brace' <<<'postBuild: { substitute: { name: value } }'
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bad-substitution, namespace: peers }\ndata: { n: "${unknown-none}" }\n' |
    file apps/bad-substitution/map.yaml

  refused bad-name 'var name is invalid' <<<'postBuild: { substitute: { "a-b": c } }'
  map bad-name | file apps/bad-name/map.yaml

  refused bad-yaml 'failed to decode Kubernetes YAML' <<<''
  map bad-yaml | file apps/bad-yaml/good.yaml
  printf 'values: { a: 1 }\n' | file apps/bad-yaml/values.yaml

  refused no-path 'no such file or directory' <<<'path: ./apps/not-there'

  refused twice 'may not add resource with an already registered id' <<<''
  map twice | file apps/twice/a.yaml
  map twice | file apps/twice/b.yaml

  refused missing-component 'components/missing' <<<'components: [../../components/missing]'
  map missing-component | file apps/missing-component/map.yaml

  refused out-of-source 'kustomize build failed' <<<''
  printf 'resources: [../../../outside.yaml]\n' | file apps/out-of-source/kustomization.yaml
}

library() { # the other repository: the tag is not the tip
  local tree=$scratch/library
  map library-app | file app/map.yaml
  map library-not | file app/not.yaml
  map library-elsewhere | file elsewhere/map.yaml
  publish library
  git -C "$tree" tag v1
  map library-newer | file app/newer.yaml
  publish library
}

flux_tree() { # both repositories, published
  local tree=$scratch/fleet
  entry_points
  built_by_kustomize
  shaped_by_spec
  substituted
  not_built
  publish fleet
  library
}

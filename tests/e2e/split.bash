# split.bash: a small repository with a history of renames, copies and a merge, and a layout that splits it: $repo, $layout.
# SPDX-License-Identifier: Apache-2.0
repo=$scratch/place/repo new=$scratch/place/platform-gitops layout=$scratch/split.yaml

at() { # at SECONDS SUBJECT: commit everything that is there
  git -C "$repo" add -A
  GIT_AUTHOR_DATE="@$1 +0100" GIT_COMMITTER_DATE="@$1 +0100" git -C "$repo" commit -q -m "$2"
}

lines() { # lines WORD: twenty lines that are told apart
  local i
  for i in $(seq 20); do printf '# %s line %s of many\n' "$1" "$i"; done
}

object() { # object NAME: a ConfigMap after its lines
  lines "$1"
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s, namespace: x }\n' "$1"
}

application() { # application NAME PATH
  printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: %s, namespace: argocd }\nspec:\n  project: default\n' "$1"
  printf '  source:\n    repoURL: https://git.example.org/o/repo\n    targetRevision: main\n    path: %s\n' "$2"
  printf '  destination: { server: https://kubernetes.default.svc, namespace: x }\n'
}

make_split() {
  mkdir -p "$repo"
  git init -q -b main "$repo"
  git -C "$repo" remote add origin https://git.example.org/o/repo
  (
    cd "$repo" || exit 1
    mkdir -p old/web infra docs
    object web >old/web/web.yaml
    object db >infra/db.yaml
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [db.yaml]\n' >infra/kustomization.yaml
    printf 'Web is in old/web/web.yaml.\n' >docs/guide.md
    at 1700000001 'first'
    mkdir -p gitops/apps
    git mv old/web gitops/apps/web
    printf '# more\n' >>gitops/apps/web/web.yaml
    sed -i 's/old/gitops\/apps/' docs/guide.md
    at 1700000002 'rename web'
    printf '#!/bin/sh\necho gitops/apps/web/web.yaml\n' >gitops/apps/run.sh
    chmod +x gitops/apps/run.sh
    printf 'a\0b\377' >gitops/apps/logo.bin
    printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 9\n' 1 >gitops/apps/film.mp4
    ln -s web/web.yaml gitops/apps/link.yaml
    application web gitops/apps/web >gitops/web.yaml
    application infra infra >gitops/infra.yaml
    at 1700000003 'applications'
    git switch -q -c side
    { object web | sed 's/metadata: { name: web/metadata: { name: copy/'; printf '# more\n# copied\n'; } >gitops/apps/web/copy.yaml
    at 1700000004 'copy'
    git switch -q main
    printf '# and more\n' >>gitops/apps/web/web.yaml
    at 1700000005 'edit'
    GIT_AUTHOR_DATE='@1700000006 +0100' GIT_COMMITTER_DATE='@1700000006 +0100' git merge -q -m 'merge' side
    printf 'x\n' >docs/other.md
    at 1700000007 'elsewhere'
  )
  cat >"$layout" <<'Y'
layout: 1
name: two
summary: A split
params: { url: { type: string, default: 'https://git.example.org/o/platform-gitops' } }
repositories:
  platform: { name: platform-gitops, url: '${url}' }
moves:
  - { from: 'gitops/*.yaml', to: 'argocd/${base}', repository: platform }
  - { from: 'gitops/apps/**', to: 'apps/${1}', repository: platform }
  - { from: 'infra/**', to: 'base/${1}' }
redirects:
  - { from: gitops, to: ., repository: platform }
generate:
  - { path: README.md, text: "The platform.\n", repository: platform }
Y
}

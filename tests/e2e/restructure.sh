#!/usr/bin/env bash
# restructure.sh: the recipe restructure from the command line, on fixtures. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
fixtures=$(realpath "$(dirname "$0")/../fixtures")
repo=$scratch/repo

fixture() { # fixture NAME: a repository with the files of a fixture, in one commit
  rm -rf "$repo"
  cp -r "$fixtures/$1" "$repo"
  git init -q -b main "$repo"
  commit first
}

commit() { # commit MESSAGE: everything that is there
  git -C "$repo" add -A && git -C "$repo" commit -q -m "$1"
}

layout() { # layout NAME: from standard input, with the head filled in; its file is $layout
  layout=$scratch/$1.yaml
  { printf 'layout: 1\nname: %s\nsummary: A test\n' "$1" && cat; } >"$layout"
}

restructure() { # restructure ARG…
  call run restructure -C "$repo" "$@"
}

refused() { # refused WHAT ARG… -- TEXT…: the plan is refused with these texts, and nothing has changed
  local what=$1 args=() before
  shift
  while [ "$1" != -- ]; do args+=("$1"); shift; done
  shift
  before=$(snapshot "$repo" 2>/dev/null)
  restructure "${args[@]}"
  ok "$what" "$rc" 1 "$out" "$@"
  equal "$what: nothing has changed" "$before" "$(snapshot "$repo" 2>/dev/null)"
}

show() { # show PATH: as it is on the new branch
  git -C "$repo" show "ifx/${branch:-flux-minimal}:$1"
}

apps=(--layout flux-minimal --apps blog,wiki)

# --- alone, help, draft
fixture sample
restructure
ok 'alone: what fits' "$rc" 0 "$out" 'flux-minimal  4' 'ifx run restructure --layout flux-minimal --apps blog,postgres,wiki' \
  'ifx run restructure --draft'
says 'what only a person knows is asked for' 'ifx run restructure --layout flux-full --apps blog,postgres,wiki --cluster VALUE --root VALUE' "$out"
refused 'a name that is none' --layout flux-minimal --apps blgo -- 'no folder fits app=blgo' "did you mean 'blog'?"
refused 'a folder that holds no objects' --layout flux-minimal --apps docs -- 'docs is there, but the rows of the layout leave it out'
mkdir "$repo/apps" && git -C "$repo" mv infrastructure/kubernetes/services/wiki apps/wiki
sed -i '/wiki/d' "$repo/infrastructure/kubernetes/kustomization.yaml"
commit 'one is there already'
restructure
ok 'nothing is proposed that no row would move' "$rc" 0 "$out" '--layout flux-minimal --apps blog,postgres'
case $out in *'postgres,wiki'*) wrong "proposes what the rows leave out: $out" ;; *) pass ;; esac
git -C "$repo" reset -q --hard HEAD~1
restructure
ok 'alone: the controllers own folders are not proposed' 0 0 "$out"
case $out in *flux-system,*|*clusters/*) wrong "proposes a controller's folder: $out" ;; *) pass ;; esac
call run recipes/restructure.lua -C "$repo"
ok 'by the name of its file' "$rc" 0 "$out" 'Layouts that fit'
call run restructure --layout flux-minimal --help
ok 'help' "$rc" 0 "$out" '--text' 'parameters of the layout flux-minimal:' '--apps string[]' 'Name of the new Flux Kustomization'
call run restructure --help
ok 'help without a layout' "$rc" 0 "$out" '--text' '--layout NAME --help shows them'
restructure --draft
ok 'a draft is shown' "$rc" 0 "$out" 'layout: 1' 'ifx run restructure --layout layout.yaml'
restructure --draft --apply
ok 'a draft is written' "$rc" 0 "$out" 'Next: edit layout.yaml, then: ifx run restructure --layout layout.yaml'
refused 'a draft over another' --draft -- 'layout.yaml is there already' '--draft --branch NAME'
restructure --layout layout.yaml
ok 'a draft can be planned, and moves nothing by itself' "$rc" 0 "$out" 'Nothing to do'
sed -i '/- folder: scripts/{n;s/action: Keep/to: tools/}' "$repo/layout.yaml"
restructure --layout layout.yaml
ok 'edited, it moves what it is told to' "$rc" 0 "$out" 'tools/deploy.sh' 'Run-book'
rm "$repo/layout.yaml"
mkdir -p "$repo/sites/web/src" "$repo/sites/web-old" "$repo/charts/blog/templates"
touch "$repo/sites/web/main.go" "$repo/sites/web/src/a.go" "$repo/sites/web-old/b.go" "$repo/charts/blog/hook.go"
echo 'name: blog' >"$repo/charts/blog/Chart.yaml"
printf 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n' >"$repo/charts/blog/templates/web.yaml"
mkdir "$repo/sites/docs" && echo '# Sites' >"$repo/sites/docs/a.md" && touch "$repo/sites/Makefile.tf"
commit 'folders in folders'
restructure --draft
ok 'a draft with folders in folders' "$rc" 0 "$out" '# 1 file: source' 'folder: sites/web-old' '# 3 files: a Helm chart' 'folder: charts/blog'
case $out in *sites/web/src*|*blog/templates*) wrong "a row for a part of a folder that has one, or of a chart: $out" ;; *) pass ;; esac
git -C "$repo" reset -q --hard HEAD~1

# --- manifests that nothing of the repository applies
cp -a "$repo" "$scratch/sample"
git -C "$repo" rm -q -r . && mkdir -p "$repo/web"
printf 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n' >"$repo/web/service.yaml"
commit 'no controller'
layout plain <<'Y'
moves:
  - { folder: web, to: apps/web }
Y
restructure --layout "$layout"
ok 'a run-book for manifests without a controller' "$rc" 0 "$out" 'says what applies its manifests' 'that everybody uses'
case $out in *'the controllers follow'*|*'would be pruned'*|*'label (or'*) wrong 'it speaks of controllers that are not there' ;; *) pass ;; esac
rm -rf "$repo" && mv "$scratch/sample" "$repo"

# --- a repository without a cluster: its draft knows what it is made of, its run-book speaks of no controller
cp -a "$repo" "$scratch/sample"
git -C "$repo" rm -q -r . && mkdir -p "$repo/hosts/media/app" "$repo/hosts/web" "$repo/play/roles/x/tasks" "$repo/play/lib"
printf 'services:\n  media:\n    image: media\n    build: app\n' >"$repo/hosts/media/stack.yml"
printf 'services:\n  web:\n    image: web\nvolumes: {data: {}}\n' >"$repo/hosts/web/compose.yaml"
touch "$repo/hosts/media/app/main.py" "$repo/play/lib/a.py"
mkdir "$repo/outside" && touch "$repo/outside/main.tf" "$repo/outside/versions.tf" && printf -- '- hosts: all\n' >"$repo/outside/after.yml"
printf -- '---\n# all\n- name: x\n  hosts: all\n  roles: [x]\n' >"$repo/play/site.yml"
printf -- '- ansible.builtin.ping:\n' >"$repo/play/roles/x/tasks/main.yml"
commit 'no cluster'
restructure --draft
ok 'a draft tells compose and Ansible by content' "$rc" 0 "$out" '# 2 files: compose' 'folder: hosts/media' 'folder: hosts/web' \
  '# 3 files: ansible' 'folder: play' '# 3 files: terraform' 'to: terraform/outside'
restructure
ok 'no layout fits: how to begin one' "$rc" 0 "$out" 'No layout fits' 'ifx run restructure --draft' \
  'infra-platform: no Argo CD Application has a path here' 'flux-minimal: no Flux Kustomization has a path here'
layout stacks <<'Y'
moves:
  - { folder: hosts/web, to: stacks/site }
  - { folder: play, to: ansible }
Y
restructure --layout "$layout"
ok 'a run-book for those who apply it' "$rc" 0 "$out" '`name: web` in hosts/web/compose.yaml' 'COMPOSE_PROJECT_NAME' 'ansible-playbook --check'
says 'names of compose projects are kept before anything else' '1. First, in a commit of its own' "$(grep -A1 '^Run-book' <<<"$out")"
case $out in *controller*|*prune*|*'label (or'*) wrong "it speaks of controllers: $(grep -n -e controller -e prune <<<"$out")" ;; *) pass ;; esac
mkdir -p "$repo/argo/x"
printf 'apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\nspec: {source: {path: argo/x}}\n' >"$repo/argo/x.yaml"
commit 'a controller for something else'
restructure --layout "$layout"
ok 'beside what a controller follows' "$rc" 0 "$out" 'that everybody uses'
case $out in *controller*|*prune*|*'label (or'*) wrong "it speaks of controllers: $(grep -n -e controller -e prune <<<"$out")" ;; *) pass ;; esac
rm -rf "$repo" && mv "$scratch/sample" "$repo"

# --- the plan, and what comes of it
before=$(snapshot "$repo")
restructure "${apps[@]}" --text
ok 'a plan' "$rc" 0 "$out" '3 files move; 7 references are rewritten' '1 hazard; blocked until it is accepted by name: prune' \
  'Blocked: Kustomization flux-system/infrastructure prunes' 'PersistentVolumeClaim home/blog-content' \
  'References rewritten (7)' 'apps/blog/ingress.yaml is not applied today and stays so' 'CODEOWNERS' '1. First, in a commit of its own'
restructure "${apps[@]}" --text --apply
ok 'pruning must be accepted' "$rc" 1 "$out" 'it is blocked: Kustomization flux-system/infrastructure prunes' '--set accept=prune'
equal 'nothing was changed' "$before" "$(snapshot "$repo")"
restructure "${apps[@]}" --text --apply --set accept=prune
ok 'accepted and applied' "$rc" 0 "$out"
equal 'the first commit holds renames alone' 'R100 R100 R100' "$(git -C "$repo" diff -M --name-status main ifx/flux-minimal~1 | cut -f1 | xargs)"
says 'it says that it must not be pushed alone' 'push both together' "$(git -C "$repo" log -1 --format=%B ifx/flux-minimal~1)"
for file in blog/deployment blog/ingress wiki/wiki; do
  holds "history of $file" test "$(git -C "$repo" log --follow --format=%h ifx/flux-minimal -- "apps/$file.yaml" | wc -l)" -ge 2
done
equal 'the root lists what was applied, indented like its model' '  - blog
  - wiki' "$(show apps/kustomization.yaml | grep '^ *-')"
equal 'what was not applied is not listed' '  - deployment.yaml' "$(show apps/blog/kustomization.yaml | grep '^ *-')"
says 'the new entry point does not prune' 'prune: false' "$(show clusters/home/apps.yaml)"
equal 'the old list lost two lines' 2 "$(git -C "$repo" diff --numstat main ifx/flux-minimal -- infrastructure/kubernetes/kustomization.yaml | cut -f2)"
says 'scripts follow' 'apply -f apps/wiki/wiki.yaml' "$(show scripts/deploy.sh)"
git -C "$repo" switch -q ifx/flux-minimal
restructure "${apps[@]}" --text --exit-code
ok 'a second time there is nothing to do' "$rc" 0 "$out" 'Nothing to do'
git -C "$repo" switch -q main
refused 'a branch of an earlier run' "${apps[@]}" -- "the branch 'ifx/flux-minimal' exists" '--branch NAME' 'ifx runs rollback'
restructure "${apps[@]}" --branch again --set accept=prun
says 'an id that nothing asks for is said' 'nothing in this plan asks for accept=prun: did you mean prune?' "$out"
call runs rollback "$(run_id newest)"
equal 'rolled back' "$before" "$(snapshot "$repo")"
restructure "${apps[@]}" --branch other --message 'Give the apps a home'
ok 'without --text prose is listed' "$rc" 0 "$out" 'References left for a person' 'Go through what this plan lists under "References' \
  'Planned again with --text' 'README.md:6:14' "branch 'other'" 'Give the apps a home (1 of 2'

# --- the earlier commit: with it nothing is in the way
sed -i 's/prune: true/prune: false/' "$repo/clusters/home/infrastructure.yaml"
commit 'no pruning'
restructure "${apps[@]}" --apply
ok 'after the earlier commit nothing blocks' "$rc" 0 "$out"
git -C "$repo" branch -q -D ifx/flux-minimal

# --- a layout of one's own that extends another
fixture sample
layout mine <<'Y'
extends: flux-minimal
set: { apps: [wiki], into: workloads, entry: workloads }
moves:
  - from: docs/**
    action: Keep
Y
restructure --layout "$layout"
ok 'a layout that extends one' "$rc" 0 "$out" 'workloads/wiki/wiki.yaml' 'clusters/home/' 'workloads.yaml' "branch 'ifx/mine'"
restructure --layout "$layout" --apps blog
ok 'its parameters can be given too' "$rc" 0 "$out" 'workloads/blog/deployment.yaml'

# --- refused layouts
refused 'an unknown layout' --layout flux-minimum --apps a -- "there is no layout 'flux-minimum'" "did you mean 'flux-minimal'"
refused 'a missing parameter' --layout flux-minimal -- "the layout 'flux-minimal' needs --apps" 'folders that may be meant: blog, postgres, wiki'
refused 'an unknown parameter' --layout flux-minimal --aps blog -- "there is no parameter 'aps'" "did you mean 'apps'"
layout wrong <<'Y'
moves:
  - fom: a
    to: b
Y
refused 'an unknown field' --layout "$layout" -- "$layout:5:5" 'fom' 'from'
printf 'layout: 1\nname: [\n' >"$layout"
refused 'a layout that is no YAML' --layout "$layout" -- "$layout:"
layout outside <<'Y'
moves:
  - { from: docs/**, to: ../docs }
Y
refused 'a target outside' --layout "$layout" -- "$layout:5:" 'must not leave the repository'
layout double <<'Y'
moves:
  - { from: '{docs,scripts}/*', to: 'one.txt' }
Y
refused 'two files with one target' --layout "$layout" -- 'would both become this file'
layout over <<'Y'
moves:
  - { from: docs/operations.md, to: README.md }
Y
refused 'a target over a file' --layout "$layout" -- 'docs/operations.md -> README.md' 'a file that stays is already there'
layout case <<'Y'
moves:
  - { from: docs/operations.md, to: Scripts/operations.md }
Y
refused 'names that differ only in case' --layout "$layout" -- "differs only in case from 'scripts'"
printf '*.secret\nsealed/\n' >"$repo/.gitignore"
commit ignore
layout ignored <<'Y'
moves:
  - { from: docs/operations.md, to: sealed/operations.md }
Y
refused 'an ignored target' --layout "$layout" -- "the target is ignored by .gitignore:2 'sealed/'"
layout workflows <<'Y'
moves:
  - { from: .github/workflows/**, to: 'ci/${base}' }
Y
refused 'workflows stay' --layout "$layout" -- '.github/workflows/validate.yaml -> ci/validate.yaml' 'GitHub finds this file by its name' 'except'
layout broken <<'Y'
moves:
  - { from: infrastructure/kubernetes/base/namespace.yaml, to: base/namespace.yaml }
actions:
  - { use: kustomize.no_such_thing, with: {} }
Y
refused 'an unknown action' --layout "$layout" -- "no transform 'no_such_thing'"

# --- refused repositories
printf 'dirty\n' >>"$repo/README.md"
refused 'changes that are not committed' "${apps[@]}" -- 'a tracked file has changes that are not committed: README.md' 'commit or stash'
git -C "$repo" checkout -q .
git clone -q --bare "$repo" "$scratch/bare.git"
call run restructure -C "$scratch/bare.git" "${apps[@]}"
ok 'a bare repository' "$rc" 1 "$out" 'bare repository' 'git clone'
mkdir "$scratch/folder"
call run restructure -C "$scratch/folder" "${apps[@]}"
ok 'no repository' "$rc" 1 "$out" 'not a git repository'
commit second 2>/dev/null || git -C "$repo" commit -q --allow-empty -m second
git clone -q --depth 1 "file://$repo" "$scratch/shallow"
call run restructure -C "$scratch/shallow" "${apps[@]}"
ok 'a shallow clone' "$rc" 1 "$out" 'a shallow clone' 'git fetch --unshallow'
git -C "$repo" config uploadpack.allowFilter true
git clone -q --no-checkout --filter=blob:none "file://$repo" "$scratch/partial"
call run restructure -C "$scratch/partial" "${apps[@]}"
ok 'a partial clone' "$rc" 1 "$out" 'a partial clone' 'git fetch --refetch --no-filter'
blob=$(git -C "$repo" rev-parse HEAD:README.md)
cp -r "$repo" "$scratch/damaged"
rm -f "$scratch/damaged/.git/objects/${blob:0:2}/${blob:2}"
call run restructure -C "$scratch/damaged" "${apps[@]}"
ok 'an object that cannot be read' "$rc" 1 "$out" 'not in this clone (partial, or damaged)'
git -C "$repo" worktree add -q -b ifx/flux-minimal "$scratch/elsewhere"
refused 'a branch that is checked out elsewhere' "${apps[@]}" --apply --set accept=prune -- "the branch 'ifx/flux-minimal' exists"
git -C "$repo" worktree remove "$scratch/elsewhere"
git -C "$repo" branch -q -D ifx/flux-minimal

# --- a sparse checkout is built from objects all the same
git clone -q "$repo" "$scratch/sparse"
git -C "$scratch/sparse" sparse-checkout set docs
call run restructure -C "$scratch/sparse" "${apps[@]}" --text --apply --set accept=prune
ok 'a sparse checkout' "$rc" 0 "$out"
says 'with every file' 'apps/blog/deployment.yaml' "$(git -C "$scratch/sparse" ls-tree -r --name-only ifx/flux-minimal)"
equal 'and is still sparse' '' "$(git -C "$scratch/sparse" status --porcelain)"

# --- files that are no plain text
fixture sample
head -c 100000000 /dev/zero >"$repo/infrastructure/kubernetes/blog/backup.img"
git -C "$repo" config core.bigFileThreshold 1m
ln -s ../../../../../outside "$repo/infrastructure/kubernetes/blog/outside"
printf 'caf\351: infrastructure/kubernetes/blog/deployment.yaml\n' >"$repo/docs/latin.txt"
printf 'x\n' >"$repo/docs/caf"$'\351'".txt"
commit files
restructure "${apps[@]}" --text --apply --set accept=prune
ok 'large, linked and foreign files' "$rc" 0 "$out" 'too large to be searched for old names' 'apps/blog/backup.img' 'caf\xE9'
equal 'a large file is moved as it is' "$(git -C "$repo" rev-parse main:infrastructure/kubernetes/blog/backup.img)" \
  "$(git -C "$repo" rev-parse ifx/flux-minimal:apps/blog/backup.img)"
equal 'a file that is not UTF-8 is edited by its bytes' "$(printf 'caf\351: apps/blog/deployment.yaml')" "$(show docs/latin.txt)"
git -C "$repo" branch -q -D ifx/flux-minimal
layout foreign <<'Y'
moves:
  - { from: docs/**, to: 'papers/${base}' }
Y
refused 'a file whose name is not UTF-8 is not moved' --layout "$layout" -- 'not UTF-8' 'caf'

# --- submodule, LFS, git-crypt
fixture sample
git init -q -b main "$scratch/module"
git -C "$scratch/module" commit -q --allow-empty -m module
git -C "$repo" -c protocol.file.allow=always submodule --quiet add "$scratch/module" infrastructure/kubernetes/blog/theme
commit module
refused 'a submodule' "${apps[@]}" -- 'it is a submodule'
git -C "$repo" reset -q --hard HEAD~1
rm -rf "$repo/.git/modules" "$repo/infrastructure/kubernetes/blog/theme"
printf 'infrastructure/kubernetes/blog/*.bin filter=lfs -text\n' >"$repo/.gitattributes"
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 3\n' 0 >"$repo/infrastructure/kubernetes/blog/photo.bin"
commit lfs
restructure "${apps[@]}" --apply --set accept=prune
ok 'an LFS file that would lose its filter' "$rc" 1 "$out" 'filter'
equal 'is refused before anything is done' '' "$(git -C "$repo" for-each-ref refs/heads/ifx)"
printf '*.bin filter=lfs -text\n' >"$repo/.gitattributes"
commit 'lfs everywhere'
restructure "${apps[@]}" --apply --set accept=prune
ok 'an LFS file that keeps it' "$rc" 0 "$out"
equal 'is moved as it is' "$(git -C "$repo" rev-parse main:infrastructure/kubernetes/blog/photo.bin)" \
  "$(git -C "$repo" rev-parse ifx/flux-minimal:apps/blog/photo.bin)"

# --- bases that several roots share: each of their controllers loses what moves
fixture traps/overlays
restructure --layout flux-minimal --apps shop --into shared --entry shared
ok 'shared bases' "$rc" 0 "$out" 'leave apps/prod' 'leave apps/staging' '--set accept=owners' '--set accept=prune' \
  'waits for the health of Deployment/shop' '2 files with 1 object'
refused 'an entry point of a name that is taken' --layout flux-minimal --apps shop --into shared -- \
  'clusters/staging/apps.yaml is there already' '--entry NAME'
printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [apps.yaml]\n' >"$repo/clusters/staging/kustomization.yaml"
git -C "$repo" mv clusters/staging/apps.yaml clusters/staging/sync.yaml
sed -i s/apps.yaml/sync.yaml/ "$repo/clusters/staging/kustomization.yaml"
commit renamed
refused 'also when its file has another name' --layout flux-minimal --apps shop --into shared -- \
  'Kustomization flux-system/apps is there already, in clusters/staging/sync.yaml'
restructure --layout flux-minimal --apps shop --into shared --entry shared --set accept=prune,owners,health --apply
ok 'what is accepted is applied' "$rc" 0 "$out"
equal 'a list of entry points gets the new one' 'resources: [sync.yaml, shared.yaml]' "$(show clusters/staging/kustomization.yaml | tail -1)"

# --- Argo CD
fixture traps/argocd
git -C "$repo" remote add origin https://git.example.org/example/home.git
layout argo <<'Y'
moves:
  - { folder: workloads/db, to: databases/db }
Y
refused 'an Application that prunes' --layout "$layout" --apply -- 'it is blocked: Application argocd/workloads prunes' \
  'PersistentVolumeClaim home/db' '--set accept=prune'
restructure --layout "$layout"
ok 'with the earlier commit' "$rc" 0 "$out" '1. First, in a commit of its own' 'Prune=false' 'bootstrap/workloads.yaml' \
  'kubectl -n argocd get applications.argoproj.io workloads'
restructure --layout "$layout" --apply --set accept=prune
ok 'accepted' "$rc" 0 "$out"
sed -i 's/prune: true/prune: false/' "$repo/bootstrap/workloads.yaml"
commit 'no pruning'
restructure --layout "$layout" --branch free
ok 'after the earlier commit nothing blocks' "$rc" 0 "$out"
case $out in *Blocked*) wrong "still blocked: $out" ;; *) pass ;; esac

# --- values files
fixture traps/values
git -C "$repo" remote add origin https://git.example.org/example/home.git
layout values <<'Y'
moves:
  - { folder: apps, to: argocd/apps }
Y
restructure --layout "$layout"
ok 'what nobody reads is said' "$rc" 0 "$out" 'Values files that nobody reads' '- apps/db/values.yaml'
case $out in *'- apps/web/values.yaml'*|*'- chart/values.yaml'*) wrong "a values file that is read: $out" ;; *) pass ;; esac

# --- one step too few, and templates of a chart
fixture traps/climbing
layout climbing <<'Y'
moves:
  - { folder: overlays/prod, to: clusters/home/prod }
  - { folder: base, to: bases }
  - { folder: chart, to: charts/own }
Y
call check "$repo"
ok 'a path that climbs too little is broken' "$rc" 1 "$out" 'overlays/prod/kustomization.yaml:4:5' '../base/web.yaml: does not exist'
restructure --layout "$layout" --apply
ok 'a template is followed, and said to be one' "$rc" 0 "$out" 'a template of the chart chart: kustomize fills in nothing'
equal 'what was broken stays as it is' '  - ../base/web.yaml
  - ../../../charts/own/templates/config.yaml' \
  "$(git -C "$repo" show ifx/climbing:clusters/home/prod/kustomization.yaml | tail -2)"

# --- lists that Flux generates
fixture traps/generated
layout config <<'Y'
moves:
  - { from: config/cluster.yaml, to: 'cluster/${base}' }
Y
refused 'a file that is no object below a generated list' --layout "$layout" --apply -- \
  'cluster/cluster.yaml holds no Kubernetes object' 'Kustomization flux-system/flux-system' '--set accept=no-object'
layout spare <<'Y'
moves:
  - { from: spare/*, to: 'cluster/${base}' }
Y
refused 'what nobody applied would be applied' --layout "$layout" --apply -- '1 file with 1 object that no Kustomization applies today' \
  '--set accept=activate'
restructure --layout flux-minimal --apps one --apply
ok 'the only entry of a list' "$rc" 0 "$out"
says 'leaves an empty list, which kustomize reads' 'resources: []' "$(show infra/kustomization.yaml)"
if command -v kubectl >/dev/null; then
  git -C "$repo" worktree add -q "$scratch/rendered" ifx/flux-minimal
  equal 'the emptied root builds, and is empty' '' "$(kubectl kustomize "$scratch/rendered/infra" 2>&1)"
  says 'the new one has the object' 'name: one' "$(kubectl kustomize "$scratch/rendered/apps" 2>&1)"
  git -C "$repo" worktree remove "$scratch/rendered"
fi

# --- SOPS: rules follow their files, encrypted files are never edited
fixture traps/sealed
refused 'what a root changes in its objects' --layout flux-minimal --apps web --apply --set accept=prune -- \
  'k8s/kustomization.yaml: namespace applies to what leaves that root' '--set accept=context'
restructure --layout flux-minimal --apps web --text --apply --set accept=prune,context
ok 'encrypted files' "$rc" 0 "$out" 'k8s/web/secret.yaml:1:10' 'SOPS-encrypted file' 'sops.path_regex' \
  '1. First, in a commit of its own'
says 'a rule that named one file names it still' 'path_regex: ^apps/web/secret\.yaml$' "$(show .sops.yaml)"
equal 'the encrypted file is as it was' "$(git -C "$repo" rev-parse main:k8s/web/secret.yaml)" \
  "$(git -C "$repo" rev-parse ifx/flux-minimal:apps/web/secret.yaml)"
says 'the new entry point decrypts' 'provider: sops' "$(show cluster/apps.yaml)"
git -C "$repo" branch -q -D ifx/flux-minimal
git -C "$repo" remote add origin https://git.example.org/example/other.git
rm "$repo/cluster/flux-system/gotk-sync.yaml"
commit 'no source'
restructure --layout flux-minimal --apps web
ok 'whose source is not known is taken for one that prunes' "$rc" 0 "$out" 'Blocked: Kustomization flux-system/k8s prunes' \
  'if that is what it applies'
git -C "$repo" reset -q --hard HEAD~1
sed -i 's/secret\\.yaml/.*\\.yaml/' "$repo/.sops.yaml"
sed -i 's/\^k8s/k8s/' "$repo/.sops.yaml"
commit 'a wide rule'
layout one <<'Y'
moves:
  - { from: k8s/web/secret.yaml, to: vault/secret.yaml }
Y
restructure --layout "$layout" --text
says 'a rule that cannot follow is left for a person' '.sops.yaml:2:17' "$out"

layout copy <<'Y'
repositories: { other: { name: other, url: 'https://git.example.org/example/other' } }
moves:
  - { from: 'k8s/web/*.yaml', action: Keep, also: [{ to: 'prod/${base}', repository: other }] }
Y
refused 'a secret in two places' --layout "$layout" --apply -- \
  'k8s/web/secret.yaml is encrypted by SOPS, and would be copied to k8s/web/secret.yaml and prod/secret.yaml in other' \
  '--set accept=secret'

# --- generated files alone: one commit
fixture sample
layout generate <<'Y'
generate:
  - { path: OWNERS, text: "ann\n" }
Y
restructure --layout "$layout" --apply
ok 'a layout that only writes' "$rc" 0 "$out"
equal 'is one commit' 1 "$(git -C "$repo" rev-list --count main..ifx/generate)"
layout tidy <<'Y'
moves:
  - { from: docs/operations.md, to: papers/operations.md }
  - { from: nowhere/**, to: 'x/${base}' }
Y
restructure --layout "$layout"
ok 'rows that match nothing are said' "$rc" 0 "$out" 'Rows of the layout that match no file' "$layout:6: from: nowhere/**: no file matches; there is no 'nowhere'"
layout typo <<'Y'
moves:
  - { folder: dosc, to: papers }
  - { from: docs, to: 'papers/${base}' }
Y
restructure --layout "$layout"
ok 'when there is nothing else to do, too' "$rc" 0 "$out" 'Nothing to do, but 2 rows of the layout match no file' \
  "$layout:5: folder: dosc: no file matches; there is no 'dosc': did you mean 'docs'?" 'did you mean `folder: docs` or `from: docs/**`?'
finish

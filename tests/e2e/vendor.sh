#!/usr/bin/env bash
# vendor.sh: remote bases: fetched, pinned, copied, built from the copy. SPDX-License-Identifier: Apache-2.0
# usage: tests/e2e/vendor.sh IFX
set -u
. "$(dirname "$0")/check.bash"

server=$scratch/server
export GIT_ALLOW_PROTOCOL=file
map() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n' "$1"; }
commit() { git -C "$1" init -q -b main 2>/dev/null; git -C "$1" add -A && git -C "$1" commit -qm "${2:-one}"; }
url() { printf 'file://%s/%s.git' "$server" "$1"; }
serve() { git clone -q --bare "$scratch/src/$1" "$server/$1.git" && git -C "$server/$1.git" config uploadpack.allowAnySHA1InWant true; }

lib=$scratch/src/lib
mkdir -p "$server" "$lib/base/files" "$lib/common" "$lib/unused" "$lib/bad" "$lib/escape" "$lib/loop"
printf 'resources: [../common, a.yaml, linked.yaml]\nconfigMapGenerator: [{name: g, files: [key=files/data.txt]}]\nnamePrefix: x-\n' \
  >"$lib/base/kustomization.yaml"
map a >"$lib/base/a.yaml"
map linked >"$lib/base/real.yaml"
ln -s real.yaml "$lib/base/linked.yaml"
printf 'one\n' >"$lib/base/files/data.txt"
printf 'resources: [b.yaml]\n' >"$lib/common/kustomization.yaml"
map b >"$lib/common/b.yaml"
map u >"$lib/unused/u.yaml"
printf 'resources: [../common/b.yaml]\n' >"$lib/bad/kustomization.yaml"
printf 'resources: [../../../../../base]\n' >"$lib/escape/kustomization.yaml"
printf 'resources: ["%s//loop?ref=main"]\n' "$(url lib)" >"$lib/loop/kustomization.yaml"
commit "$lib"
git -C "$lib" tag v1
serve lib
first=$(git -C "$lib" rev-parse HEAD)

repo=$scratch/repo
mkdir -p "$repo/app" "$repo/local"
cp -R "$lib/base" "$lib/common" "$repo/local"
printf 'resources: [../local/base, c.yaml]\nnamespace: web\n' >"$repo/app/kustomization.yaml"
map c >"$repo/app/c.yaml"
commit "$repo"
cd "$repo" || exit 1
call build app
wanted=$out
if command -v kubectl >/dev/null; then
  equal 'a local base, as kubectl builds it' "$(kubectl kustomize app)" "$wanted"
fi

remote() { printf 'resources: ["%s", c.yaml]\nnamespace: web\n' "$1" >app/kustomization.yaml; }
remote "$(url lib)//base?ref=v1"
call build app
equal 'a remote base without a copy is refused' 1 "$rc"
says 'with its place' 'app/kustomization.yaml:1' "$out"
says 'and the way out' 'ifx vendor' "$out"
call vendor --check
equal 'a check says so too' 1 "$rc"
says 'with the place' 'app/kustomization.yaml:1:13' "$out"
call vendor
equal 'a tag is pinned' 0 "$rc"
says 'at its commit' "$first" "$out"
says 'in the lock file' "commit: $first" "$(cat ifx.lock)"
call build app
equal 'the copy gives the objects of a local base' "$wanted" "$out"
call vendor --check
equal 'everything agrees' 0 "$rc"
copy=$(ls .ifx/vendor/*.tar)
equal 'only what is needed is copied' 'base/a.yaml base/files/data.txt base/kustomization.yaml base/linked.yaml base/real.yaml common/b.yaml common/kustomization.yaml' \
  "$(tar -tf "$copy" | sort | tr '\n' ' ' | sed 's/ $//')"
equal 'the name of a copy is its digest' "$(sha256sum "$copy" | cut -d' ' -f1)" "$(basename "$copy" .tar)"

git add -A && git commit -qm two
call build HEAD:app
equal 'of a revision too' "$wanted" "$out"
mv "$server/lib.git" "$server/gone.git"
call vendor
equal 'what is pinned is not fetched again' 0 "$rc"
before=$(cat ifx.lock)
rm "$copy"
call build app
equal 'a copy that is missing' 1 "$rc"
says 'is named' 'its copy is missing' "$out"
call vendor --check
says 'by a check too' 'is missing' "$out"
call vendor
equal 'a server that is gone' 1 "$rc"
says 'is said with the place of the reference' 'app/kustomization.yaml:1:13' "$out"
equal 'and nothing changes' "$before" "$(cat ifx.lock)"
mv "$server/gone.git" "$server/lib.git"
call vendor
equal 'the copy comes back' 0 "$rc"
equal 'byte for byte' "$before" "$(cat ifx.lock)"
printf 'x' >>"$copy"
call build app
says 'a copy that was changed is refused' 'not what it was when it was pinned' "$out"
head -c 1000 "$scratch/repo/.ifx/vendor/"*.tar >"$scratch/half" && cp "$scratch/half" "$copy"
call build app
says 'half a copy too' 'not what it was when it was pinned' "$out"
call vendor
call build app
equal 'and is fetched again' "$wanted" "$out"

printf 'two\n' >"$lib/base/files/data.txt"
commit "$lib" two
git -C "$lib" push -q "$server/lib.git" main
second=$(git -C "$lib" rev-parse HEAD)
for form in "$(url lib)//base" "$(url lib)//base?ref=main" "$(url lib)//base?version=main&timeout=50&submodules=false"; do
  remote "$form"
  call vendor
  equal "$form: what moves is refused" 1 "$rc"
  says "$form: with its place" 'app/kustomization.yaml:1:13' "$out"
  says "$form: and where it stands" "?ref=$second" "$out"
done
equal 'nothing was written' "$before" "$(cat ifx.lock)"
call vendor --update
equal 'unless the lock pins it' 0 "$rc"
says 'where it stands' "commit: $second" "$(cat ifx.lock)"
equal 'a copy that nothing names is removed' 1 "$(ls .ifx/vendor | wc -l)"
call build app
says 'and is built' 'name: x-g-' "$out"
printf 'three\n' >"$lib/base/files/data.txt"
commit "$lib" three
git -C "$lib" push -q "$server/lib.git" main
rm .ifx/vendor/*.tar
call vendor
equal 'the pinned commit is fetched, not the branch' 0 "$rc"
says 'as the lock says' "commit: $second" "$(cat ifx.lock)"
remote "$(url lib)//base?ref=$first"
call vendor
equal 'a commit is pinned by itself' 0 "$rc"
call build app
equal 'and gives what it was' "$wanted" "$out"

remote "$(url lib)//base?ref=v9"
call vendor
equal 'a tag that is not there' 1 "$rc"
says 'is said' "v9" "$out"
remote "$(url lib)//nowhere?ref=v1"
call vendor
says 'a folder that is not there' "the repository has no folder 'nowhere'" "$out"
remote "$(url lib)//unused?ref=v1"
call vendor
says 'a folder without a kustomization' 'nothing that can be built' "$out"
remote "$(url lib)//bad?ref=v1"
call vendor
call build app --load-restrictor LoadRestrictionsNone
says 'a copy reads only below its folder, whatever is allowed here' 'security; file' "$out"
remote "$(url lib)//escape?ref=v1"
call vendor
call build app
says 'and names no folder outside of itself' 'must be within the repo' "$out"
remote "$(url lib)//loop?ref=main"
call vendor --update
equal 'a repository that names itself is copied once' 0 "$rc"
call build app
says 'and cannot be built' 'cycle detected: URI' "$out"
remote "$(url lib)//../x?ref=v1"
call vendor
equal 'a path that leaves the repository is no reference' 0 "$rc"
unset GIT_ALLOW_PROTOCOL
remote "$(url lib)//base?ref=v1"
call vendor
equal 'repositories of this machine are refused' 1 "$rc"
says 'for their protocol' "not allowed" "$out"
finish

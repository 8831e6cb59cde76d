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

# ---- every form of an address, nested bases, submodules: beside kubectl with clones of its own ----

cat >"$scratch/gitconfig" <<G
[url "file://$server/"]
  insteadOf = https://github.com/
  insteadOf = github.com:
  insteadOf = git@github.com:
  insteadOf = ssh://git@git.example/
  insteadOf = https://git.example/
  insteadOf = git@git.example:
G
export GIT_CONFIG_GLOBAL=$scratch/gitconfig
other=$scratch/src/other
mkdir -p "$other/k"
printf 'resources: [o.yaml]\nconfigMapGenerator: [{name: og, literals: [a=b]}]\n' >"$other/k/kustomization.yaml"
map o >"$other/k/o.yaml"
commit "$other"
git -C "$other" tag v2
mkdir -p "$lib/nested" "$server/org"
publish() { cp -R "$scratch/src/$1/.git" "$server/org/$1.git" && ln -s "$1.git" "$server/org/$1"; }
publish other
printf 'resources: [n.yaml, ../common, "github.com/org/other/k?ref=v2"]\nnamePrefix: n-\n' >"$lib/nested/kustomization.yaml"
map n >"$lib/nested/n.yaml"
git -C "$lib" submodule --quiet add https://git.example/org/other.git modules/other
mkdir -p "$lib/over"
printf 'resources: [../modules/other/k]\n' >"$lib/over/kustomization.yaml"
commit "$lib" nested
git -C "$lib" tag v3
publish lib

same_as_kubectl() { # same_as_kubectl WHAT: the remote base in app/, after it was copied
  call vendor
  equal "$1: is copied" 0 "$rc"
  call build app
  equal "$1: is built" 0 "$rc"
  command -v kubectl >/dev/null || return 0
  equal "$1: as kubectl builds it" "$(kubectl kustomize app 2>"$scratch/kubectl" || cat "$scratch/kubectl")" "$out"
}

for form in 'github.com/org/lib/nested?ref=v3' 'https://github.com/org/lib//nested?ref=v3' 'git@github.com:org/lib.git/nested?ref=v3' \
  'git@git.example:org/lib//nested?version=v3&timeout=1m30s' 'ssh://git@git.example/org/lib.git//nested?ref=v3&submodules=false' \
  'git::https://git.example/org/lib.git/nested?ref=v3' 'https://GitHub.com/org/lib/nested?ref=v3'; do
  remote "$form"
  same_as_kubectl "$form"
done
printf 'buildMetadata: [originAnnotations, transformerAnnotations]\n' >>app/kustomization.yaml
same_as_kubectl 'with notes of where things come from'
equal 'both repositories are pinned' 2 "$(grep -c '^- reference:' ifx.lock)"
remote 'github.com/org/lib/over?ref=v3&submodules=true'
same_as_kubectl 'a base in a submodule'
git add -A && git commit -qm copies
for command in refs 'check --all' 'build --all --json'; do
  call $command
  case $out in *.ifx/vendor/*.tar/* | *k/o.yaml*) wrong "$command sees into a copy: $out" ;; *) pass ;; esac
done

# ---- what cannot be copied ----

mkdir -p "$lib/vast" "$lib/loose"
printf 'configMapGenerator: [{name: v, files: [vast.bin]}]\n' >"$lib/vast/kustomization.yaml"
truncate -s 65M "$lib/vast/vast.bin"
printf 'resources: ["github.com/org/other/k"]\n' >"$lib/loose/kustomization.yaml"
commit "$lib" vast
git -C "$lib" tag v4
rm -r "$server/org/lib.git" "$server/org/lib"
publish lib
before=$(cat ifx.lock)
remote 'github.com/org/lib/vast?ref=v4'
call vendor
equal 'more than a copy may hold' 1 "$rc"
says 'is refused' '64 MiB' "$out"
remote 'github.com/org/lib/loose?ref=v4'
call vendor
equal 'what a copy names must be pinned too' 1 "$rc"
says 'with its place in the copy' '.tar:loose/kustomization.yaml:1:13' "$out"
says 'where only the lock can do it' 'hint: pin it in ifx.lock' "$out"
call vendor app --update
equal 'and does' 0 "$rc"
printf '%s\n' "$before" >ifx.lock
printf 'resources: ["github.com/org/lib/nested?ref=v4", "github.com/org/none//k?ref=v1"]\n' >app/kustomization.yaml
call vendor
equal 'of several references one fails' 1 "$rc"
equal 'and nothing is written for the others' "$before" "$(cat ifx.lock)"
says 'its place is told' 'app/kustomization.yaml:1:49' "$out"

# ---- single files ----

if command -v python3 >/dev/null && command -v curl >/dev/null; then
  mkdir -p "$scratch/www"
  map web >"$scratch/www/web.yaml"
  python3 -u -m http.server --bind 127.0.0.1 --directory "$scratch/www" 0 >"$scratch/port" 2>/dev/null &
  trap 'kill %1; rm -rf "$scratch"' EXIT
  for _ in $(seq 50); do grep -q port "$scratch/port" && break; sleep 0.1; done
  address=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$scratch/port")
  remote "$address/web.yaml"
  same_as_kubectl 'a single file'
  map changed >"$scratch/www/web.yaml"
  call build app
  says 'the copy counts, not the server' 'name: web' "$out"
  rm .ifx/vendor/*.tar
  call vendor
  equal 'a file that is no longer what was pinned' 1 "$rc"
  says 'is refused' 'is not what was pinned' "$out"
  call vendor --update
  equal 'unless that is wanted' 0 "$rc"
  remote "$address/nothing.yaml"
  call vendor
  says 'a file that is not there' '404' "$out"
fi

printf 'remotes: 5\n' >ifx.lock
call vendor
says 'a lock file that is none' 'no lock file of the format' "$out"
rm ifx.lock
unset GIT_CONFIG_GLOBAL
unset GIT_ALLOW_PROTOCOL
remote "$(url lib)//base?ref=v1"
call vendor
equal 'repositories of this machine are refused' 1 "$rc"
says 'for their protocol' "not allowed" "$out"
finish

#!/usr/bin/env bash
# build_hostile.sh IFX: what `ifx build` makes of files that nobody writes with good intentions: an error that says where, in
# bounded time and memory, with nothing on standard output. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
repo=$scratch/repo
mkdir "$repo" && cd "$repo" || exit 1
git init -q .
printf 'secret: 1\n' >"$scratch/outside.yaml"
mkdir "$scratch/beside" && printf 'resources: []\n' >"$scratch/beside/kustomization.yaml"

grep -qaE '__(asan|tsan)_init' "$ifx" && plenty=1 # a sanitizer reserves terabytes of addresses

build() { # build KIB ARG…: so much memory, and minutes; $out is standard error, $text standard output, $rc the status
  local kib=$1
  shift
  (
    [ -n "${plenty-}" ] || ulimit -v "$kib"
    exec timeout 400 "$ifx" build "$@"
  ) >"$scratch/text" 2>"$scratch/said" </dev/null
  rc=$?
  out=$(cat "$scratch/said")
}
refused() { # refused FOLDER TEXT…: each text is in the error
  local where=$1
  shift
  build "${memory:-400000}" ${options-} "$where"
  ok "$where" "$rc" 1 "$out" "$@"
  holds "$where: nothing is printed" test ! -s "$scratch/text"
}
map() { # map NAME [REST]: a manifest
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: %s }\n%s' "$1" "${2-}"
}
folder() { # folder NAME LINE…: a kustomization with these lines
  mkdir -p "$1"
  local name=$1
  shift
  printf '%s\n' "$@" >"$name/kustomization.yaml"
}
list_of() { # list_of TEXT COUNT: so often, without a line break
  printf "%0.s$1" $(seq "$2")
}

# --- what is no file
not_regular='is a pipe, socket or device, not a regular file'
folder pipe 'resources: [a.yaml]' && mkfifo pipe/a.yaml
refused pipe 'pipe/kustomization.yaml:1:13: ' "pipe/a.yaml: read: $not_regular" 'hint: '
mkdir pipe-itself && mkfifo pipe-itself/kustomization.yaml
refused pipe-itself "pipe-itself/kustomization.yaml: read: $not_regular" 'hint: '
folder pipe-patch 'resources: [a.yaml]' 'patches: [{ path: p.yaml }]' && map a >pipe-patch/a.yaml && mkfifo pipe-patch/p.yaml
refused pipe-patch "pipe-patch/p.yaml: read: $not_regular" 'hint: '
folder pipe-source 'configMapGenerator: [{ name: a, files: [k.txt] }]' && mkfifo pipe-source/k.txt
refused pipe-source 'pipe-source/kustomization.yaml:1:22: ' "pipe-source/k.txt: read: $not_regular"
folder device 'resources: [zero.yaml]' && ln -s /dev/zero device/zero.yaml
refused device 'device/kustomization.yaml:1:13: ' "security; file '/dev/zero' is not in or below 'device'" 'hint: '
options='--load-restrictor LoadRestrictionsNone' refused device "/dev/zero: read: $not_regular"
folder folder 'resources: []' 'configMapGenerator: [{ name: a, files: [sub] }]' && mkdir folder/sub
refused folder 'folder/kustomization.yaml:2:22: ' "'sub' must resolve to a file"
build 400000 --all
ok 'all of them' "$rc" 1 "$out" 'error: pipe: ' "pipe/a.yaml: $not_regular"

# --- what is no text
folder utf16 'resources: [a.yaml]' && map a | iconv -t UTF-16 >utf16/a.yaml
refused utf16 'utf16/a.yaml:1:1: ' 'the text is UTF-16, not UTF-8' 'hint: convert it: iconv -f UTF-16 -t UTF-8'
folder utf16be 'resources: [a.yaml]' && { printf '\376\377' && map a | iconv -t UTF-16BE; } >utf16be/a.yaml
refused utf16be 'utf16be/a.yaml:1:1: ' 'the text is UTF-16, not UTF-8'
folder unmarked 'resources: [a.yaml]' && map a | iconv -t UTF-16LE >unmarked/a.yaml
refused unmarked 'unmarked/a.yaml:1:2: ' 'control character U+0000' 'hint: save the file as UTF-8 text'
folder latin 'resources: [a.yaml]' && map a "$(printf 'data:\n  n: caf\351\n')" >latin/a.yaml
refused latin 'latin/a.yaml:5:9: ' 'byte 0xE9 is not UTF-8' 'hint: save the file as UTF-8 text'
folder latin-itself "$(printf 'namePrefix: "caf\351"')"
refused latin-itself 'latin-itself/kustomization.yaml:1:17: ' 'byte 0xE9 is not UTF-8'

# --- what leads out
folder link 'resources: [a.yaml]' && ln -s ../../outside.yaml link/a.yaml
refused link 'link/kustomization.yaml:1:13: ' "security; file '$scratch/outside.yaml' is not in or below 'link'" 'hint: '
folder link-folder 'resources: [sub/a.yaml]' && ln -s ../../ link-folder/sub && map a >"$scratch/a.yaml"
refused link-folder 'link-folder/kustomization.yaml:1:13: ' "security; file '$scratch/a.yaml'"
folder link-source 'secretGenerator: [{ name: a, files: [k] }]' && ln -s /etc/passwd link-source/k
refused link-source 'link-source/kustomization.yaml:1:19: ' "security; file '/etc/passwd'"
folder link-round 'resources: [a.yaml, b]' && ln -s a.yaml link-round/a.yaml && ln -s . link-round/b
refused link-round 'link-round/kustomization.yaml:1:13: ' 'hint: '
folder absolute 'resources: [/etc/passwd]'
refused absolute 'absolute/kustomization.yaml:1:13: ' "security; file '/etc/passwd'"
folder absolute-folder "resources: [$scratch/beside]"
refused absolute-folder 'absolute-folder/kustomization.yaml:1:13: ' 'cannot be absolute' 'hint: name the folder from the one of the kustomization'
folder climbing "resources: [$(list_of ../ 60)etc/passwd]"
refused climbing 'climbing/kustomization.yaml:1:13: ' 'leads out of the files'
folder base 'resources: [a.yaml]' && map a >base/a.yaml
git add -A . 2>/dev/null && git commit -qm links
for where in link link-folder link-source absolute climbing link-round; do
  refused "HEAD:$where" "HEAD:$where/kustomization.yaml:1:" 'error: '
  grep -q 'secret: 1\|root:' "$scratch/said" && wrong "HEAD:$where: a file outside was read"
done
folder linked && rmdir linked 2>/dev/null || rm -r linked
ln -s "$scratch/beside" linked && git add linked && git commit -qm linked
refused HEAD:linked "'HEAD:linked' doesn't exist"
refused HEAD:../beside "'HEAD:../beside' doesn't exist"

# --- what is not there, or there twice
folder no-base 'resources:' '- ../bsae'
refused no-base 'no-base/kustomization.yaml:2:3: ' "'../bsae' doesn't exist" "hint: did you mean '../base'?"
folder no-target 'resources: [../base]' 'patches:' '- patch: |' '    apiVersion: v1' '    kind: ConfigMap' '    metadata: { name: b }'
refused no-target 'no-target/kustomization.yaml:3:3: ' 'no matches for Id ConfigMap.v1.[noGrp]/b.[noNs]' 'hint: '
folder twice 'resources: [a.yaml, b.yaml]' && map a >twice/a.yaml && map a >twice/b.yaml
refused twice 'twice/kustomization.yaml:1:21: ' 'twice/b.yaml:1: may not add resource with an already registered id' \
  'hint: the other one stands in twice/a.yaml, line 1'
folder no-source 'configMapGenerator:' '- name: a' '  files: [k.txt]'
refused no-source 'no-source/kustomization.yaml:2:3: ' "'k.txt' doesn't exist" 'hint: '

# --- what leads back
folder cycle/a 'resources: [../b]' && folder cycle/b 'resources: [../c]' && folder cycle/c 'resources: [../a]'
refused cycle/a 'cycle/c/kustomization.yaml:1:13: ' "cycle detected: candidate root 'cycle/a' contains visited root 'cycle/a'" 'hint: '
folder itself 'resources: [.]'
refused itself 'itself/kustomization.yaml:1:13: ' 'cycle detected'
folder recursion 'components: [part]' && folder recursion/part 'kind: Component' 'components: [../part]'
refused recursion 'recursion/part/kustomization.yaml:2:14: ' 'cycle detected'
folder recursion-two 'components: [one]' && folder recursion-two/one 'kind: Component' 'components: [../two]'
folder recursion-two/two 'kind: Component' 'components: [../one]'
refused recursion-two 'recursion-two/two/kustomization.yaml:2:14: ' 'cycle detected'

# --- what doubles on every level
for n in $(seq 30); do
  folder "ladder/$n" 'resources: [a, b]'
  folder "ladder/$n/a" 'namePrefix: a-' "resources: [../../$((n + 1))]"
  folder "ladder/$n/b" 'namePrefix: b-' "resources: [../../$((n + 1))]"
  folder "parts/$n" 'kind: Component' "components: [../$((n + 1)), ../$((n + 1))]"
done
folder ladder/31 'resources: [a.yaml]' && map a >ladder/31/a.yaml
folder parts/31 'kind: Component' 'namePrefix: a-'
folder parts/0 'resources: [a.yaml]' 'components: [../1]' && map a >parts/0/a.yaml
memory=1000000
refused ladder/1 'ladder/1/kustomization.yaml:1:13: ' 'more than 20000 kustomizations' 'hint: '
refused parts/0 'parts/0/kustomization.yaml:2:14: ' 'an object that was renamed more than 1000 times' 'hint: '
sed -i 's/^namePrefix.*/commonLabels: { a: b }/' parts/31/kustomization.yaml
refused parts/0 'more than 20000 kustomizations' 'hint: '
for n in $(seq 1000); do map "m$n" && printf -- '---\n'; done >ladder/31/a.yaml
[ -n "${plenty:-}" ] || memory=2500000 refused ladder/20 'more than 1000000 objects' 'hint: ' # minutes under a sanitizer, as all that is large
unset memory

# --- what is small and stands for much
bomb() { # bomb LEVELS: ten times as much on each
  printf 'x0: &x0 [%slol]\n' "$(list_of 'lol, ' 9)"
  for n in $(seq "$1"); do printf "x$n: &x$n [%s*x$((n - 1))]\n" "$(list_of "*x$((n - 1)), " 9)"; done
}
folder bomb 'resources: [a.yaml]' && { map a && bomb 8; } >bomb/a.yaml
refused bomb 'bomb/a.yaml:8:' 'aliases stand for too much' 'hint: the limit is 100000 values'
mkdir bomb-itself && bomb 8 >bomb-itself/kustomization.yaml
refused bomb-itself 'bomb-itself/kustomization.yaml:5:' 'aliases stand for too much'
folder bombs 'resources: [a.yaml]' && for n in $(seq 50); do map "a$n" && bomb 3 && printf -- '---\n'; done >bombs/a.yaml
refused bombs 'bombs/a.yaml:' 'aliases stand for too much'
folder long 'resources: [a.yaml]' &&
  { map a && printf 'x: &x %s\ny: [%s]\n' "$(head -c 1000000 /dev/zero | tr '\0' z)" "$(list_of '*x, ' 10000)"; } >long/a.yaml
refused long 'long/a.yaml:5:' 'aliases stand for too much'
folder merged 'resources: [a.yaml]' && { map a && printf 'm0: &m0 { %s }\n' "$(seq -f 'k%g: 1,' 500 | tr '\n' ' ')"
  for n in $(seq 9); do printf "m$n: &m$n { <<: [%s*m$((n - 1))] }\n" "$(list_of "*m$((n - 1)), " 9)"; done; } >merged/a.yaml
refused merged 'merged/a.yaml:' 'aliases stand for too much'
folder deep 'resources: [a.yaml]' && { map a && printf 'x: %s%s\n' "$(list_of '[' 100000)" "$(list_of ']' 100000)"; } >deep/a.yaml
refused deep 'deep/a.yaml:4:203: ' 'nested too deeply' 'hint: the limit is 200 levels'
folder wide 'resources: [a.yaml]' &&
  { map a && printf 'x: %s%s%s\n' "$(list_of '[' 190)" "$(head -c 3000000 /dev/zero | sed 's/\x00/a,/g')" "$(list_of ']' 190)"; } >wide/a.yaml
memory=3000000 refused wide 'a text of more than 536870912 bytes'

# --- what is large
large() {
  folder large 'resources: [a.yaml]'
  awk 'BEGIN { for (n = 0; n < 55000; n++) { printf "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c%d }\ndata:\n", n
    for (k = 0; k < 35; k++) printf "  key%d: value number %d\n", k, k
    print "---" } }' >large/a.yaml
  holds 'it has about 50 MB' test "$(stat -c %s large/a.yaml)" -gt 50000000
  build 1500000 large
  ok 'a manifest of 50 MB' "$rc" 0 "$out"
  equal 'all of it comes out' 55000 "$(grep -c '^kind:' "$scratch/text")"
  head -c 70000000 large/a.yaml | cat - large/a.yaml | head -c 67200000 >large/b.yaml
  folder larger 'resources: [b.yaml]' && mv large/b.yaml larger
  refused larger 'larger/kustomization.yaml:1:13: ' 'larger/b.yaml: read: the file has 67200000 bytes, more than the 67108864 that may be read' 'hint: '
  folder larger-itself 'resources: []' && head -c 67200000 /dev/zero | tr '\0' '#' >>larger-itself/kustomization.yaml
  refused larger-itself 'larger-itself/kustomization.yaml: read: the file has 67200014 bytes' 'hint: '
  folder many 'resources: [a.yaml]' && { map a 'x:' && printf '\n' && yes -- '- {}' | head -c 60000000; } >many/a.yaml
  memory=2500000 refused many 'many/a.yaml:' 'too many nodes' 'hint: the limit is 8000000 nodes'
  folder large-line 'resources: [a.yaml]' && { map a 'x: ' && head -c 60000000 /dev/zero | tr '\0' a; } >large-line/a.yaml
  build 1000000 large-line
  ok 'a text of 60 MB' "$rc" 0 "$out"
}
[ -n "${plenty:-}" ] || large

# --- a signal
places='ladder/1 large many'
[ -z "${plenty:-}" ] || places=ladder/1
for signal in TERM INT; do
  for where in $places; do
    env --default-signal=INT "$ifx" build "$where" >"$scratch/text" 2>"$scratch/said" </dev/null &
    pid=$!
    sleep 0.7
    kill -$signal $pid
    start=$SECONDS
    wait $pid
    ok "$where, SIG$signal" $? 130 "$(cat "$scratch/said")" interrupted
    holds "$where, SIG$signal: at once" test $((SECONDS - start)) -lt 3
    holds "$where, SIG$signal: nothing is printed" test ! -s "$scratch/text"
  done
done
finish

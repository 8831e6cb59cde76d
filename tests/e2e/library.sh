#!/usr/bin/env bash
# library.sh IFX: an installation that is moved, and its compiled library: used, outdated, damaged, absent.
# SPDX-License-Identifier: Apache-2.0
set -u
# shellcheck source=tests/e2e/check.bash
. "$(dirname "$(realpath "$0")")/check.bash"
command -v cmake >/dev/null || exit 77

cmake --install "$(dirname "$ifx")" --prefix "$scratch/first" >/dev/null || exit 1
mv "$scratch/first" "$scratch/moved"
ifx=$scratch/moved/bin/ifx
text=$scratch/moved/share/ifx/lua/ifx/cli/version.lua
code=$(find "$scratch/moved" -name library.luac)
cd "$scratch" || exit 1

call version
equal 'an installation can be moved' 0 "$rc"
wanted=$out

cp -p "$text" "$scratch/origin"
sed -i "s/'ifx /'xfi /" "$text"
changed=${wanted/ifx /xfi }
touch -r "$scratch/origin" "$text" # its size and time say that nothing has changed
call version
equal 'what is compiled is used' "$wanted" "$out"
touch -d '2001-01-01' "$text"
call version
equal 'text of another time wins' "$changed" "$out"
touch -r "$scratch/origin" "$text"
echo >>"$text"
touch -r "$scratch/origin" "$text"
call version
equal 'text of another size wins' "$changed" "$out"
cp -p "$scratch/origin" "$text"

plugin=$(dirname "$text")/../../../plugins/sops/init.lua
ask_plugin() { # what a plugin says of its kinds
  call eval "print(require 'ifx.plugin'.registry {}:load 'sops'.references[1].kinds['sops.path_regex'])"
}
ask_plugin
kinds=$out
cp -p "$plugin" "$scratch/plugin"
sed -i "/kinds/s/ of / OF /" "$plugin"
touch -r "$scratch/plugin" "$plugin"
ask_plugin
equal 'a plugin of the program is compiled too' "$kinds" "$out"
touch -d '2001-01-01' "$plugin"
ask_plugin
equal 'its text of another time wins' "${kinds/ of / OF }" "$out"
manifest=$(dirname "$plugin")/plugin.yaml
ask_manifest() { call eval "print(require 'ifx.plugin'.registry { bringing = '${1:-references}' }.by_name.sops.manifest.summary)"; }
ask_manifest
summary=$out
cp -p "$manifest" "$scratch/manifest"
sed -i '/summary/s/.$/!/' "$manifest"
touch -r "$scratch/manifest" "$manifest"
ask_manifest
equal 'its manifest was checked before' "$summary" "$out"
ask_manifest render
says 'what does not bring the contribution is left out' 'attempt to index' "$out"
touch -d '2001-01-01' "$manifest"
ask_manifest
equal 'a manifest of another time is read' "${summary%?}!" "$out"
sed -i 's/^summary/sumary/' "$manifest"
call eval "require 'ifx.plugin'.registry {}:contributions 'references'"
says 'a mistake in it names its place' 'plugins/sops/plugin.yaml:4' "$out"
cp -p "$scratch/manifest" "$manifest"

printf 'return nil =\n' >"$plugin"
ask_plugin
says 'a mistake in it names its file' 'plugins/sops/init.lua:1' "$out"
cp -p "$scratch/plugin" "$plugin"
mkdir -p "$scratch/config/ifx/plugins/mine"
cp "$scratch/plugin" "$scratch/config/ifx/plugins/mine/init.lua"
printf 'name: mine\nversion: 1.0.0\napi: 1\nsummary: Mine\ncontributes: { references: [mine.x] }\n' >"$scratch/config/ifx/plugins/mine/plugin.yaml"
printf '\033Lua' >"$scratch/config/ifx/plugins/mine/init.lua"
XDG_CONFIG_HOME=$scratch/config call eval "require 'ifx.plugin'.registry {}:load 'mine'"
says 'a plugin of the user is text only' 'mine/init.lua' "$out"

call eval "print(xpcall(require 'ifx.path'.split, require 'host'.full().debug.traceback))"
equal 'what is compiled knows its lines' 2 "$(grep -o 'lua/ifx/path.lua:[0-9]*: ' <<<"$out" | wc -l)"
equal 'and no names of local variables' 0 "$(grep -ac leading_zero "$code")"

cp "$code" "$scratch/code"
size=$(stat -c %s "$code")
for length in 0 7 16 1000 $((size / 2)) $((size - 1)); do
  head -c "$length" "$scratch/code" >"$code"
  call version
  equal "cut to $length bytes, it is as good as none" "$wanted" "$out"
done
printf 'ifxlib1\0\377\377\377\377\377\377\377\377' >"$code"
call version
equal 'more entries than bytes' "$wanted" "$out"
LC_ALL=C sed 's/\x1bLua/\x1bXua/g' "$scratch/code" >"$code"
call version
equal 'what is no code of this Lua' "$wanted" "$out"
rm "$code"
call version
equal 'the text alone' "$wanted" "$out"

cp "$scratch/code" "$code"
printf 'nil = 1\n' >"$text"
call version
says 'a mistake names the file of the library' 'lua/ifx/cli/version.lua:1' "$out"
finish

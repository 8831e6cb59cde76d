#!/usr/bin/env bash
# run.sh: plans and runs by the command line, from planning to rollback. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
recipe=$scratch/jobs/move.lua
mkdir -p "$scratch/jobs"
cp "$(dirname "$0")/../fixtures/recipes/move.lua" "$recipe"

repo=$scratch/repo
git init -q -b main "$repo"
mkdir -p "$repo/apps/a"
printf 'resources:\n  - apps/a/one.yaml # apps/ too\n' >"$repo/kustomization.yaml"
printf 'one: 1\n' >"$repo/apps/a/one.yaml"
printf '#!/bin/sh\ncat apps/a/one.yaml\n' >"$repo/apps/run.sh"
chmod +x "$repo/apps/run.sh"
git -C "$repo" add -A
git -C "$repo" commit -q -m first
before=$(snapshot "$repo")
move=(run "$recipe" -C "$repo" --from apps --to services)

# --- planning
call "${move[@]}"
equal 'planning ends well' 0 "$rc"
says 'the plan is shown' "branch 'ifx/move' at the commit before" "$out"
says 'and that nothing was done' 'Nothing was changed' "$out"
call "${move[@]}" --plan --exit-code
equal 'changes are told by the status' 2 "$rc"
call run "$recipe" -C "$repo" --from nowhere --to b --exit-code
equal 'no changes either' 0 "$rc"
says 'nothing to do' 'There is nothing to apply' "$out"
equal 'planning changes nothing' "$before" "$(snapshot "$repo")"

# --- help and parameters
call run "$recipe" --help
says 'help shows the parameters' '--from string' "$out"
call run --help
says 'help of the command' '--exit-code' "$out"
call run "$recipe" -C "$repo" --from apps
equal 'a missing parameter fails' 1 "$rc"
says 'and is named' 'to is missing' "$out"
call "${move[@]}" --colour red
equal 'an unknown option is wrong usage' 64 "$rc"
says 'and is named' "--colour" "$out"
for pair in aply:apply frm:from no-claen:no-clean bran:branch; do
  call "${move[@]}" --"${pair%:*}"
  says "an option near another: --${pair%:*}" "did you mean --${pair#*:}?" "$out"
done
call run restructure -C "$repo" --applyy --layout flux-minimal
ok 'also where further parameters are taken' "$rc" 64 "$out" "has an option '--applyy'" 'did you mean --apply?'
call run restructure -C "$repo" --lay flux-minimal
says 'the beginning of a name' 'did you mean --layout?' "$out"
call run -C "$repo"
ok 'without a recipe: which there are' "$rc" 64 "$out" 'a recipe is missing' 'repair, restructure'
call apply
ok 'without a plan' "$rc" 64 "$out" 'a plan is missing'
call apply "$scratch/nope.json"
ok 'a plan that is not there' "$rc" 1 "$out" 'there is no such file' 'ifx run RECIPE --out PLAN.json'
call "${move[@]}" --set to=x
equal 'a parameter given twice is wrong usage' 64 "$rc"
call "${move[@]}" stray
equal 'a stray word is wrong usage' 64 "$rc"
call "${move[@]}" --set nonsense
equal '--set without = is wrong usage' 64 "$rc"
call "${move[@]}" --plan --apply
equal '--plan --apply is wrong usage' 64 "$rc"
call run "$recipe" -C "$scratch/nowhere" --from a --to b
equal 'a directory that is not there is wrong usage' 64 "$rc"
call run nothing-of-that-name
equal 'an unknown recipe fails' 1 "$rc"
call "${move[@]}" --note one --note two,three --no-clean
says 'lists add up' '- three' "$out"

# --- deterministic plans
"$ifx" "${move[@]}" --json >"$scratch/one.json" </dev/null
"$ifx" run "$recipe" --set to=services --set from=apps -C "$repo" --plan --out "$scratch/two.json" >"$scratch/text" </dev/null
holds 'the same plan is the same bytes, however asked for' cmp "$scratch/one.json" "$scratch/two.json"
says 'the next step is named' "ifx apply $scratch/two.json" "$(cat "$scratch/text")"

# --- apply, list, show, roll back
call apply "$scratch/two.json"
equal 'the plan is applied' 0 "$rc"
tip=$(git -C "$repo" rev-parse ifx/move)
equal 'two commits' 2 "$(git -C "$repo" rev-list --count main..ifx/move)"
equal 'the first is pure renames' 'R100 R100' "$(git -C "$repo" diff --name-status -M main ifx/move~1 | cut -f1 | xargs)"
equal 'the file keeps its mode' 100755 "$(git -C "$repo" ls-tree ifx/move services/run.sh | cut -d' ' -f1)"
equal 'the edits are made' 'cat services/a/one.yaml' "$(git -C "$repo" show ifx/move:services/run.sh | tail -1)"
says 'comments follow' '# services/ too' "$(git -C "$repo" show ifx/move:kustomization.yaml)"
equal 'the work tree is untouched' '' "$(git -C "$repo" status --porcelain)"
id=$(run_id)
call runs list
says 'the run is listed' "$id" "$out"
call runs show "${id%??}"
says 'a run is shown by the beginning of its id' "commit $tip" "$out"
says 'with its plan' 'Move a folder and follow what mentions it' "$out"
call runs show "$id" --json
says 'or as JSON' '"format": "ifx.run/1"' "$out"
call apply "$scratch/two.json"
equal 'the plan is stale now' 1 "$rc"
says 'and the reason is given' "the branch 'ifx/move' exists" "$out"
call runs resume "$id"
says 'a run that is done is not resumed' 'it is done' "$out"
call runs rollback "$id"
equal 'it is rolled back' 0 "$rc"
equal 'everything is as before' "$before" "$(snapshot "$repo")"
equal 'and sound' '' "$(git -C "$repo" fsck --no-dangling 2>&1)"
call "${move[@]}" --apply
equal 'applied at once' 0 "$rc"
equal 'the same commits again' "$tip" "$(git -C "$repo" rev-parse ifx/move)"
call "${move[@]}" --apply
says 'applied twice is refused' "the branch 'ifx/move' exists" "$out"
equal 'the refused one left no run' 2 "$("$ifx" runs list --json | grep -c '"id"')"
call runs rollback "$(run_id newest)"
equal 'rolled back again' "$before" "$(snapshot "$repo")"

# --- a journal in the work tree itself is no file of it
clean=$(git -C "$repo" status --porcelain)
XDG_STATE_HOME=$repo/.state call "${move[@]}" --apply --set branch=ifx/inside
equal 'applied' 0 "$rc"
equal 'it is there' yes "$([ -s "$repo/.state/ifx/journal.db" ] && echo yes)"
equal 'and git does not see it' "$clean" "$(git -C "$repo" status --porcelain)"
XDG_STATE_HOME=$repo/.state call runs rollback "$(XDG_STATE_HOME=$repo/.state run_id)"
equal 'taken back' 0 "$rc"
rm -r "$repo/.state"

# --- from a folder of the repository, and from another work tree
call run "$recipe" -C "$repo/apps" --from apps --to services --apply
equal 'planned from a folder inside: the whole repository is meant' "$tip" "$(git -C "$repo" rev-parse ifx/move 2>&1)"
git -C "$repo" branch -q -D ifx/move

# --- refused
printf 'dirty\n' >>"$repo/apps/a/one.yaml"
call "${move[@]}" --apply
says 'a dirty tree is refused' 'changes that are not committed: apps/a/one.yaml' "$out"
git -C "$repo" checkout -q .
call apply "$recipe"
says 'what is no plan is refused' "$recipe:1:" "$out"
call apply "$scratch/nowhere.json"
equal 'a plan that is not there' 1 "$rc"
sed 's/"git": "\([^+]*\)+[0-9a-f]*"/"git": "\1+0000"/' "$scratch/two.json" >"$scratch/other.json"
call apply "$scratch/other.json"
says 'another plugin is refused' 'it was made with plugin git' "$out"
git -C "$repo" commit -q --allow-empty -m later
call apply "$scratch/two.json"
says 'a plan from another commit is stale' 'HEAD was' "$out"
git -C "$repo" reset -q --hard HEAD~1
call run "$recipe" -C "$repo" --from apps --to danger --apply
says 'a blocked plan is refused' 'that is a dangerous name' "$out"
says 'with what to type' '--set accept=danger' "$out"
equal 'with its own status' 1 "$rc"
call run "$recipe" -C "$repo" --from apps --to danger --apply --set accept=danger
equal 'unless the danger is accepted' 0 "$rc"
git -C "$repo" branch -q -D ifx/move

# --- a recipe of the repository needs trust
mkdir -p "$repo/recipes"
cp "$recipe" "$repo/recipes/own.lua"
call run own -C "$repo" --from apps --to services
equal 'a recipe that nobody trusted does not run' 1 "$rc"
says 'and says what to type' "ifx trust $repo/recipes/own.lua" "$out"
call trust "$repo/recipes/own.lua" --yes
call run own -C "$repo" --from apps --to services
equal 'a trusted one runs' 0 "$rc"
printf -- '-- changed\n' >>"$repo/recipes/own.lua"
call run own -C "$repo" --from apps --to services
says 'changed bytes are not trusted' 'has changed since it was trusted' "$out"
rm -r "$repo/recipes"

# --- interrupted, and two at once
git -C "$repo" config filter.slow.clean 'sleep 20; cat'
printf '*.slow filter=slow\n' >"$repo/.git/info/attributes"
"$ifx" "${move[@]}" --slow --branch slow --apply >"$scratch/slow" 2>&1 </dev/null &
pid=$!
for _ in $(seq 100); do # until the filter sleeps
  grep -q '^doing  *2 ' "$scratch/slow" && break
  sleep 0.1
done
id=$(run_id newest)
call "${move[@]}" --apply
equal 'a second run is refused' 1 "$rc"
says 'and told which is the first' "run $id (move, since " "$out"
call runs show "$id"
says 'the first shows as running' "run $id  running" "$out"
kill -INT "$pid"
wait "$pid"
equal 'Ctrl-C ends with 130' 130 $?
call runs show "$id"
says 'the run is interrupted' "run $id  interrupted" "$out"
equal 'nothing was changed' "$before" "$(snapshot "$repo")"
git -C "$repo" config filter.slow.clean cat
call runs resume "$id"
equal 'it is resumed' 0 "$rc"
equal 'and ends with the branch' 'slow' "$(git -C "$repo" show slow:NOTES.slow)"
call runs rollback "$id"
rm "$repo/.git/info/attributes"
equal 'and is rolled back' "$before" "$(snapshot "$repo")"

# --- an error in a text without a file
call eval "require 'hcl'.document('a = 1\nb = \n')"
ok 'its place in the text' "$rc" 1 "$out" 'error: line 2, column 5: hcl.document: a value expected'

# --- the question
if command -v script >/dev/null; then
  asked() { printf '%s\n' "$1" | script -qec "'$ifx' run '$recipe' -C '$repo' --from apps --to services" /dev/null >"$scratch/tty" 2>&1; }
  asked n
  says 'on a terminal it asks' 'Apply this plan? [y/N]' "$(cat "$scratch/tty")"
  equal 'no means no' "$before" "$(snapshot "$repo")"
  asked y
  equal 'yes means yes' "$tip" "$(git -C "$repo" rev-parse ifx/move 2>&1)"
fi
finish

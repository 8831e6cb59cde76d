#!/usr/bin/env bash
# signals.sh IFX: SIGINT and SIGTERM cancel a run cleanly, whatever it is doing; a second one ends at once.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/check.bash"
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR" "$scratch/place" "$scratch/jobs"
nap=9$$ # an argument of sleep by which this test knows its own processes

# An operation that takes for ever in one of several ways, until the file `go` is there.
plugin=$XDG_CONFIG_HOME/ifx/plugins/slow
mkdir -p "$plugin"
cat >"$plugin/plugin.yaml" <<'YAML'
name: slow
version: 0.0.1
api: 1
summary: Takes its time
contributes: { operations: [slow.op] }
grants: { exec: [sh], read: [.], write: [.] }
YAML
cat >"$plugin/init.lua" <<'LUA'
local how = {}
function how.sleep() task.sleep(600) end
function how.tasks() task.map({ 1, 2, 3, 4 }, function() task.sleep(600) end) end
function how.spin()
  local n = 0
  while true do n = n + 1 end
end
function how.coroutine() coroutine.wrap(how.spin)() end
function how.kept() pcall(how.spin) task.sleep(600) end -- a cancel that is caught comes back at the next wait
function how.child(args) proc.run({ 'sh', '-c', ('sleep %d & sleep %d'):format(args.nap, args.nap) }) end
function how.stubborn(args) -- it notices SIGTERM and stays
  proc.run { 'sh', '-c', ('trap "" TERM; sleep %d & while :; do sleep 0.1; done'):format(args.nap) }
end
function how.cleanup()
  local ok, e = pcall(task.sleep, 600)
  task.shield(5, function()
    task.sleep(0.1)
    fs.write('cleaned', ok and '' or e.kind)
  end)
end
function how.shield() task.shield(600, function() task.sleep(600) end) end
function how.bomb() return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40)) end

return { operations = { ['slow.op'] = {
  describe = function(args) return 'take time: ' .. args.how end,
  fresh = function() return true end,
  check = function() return 'absent' end,
  apply = function(args)
    if not fs.stat('go') then how[args.how](args) end
    return {}
  end,
  undo = function() end,
} } }
LUA
cat >"$scratch/jobs/job.lua" <<LUA
return {
  summary = 'Take time',
  params = { how = { type = 'string', required = true } },
  plan = function(ctx, p) return { ctx:op('slow.op', { how = p.how, nap = $nap }) } end,
}
LUA

begin() { # begin ARG…: the program in the background, in \$pid, once it has begun its first operation
  "$ifx" run "$@" --apply >"$scratch/out" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 100); do
    grep -q '^doing ' "$scratch/out" && break
    sleep 0.05
  done
  sleep 0.3 # until it is inside
}
await() { # its status in $rc, the seconds in $took
  local start=$SECONDS
  wait "$pid"
  rc=$? took=$((SECONDS - start)) out=$(cat "$scratch/out")
}
left() { # processes of this test that still run
  pgrep -fx "sleep $nap" || true
}
resumes() { # resumes WHAT: the interrupted run can be ended
  local id
  id=$(run_id newest)
  touch "$scratch/place/go"
  call runs resume "$id"
  ok "$1: it is resumed" $rc 0 "$out" "run $id  done"
  rm -f "$scratch/place/go"
}

interrupted() { # interrupted HOW SIGNAL
  local what="$1, SIG$2" id
  begin "$scratch/jobs/job.lua" -C "$scratch/place" --how "$1"
  kill -"$2" "$pid"
  await
  id=$(run_id newest)
  ok "$what" $rc 130 "$out" "error: run $id" 'interrupted' "hint: ifx runs resume $id"
  holds "$what: at once ($took s)" test "$took" -lt 5
  call runs show "$id"
  ok "$what: the run's state" $rc 0 "$out" "run $id  interrupted"
  equal "$what: no process is left" '' "$(left)"
  equal "$what: no temporary file is left" '' "$(ls -A "$TMPDIR")"
  resumes "$what"
}
for how in sleep tasks spin coroutine kept child stubborn cleanup; do
  interrupted $how INT
done
for how in sleep spin child; do
  interrupted $how TERM
done
equal 'what cleans up is allowed to' cancelled "$(cat "$scratch/place/cleaned" 2>&1)"

# --- a second signal does not wait for anything
for how in shield bomb; do
  begin "$scratch/jobs/job.lua" -C "$scratch/place" --how $how
  kill -INT "$pid"
  sleep 0.5
  holds "$how: the first signal waits" kill -0 "$pid"
  kill -INT "$pid"
  await
  ok "$how: a second signal" $rc 130 "$out"
  holds "$how: at once ($took s)" test "$took" -lt 2
  resumes "$how: a second signal"
done

# --- while planning
mkdir "$scratch/place/files"
for i in $(seq 300); do printf 'resources: [a%d.yaml]\n' "$i" >"$scratch/place/files/f$i.yaml"; done
cat >"$scratch/jobs/plan.lua" <<'LUA'
return { summary = 'Plan for ever', params = {}, plan = function(ctx)
  while true do ctx:references(ctx:tree()) end
end }
LUA
"$ifx" run "$scratch/jobs/plan.lua" -C "$scratch/place" >"$scratch/out" 2>&1 </dev/null &
pid=$!
sleep 0.5
kill -INT "$pid"
await
ok 'planning' $rc 130 "$out" interrupted
holds "planning: at once ($took s)" test "$took" -lt 5

# --- while git runs, and its filter
repo=$scratch/repo
git init -q -b main "$repo"
printf 'x\n' >"$repo/a.slow"
mkdir "$repo/apps"
printf 'y\n' >"$repo/apps/b.yaml"
touch -d '1 minute ago' "$repo/a.slow" # or git would ask the filter whether it has changed
git -C "$repo" add -A && git -C "$repo" commit -q -m first
printf '*.slow filter=slow\n' >"$repo/.git/info/attributes"
git -C "$repo" config filter.slow.clean "sleep $nap; cat"
before=$(snapshot "$repo")
cp "$(dirname "$0")/../fixtures/recipes/move.lua" "$scratch/jobs/move.lua"
for signal in INT TERM; do
  "$ifx" run "$scratch/jobs/move.lua" -C "$repo" --from apps --to services --slow --apply >"$scratch/out" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 100); do
    grep -q '^doing ' "$scratch/out" && [ -n "$(left)" ] && break
    sleep 0.05
  done
  holds "git's filter runs, SIG$signal" test -n "$(left)"
  kill -$signal "$pid"
  await
  ok "while git runs, SIG$signal" $rc 130 "$out" interrupted 'hint: ifx runs resume'
  equal "git has ended, SIG$signal" '' "$(left)"
  equal "git left nothing, SIG$signal" '' "$(ls -A "$TMPDIR"; find "$repo/.git" -name '*.lock' -o -name 'tmp_*')"
  equal "the repository is as before, SIG$signal" "$before" "$(snapshot "$repo")"
done
git -C "$repo" config filter.slow.clean cat
call runs resume "$(run_id newest)"
ok 'the run is resumed' $rc 0 "$out" ' done'
finish

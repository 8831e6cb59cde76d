# process.bash: starts the real peers as processes of their own and stops just those again. SPDX-License-Identifier: Apache-2.0
# The folder of a run is $dir: log/NAME.log, and `pids` with the id, the kernel's start time and the name of each process.

born() { # born PID: when the kernel started it, in its own ticks; nothing where it is gone
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

same() { # same PID BORN: that very process lives (a zombie does not)
  [ -n "$2" ] && [ "$(born "$1")" = "$2" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null
}

start() { # start NAME COMMAND…: in a session of its own
  local name=$1
  shift
  setsid "$@" >"$dir/log/$name.log" 2>&1 </dev/null &
  printf '%s %s %s\n' $! "$(born $!)" "$name" >>"$dir/pids"
}

alive() { # every process that was started lives; else the end of its log, and no
  local pid born name
  while read -r pid born name; do
    same "$pid" "$born" || { printf '%s died:\n' "$name" >&2; tail -5 "$dir/log/$name.log" >&2; return 1; }
  done <"$dir/pids"
}

await() { # await SECONDS COMMAND…: until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    alive || return 1
    [ "$SECONDS" -lt "$end" ] || { printf 'not in time: %s\n' "$*" >&2; return 1; }
    sleep 0.1
  done
}

listening() { # listening PORT, on the loopback
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

ready() { # ready URL: it answers without an error
  curl -fsS --max-time 2 "$1"
}

stop_all() { # all of `pids`, the last first; whoever does not end within ten seconds is killed
  local lines line pid born name
  [ -s "$dir/pids" ] || return 0
  mapfile -t lines < <(tac "$dir/pids")
  for line in "${lines[@]}"; do
    read -r pid born name <<<"$line"
    same "$pid" "$born" || continue
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 100); do same "$pid" "$born" || break; sleep 0.1; done
    ! same "$pid" "$born" || kill -9 "$pid" 2>/dev/null || true
  done
  : >"$dir/pids"
}

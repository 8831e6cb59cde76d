#!/usr/bin/env bash
# fuzz.sh: every fuzz target from its kept corpus: the same inputs every time, so that a change is judged by what it
# changes. SECONDS_EACH=600 explores at random for that long. Findings are left in build-fuzz/findings.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=Sanitize -DCMAKE_C_COMPILER=clang -DIFX_FUZZ=ON >/dev/null || exit 1
ninja -C build-fuzz >build-fuzz/ninja.log || { tail -40 build-fuzz/ninja.log; exit 1; }
targets=(build-fuzz/tests/fuzz_*)
runnable=()
for target in "${targets[@]}"; do [ -x "$target" ] && [ -f "$target" ] && runnable+=("$target"); done
[ ${#runnable[@]} -gt 0 ] || { echo 'no fuzz targets'; exit 1; }
if [ -n "${SECONDS_EACH:-}" ]; then
  bound=(-max_total_time="$SECONDS_EACH")
else
  bound=(-seed=1 -runs="${RUNS:-40000}" -max_total_time=40) # together some minutes
fi
mkdir -p build-fuzz/findings build-fuzz/corpus
passed=0 failed=0
for target in "${runnable[@]}"; do
  name=$(basename "$target")
  kept=tests/fuzz/corpus/${name#fuzz_}
  grown=build-fuzz/corpus/$name
  [ -n "${SECONDS_EACH:-}" ] || rm -rf "$grown"
  mkdir -p "$grown"
  [ -d "$kept" ] || kept=
  # shellcheck disable=SC2086
  if ASAN_OPTIONS=detect_leaks=1 "$target" "${bound[@]}" -rss_limit_mb=4096 -timeout=25 -max_len=65536 \
    -artifact_prefix="build-fuzz/findings/$name-" "$grown" $kept >"build-fuzz/$name.log" 2>&1; then
    echo "ok    $name  $(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "build-fuzz/$name.log" | tail -1)"
    passed=$((passed + 1))
  else
    echo "FAIL  $name"
    tail -40 "build-fuzz/$name.log"
    failed=$((failed + 1))
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
exit $((failed > 0))

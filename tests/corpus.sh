#!/usr/bin/env bash
# corpus.sh DIR…: every kustomize root of these checkouts, built by kubectl and by ifx; the roots that differ are printed. SPDX-License-Identifier: Apache-2.0
#
# A root that kubectl builds without a network must come out byte for byte, one that it refuses must be refused. IFX names
# the program (build/ifx), LISTING=FILE keeps a line for each root. What kubectl says of a clean checkout is kept in
# ${XDG_CACHE_HOME:-~/.cache}/ifx-corpus by commit, for it takes minutes; REFRESH=1 asks again.
set -u
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
ifx=$(realpath "${IFX:-$here/../build/ifx}") || exit 64
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ifx-corpus
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0

pending() {
  printf 'pending: %s\n' "$1"
  exit 77
}

[ $# -gt 0 ] || { printf 'corpus.sh DIR…: which checkouts?\n' >&2; exit 64; }
command -v kubectl >/dev/null || pending 'kubectl is not installed: nothing to compare with'
version=$(kubectl version --client 2>/dev/null | sed -n 's/^Kustomize Version: //p')
# Nothing is asked of the network: with it a root could change between the two programs.
offline=(env http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9)
unshare -n true 2>/dev/null && offline=(unshare -n)

# A kustomization of kustomize and no component: Flux has an object of the same name.
is_root() { # is_root FILE
  ! grep -qE '^kind: *["'\'']?Component' "$1" && ! grep -qE '^apiVersion: *["'\'']?kustomize\.toolkit\.fluxcd\.io' "$1"
}

roots() { # roots DIR: the folders, one a line, from DIR
  (cd "$1" && find . -name .git -prune -o \( -name kustomization.yaml -o -name kustomization.yml -o -name Kustomization \) \
    \( -type f -o -type l \) -print | LC_ALL=C sort | while IFS= read -r file; do
    if [ -f "$file" ] && is_root "$file"; then dirname "$file"; fi
  done | uniq)
}

run_roots() { # run_roots PLACE COMMAND…: of each root PLACE/N.yaml, and PLACE/N.err where the command fails
  local place=$1 n=0 root
  shift
  mkdir -p "$place"
  while IFS= read -r root; do
    n=$((n + 1))
    printf '%s\0%s\0' "$place/$n" "$root"
  done <"$scratch/roots" | COMMAND=$(printf '%q ' "$@") xargs -0 -r -n 2 -P "$(nproc)" bash -c \
    'if eval "timeout 120 $COMMAND \"\$2\"" >"$1.yaml" 2>"$1.said" </dev/null; then rm "$1.said"; else mv "$1.said" "$1.err"; fi' one
}

wanted() { # wanted DIR: what kubectl says of $scratch/roots, from the cache when the checkout is a clean commit; prints where
  local commit kept=$scratch/want
  commit=$(git -C "$1" rev-parse -q --verify HEAD 2>/dev/null) && [ -z "$(git -C "$1" status --porcelain --ignored 2>/dev/null)" ] &&
    kept=$cache/$commit-$version
  if [ "${REFRESH:-}" = 1 ] || ! cmp -s "$scratch/roots" "$kept/roots"; then
    rm -rf "$kept"
    (cd "$1" && run_roots "$kept" "${offline[@]}" kubectl kustomize)
    cp "$scratch/roots" "$kept/roots"
  fi
  printf '%s\n' "$kept"
}

judge() { # judge WANT GOT: same, refused, differs, built (kubectl refuses it) or refuses (kubectl builds it)
  if [ -e "$1.err" ]; then
    if [ -e "$2.err" ]; then echo refused; else echo built; fi
  elif [ -e "$2.err" ]; then echo refuses
  elif cmp -s "$1.yaml" "$2.yaml"; then echo same
  else echo differs; fi
}

compare() { # compare DIR
  local dir=$1 want n=0 root verdict same=0 refused=0 wrong=0
  roots "$dir" >"$scratch/roots"
  want=$(wanted "$dir")
  rm -rf "$scratch/got"
  (cd "$dir" && run_roots "$scratch/got" "$ifx" build)
  while IFS= read -r root; do
    n=$((n + 1))
    verdict=$(judge "$want/$n" "$scratch/got/$n")
    [ -z "${LISTING:-}" ] || printf '%s\t%s\t%s\n' "$verdict" "$dir" "$root" >>"$LISTING"
    case $verdict in
      same) same=$((same + 1)) ;;
      refused) refused=$((refused + 1)) ;;
      *)
        wrong=$((wrong + 1))
        printf '%s %s/%s\n' "$verdict" "$dir" "${root#./}"
        case $verdict in
          differs) diff "$want/$n.yaml" "$scratch/got/$n.yaml" | head -"${LINES_EACH:-6}" | cut -c1-160 ;;
          refuses) head -3 "$scratch/got/$n.err" | cut -c1-200 ;;
          built) tail -1 "$want/$n.err" | cut -c1-200 ;;
        esac | sed 's/^/    /'
        ;;
    esac
  done <"$scratch/roots"
  passed=$((passed + same + refused)) failed=$((failed + wrong))
  printf '%-44s %6d %6d %8d %7d\n' "$(basename "$dir")" "$n" "$same" "$refused" "$wrong" >>"$scratch/table"
}

for dir; do
  [ -d "$dir" ] || { printf 'corpus.sh: %s is no folder\n' "$dir" >&2; exit 64; }
  compare "${dir%/}"
done
printf '\n%-44s %6s %6s %8s %7s\n' checkout roots same refused differ
cat "$scratch/table"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]

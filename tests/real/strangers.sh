#!/usr/bin/env bash
# strangers.sh: public repositories of every style are read; three of them are restructured and rolled back. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
export REPO BASE TIP SHARED=
# What a repository names on the network is not asked: the tools that would go there fail at once.
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 CHECKPOINT_DISABLE=1 TF_INPUT=0
tried=0

missing() { printf 'pending: no %s with %s below $IFX_REPOS\n' "$1" "$2"; }

bounded() { # bounded FILE ARG…: the program for at most a minute; its answer in the file, its errors in $out, its status in $rc
  local file=$1
  shift
  out=$(timeout -k 5 60 "$ifx" "$@" 2>&1 >"$file" </dev/null) && rc=0 || rc=$?
}

# --- every style is read: in a minute at most, no plugin fails, every span holds its text, what the style lives on is found
read_one() { # read_one OWNER+NAME COMMIT KIND=LEAST…
  local name=$1
  BASE=$2
  REPO=$(find_repository "$name" "$BASE") || { missing "$name" "$BASE"; return; }
  shift 2
  tried=$((tried + 1))
  bounded "$scratch/refs.json" refs "$BASE" --json -C "$REPO"
  ok "$name: refs" "$rc" 0 "$out"
  equal "$name: refs complains of nothing" '' "$out"
  ANSWER=$scratch/refs.json KINDS=$* judge "$real/judge_spans.lua"
  bounded "$scratch/check" check "$BASE" -C "$REPO"
  holds "$name: check has judged ($rc)" [ "$rc" -le 1 ]
  equal "$name: check complains of nothing" '' "$out"
  says "$name: check counts" ' references (' "$(tail -1 "$scratch/check")"
}

read_one aws-ia+terraform-aws-eks-blueprints 98d0eb4069e787210848eeefcb2b9ba8e52706e7 terraform.module=130 terraform.file=10 ci.matrix=20
read_one terraform-aws-modules+terraform-aws-eks bef29c4d9523523e57fe898643fde2895106b339 terraform.module=80 terraform.path=25
read_one elastisys+compliantkubernetes-apps 0fc99b2cf9efa0bfa74e902a60b67788e24d4b87 helmfile.values=150 helmfile.bases=25 helm.template=60
read_one cloudposse+helmfiles b6f6066af5f0fda0fc7dce2e7c0ce28d438b4c26 helmfile.bases=25 helmfile.environment_values=25
read_one geerlingguy+ansible-for-devops 86e1bf80098239cd995d54217585e8d61117d2e7 ansible.playbook=30 ansible.vars=15 ansible.role=60
read_one kubernetes-sigs+kubespray 46dbdd3994b32640bcd806b0097f50e8fdf1d514 ansible.role=250 ansible.template=90 terraform.module=10
read_one danmanners+homelab-kube-cluster e5134e1f738ee81f9b631c6435d9ecd77c894220 argocd.path=25 kustomize.resources=120
read_one toboshii+home-ops b16119e828316df78f73d378bf7c386bad9dac12 flux.path=6 flux.source_ref=60 kustomize.resources=280
read_one docker+awesome-compose 18f59bdb09ecf520dd5758fbf90dec314baec545 compose.build_context=35 compose.volume=25 docker.copy=50
read_one SigNoz+signoz 9997c3da9c906daf4bcea664a3380cab51edd18f codeowners.pattern=160 docker.copy=20 markdown.link=100
read_one rook+rook d0c3b9ce6d64ff0c47074437aab7314b7adf7f2c ci.run=500 ci.uses=200 shell.path=100 helm.dependency=2

# --- the real tools: what they accept before, they accept after
kustomize_roots() { # kustomize_roots DIR: each root that kubectl builds there, with the sum of what it builds
  local root built
  git -C "$1" ls-files | grep -E '(^|/)kustomization\.ya?ml$' | while read -r file; do
    root=$(dirname "$file")
    built=$(timeout 20 kubectl kustomize "$1/$root" 2>/dev/null) || continue
    printf '%s %s\n' "$root" "$(sha256sum <<<"$built" | cut -c1-16)"
  done
}

terraform_roots() { # terraform_roots DIR: the folders whose modules terraform gets there; they name nothing on the network
  local root
  git -C "$1" ls-files '*.tf' | sed 's|/[^/]*$||' | sort -u | while read -r root; do
    [ -d "$1/$root" ] || continue
    (cd "$1/$root" && timeout 20 terraform get -no-color >/dev/null 2>&1) && printf '%s -\n' "$root"
  done
  (cd "$1" && terraform fmt -check -recursive >/dev/null 2>&1) && printf 'formatted -\n'
}

same_roots() { # same_roots NAME TOOL LEAST MOVES: the roots of the clone `old` are those of the clone `new`, under their new names
  local old=$scratch/old new=$scratch/new
  "$2" "$old" | sed -E "$4" | sort >"$scratch/roots.old"
  "$2" "$new" | sort >"$scratch/roots.new"
  holds "$1: $2 has something to ask" [ "$(wc -l <"$scratch/roots.old")" -ge "$3" ]
  equal "$1: $2 accepts the same" "$(cat "$scratch/roots.old")" "$(cat "$scratch/roots.new")"
}

# --- three are restructured with a layout that ifx began and a person went on with
move() { # move FOLDER TO: the row of the draft that keeps a folder moves it
  grep -qx "  - folder: $1" "$repo/layout.yaml" || wrong "the draft has no row for $1"
  sed -i "\\|^  - folder: $1\$|{n;s|.*|    to: $2|}" "$repo/layout.yaml"
}

row() { # row TEXT: one more row, before those of the files at the top
  sed -i "s|^  # files at the top|  - { $1 }\n&|" "$repo/layout.yaml"
}

begin() { # begin OWNER+NAME COMMIT: a clone with a layout that was begun
  local source
  name=$1 other=$scratch/none
  source=$(find_repository "$1" "$2") || { missing "$1" "$2"; return 1; }
  tried=$((tried + 1)) repo=$scratch/${1#*+}
  clone "$source" "$2"
  git -C "$repo" checkout -q -B trunk
  git -C "$repo" remote add origin "https://github.com/${1/+//}.git"
  call run restructure -C "$repo" --draft --apply
  ok "$name: a layout is begun" "$rc" 0 "$out" 'layout.yaml'
}

state() { snapshot "$repo"; sha256sum "$repo/.git/index"; }

restructure() { # the plan has nothing that must be accepted; it is applied
  BASE=$(git -C "$repo" rev-parse HEAD) before=$(state)
  "$ifx" refs HEAD --json -C "$repo" >"$scratch/before.json" || wrong "$name: refs before"
  call run restructure -C "$repo" --layout layout.yaml --text
  ok "$name: a plan" "$rc" 0 "$out" 'Run-book'
  printf '%s\n' "$out" >"$scratch/plan"
  equal "$name: nothing must be accepted" '' "$(grep -e '--set accept=' "$scratch/plan")"
  equal "$name: a plan changes nothing" "$before" "$(state)"
  call run restructure -C "$repo" --layout layout.yaml --text --apply
  ok "$name: applied" "$rc" 0 "$out"
  run=$(run_id newest)
}

judged() { # judged RENAMES MOVED FOLLOWED [AWAY]: sound, nothing is broken, nothing is left to do
  git -C "$repo" rev-parse -q --verify ifx/layout >/dev/null || { wrong "$name: there is no branch ifx/layout"; return; }
  TIP=$(git -C "$repo" rev-parse ifx/layout)
  equal "$name: sound" '' "$(git -C "$repo" fsck --no-dangling 2>&1)"
  "$ifx" refs "$TIP" --json -C "$repo" >"$scratch/after.json" || wrong "$name: refs after"
  export NAME=$name RENAMES=$1 MOVED=$2 FOLLOWED=$3 AWAY=${4-} OTHER= PLAN=$scratch/plan
  if [ -n "$AWAY" ]; then
    OTHER=$other
    equal "$name: the other repository is sound" '' "$(git -C "$other" fsck --no-dangling 2>&1)"
    "$ifx" refs HEAD --json -C "$other" >"$scratch/after_other.json" || wrong "$name: refs of the other repository"
  fi
  REPO=$repo BEFORE=$scratch/before.json AFTER=$scratch/after.json AFTER_OTHER=$scratch/after_other.json judge "$real/judge_strangers.lua"
  rm -rf "$scratch/old" "$scratch/new"
  git clone -q "$repo" "$scratch/old" && git clone -q -b ifx/layout "$repo" "$scratch/new"
  cp "$repo/layout.yaml" "$scratch/new/layout.yaml"
  printf 'layout.yaml\n' >>"$scratch/new/.git/info/exclude"
  call run restructure -C "$scratch/new" --layout layout.yaml --text --exit-code
  ok "$name: a second time there is nothing to do" "$rc" 0 "$out" 'Nothing to do'
}

undone() {
  call runs rollback "$run"
  ok "$name: rolled back" "$rc" 0 "$out"
  equal "$name: refs, work tree and index are as they were, bit for bit" "$before" "$(state)"
  holds "$name: the other repository is gone" [ ! -e "$other" ]
}

# Terraform: the modules and the templates that they read move, the examples get a repository of their own.
if begin terraform-aws-modules+terraform-aws-eks bef29c4d9523523e57fe898643fde2895106b339; then
  other=$scratch/eks-examples
  sed -i '/folder: examples\//,+2d' "$repo/layout.yaml"
  move modules terraform/modules
  row 'folder: templates, to: terraform/templates'
  row 'folder: examples, to: ., repository: examples'
  cat >>"$repo/layout.yaml" <<'END'
repositories:
  examples: { name: eks-examples, url: 'https://github.com/example/eks-examples.git' }
redirects:
  - { from: ., to: . }
END
  git -C "$repo" add layout.yaml && git -C "$repo" commit -q -m 'A layout'
  restructure
  judged ifx/layout~2 44 100 examples/
  command -v terraform >/dev/null && same_roots "$name" terraform_roots 2 's|^modules/|terraform/modules/|; /^examples/d' ||
    printf 'pending: %s: no terraform on PATH\n' "$name"
  undone
fi

# Compose: an application with its files below a new parent, documents where the draft proposes them.
if begin docker+awesome-compose 18f59bdb09ecf520dd5758fbf90dec314baec545; then
  printf 'layout.yaml\n' >>"$repo/.git/info/exclude"
  move official-documentation-samples docs/official-documentation-samples
  move flask python/flask
  move prometheus-grafana monitoring/prometheus-grafana
  move wordpress-mysql php/wordpress-mysql
  restructure
  judged ifx/layout~1 21 30
  undone
fi

# Flux: what Kustomizations apply, what one of them lists, and a folder that tasks work in.
if begin toboshii+home-ops b16119e828316df78f73d378bf7c386bad9dac12; then
  printf 'layout.yaml\n' >>"$repo/.git/info/exclude"
  move cluster/charts infrastructure/charts
  move cluster/crds infrastructure/crds
  move cluster/apps/media apps/media
  move talos machines/talos
  restructure
  judged ifx/layout~1 69 60
  command -v kubectl >/dev/null && same_roots "$name" kustomize_roots 40 \
    's/^cluster\/(charts|crds)/infrastructure\/\1/; s/^cluster\/(apps\/media)/\1/; s/^talos/machines\/talos/' ||
    printf 'pending: %s: no kubectl on PATH\n' "$name"
  undone
fi

[ "$tried" -gt 0 ] || pending 'no repository was there'
finish

#!/usr/bin/env bash
# terraform_moves.sh: the real terraform says that an extracted module is what its root was. SPDX-License-Identifier: Apache-2.0
set -u
. "$(dirname "$0")/common.bash"
command -v terraform >/dev/null || pending 'no terraform on PATH'
repo=$scratch/repo
fixture=$real/../fixtures/extract
export TF_IN_AUTOMATION=1 TF_INPUT=0 CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null

tf() { # tf DIR ARG…: terraform there; its output in $out, its status in $rc
  local dir=$1
  shift
  out=$(cd "$dir" && terraform "$@" -no-color 2>&1) && rc=0 || rc=$?
}

extract() { # extract LAYOUT ARG…: the layout's branch, checked out
  "$ifx" run restructure -C "$repo" --layout "$1" --branch result --apply --yes "${@:2}" >"$scratch/report" 2>&1 </dev/null ||
    { wrong "$(printf 'the layout is not applied:\n%s' "$(cat "$scratch/report")")"; finish; }
  git -C "$repo" switch -q result
}

# --- a state: everything keeps its place, and what it was made of
mkdir "$repo"
cp -r "$fixture/infra" "$repo"
printf '*.tfstate*\n.terraform*\n*.tfvars\n*.key\n' >"$repo/.gitignore"
printf 'key' >"$repo/untracked.key"
printf 'name = "world"\n' >"$repo/infra/terraform.tfvars"
git -C "$repo" init -q -b trunk && git -C "$repo" add -A && git -C "$repo" commit -q -m before
tf "$repo/infra" init
ok 'the old root is initialised' "$rc" 0 "$out"
tf "$repo/infra" apply -auto-approve
ok 'and applied' "$rc" 0 "$out" 'Apply complete! Resources: 6 added'
before=$(cd "$repo/infra" && terraform output -json)
extract "$fixture/layout.yaml"
ok 'the run-book says what to do with the state' 0 0 "$(cat "$scratch/report")" \
  'infra/terraform.tfstate' 'environments/prod/terraform.tfstate' '0 to add, 0 to change, 0 to destroy'
call run restructure -C "$repo" --layout "$fixture/layout.yaml" --exit-code
ok 'a second time there is nothing to do' "$rc" 0 "$out" 'Nothing to do'
tf "$repo" fmt -check -recursive modules environments
ok 'what is written is formatted' "$rc" 0 "$out"

cp "$repo/infra/terraform.tfstate" "$repo/infra/terraform.tfvars" "$repo/environments/prod/"
tf "$repo/environments/prod" init
ok 'the new root is initialised' "$rc" 0 "$out"
tf "$repo/environments/prod" plan -out="$scratch/plan"
ok 'nothing is made or destroyed' "$rc" 0 "$out" 'Plan: 0 to add, 0 to change, 0 to destroy.' \
  'terraform_data.many[1] has moved to module.app.terraform_data.many[1]' 'module.app.module.greet.terraform_data.text'
tf "$repo/environments/prod" apply "$scratch/plan"
ok 'the new addresses are recorded' "$rc" 0 "$out" 'Resources: 0 added, 0 changed, 0 destroyed'
equal 'the outputs are the same' "$before" "$(cd "$repo/environments/prod" && terraform output -json)"
tf "$repo/environments/prod" plan -detailed-exitcode
ok 'then there is nothing to do' "$rc" 0 "$out" 'No changes'

cp "$repo/infra/terraform.tfvars" "$repo/environments/dev/"
tf "$repo/environments/dev" init
tf "$repo/environments/dev" plan
ok 'another environment begins with nothing' "$rc" 0 "$out" 'Plan: 6 to add, 0 to change, 0 to destroy.'

missing=
real_repository() { # real_repository OWNER+NAME COMMIT: its clone in $repo, on the branch trunk; else it is named at the end
  local source
  source=$(find_repository "$1" "$2") || { missing="$missing $1 with $2"; return 1; }
  rm -rf "$repo"
  clone "$source" "$2" && git -C "$repo" checkout -q -B trunk || { wrong "no clone of $1"; return 1; }
}

found_modules() { # found_modules: what `terraform get` says in every folder: its status, and how many modules there are
  git -C "$repo" ls-files '*.tf' | xargs -n1 dirname | sort -u | while read -r dir; do
    tf "$repo/$dir" get
    printf '%s %s %s\n' "$dir" "$rc" "$(grep -o '"Key"' "$repo/$dir/.terraform/modules/modules.json" 2>/dev/null | wc -l)"
    rm -rf "$repo/$dir/.terraform"
  done
}

# --- modules and their callers of a real repository, some read through links: everyone finds what they found
if real_repository blind3dd+terraforming_again 858261208fcf45913f3c5f3e31a6af2133da1b10; then
  cat >"$scratch/layout.yaml" <<'END'
layout: 1
name: modules
summary: Modules and environments below one folder
moves:
  - { folder: modules, to: infrastructure/terraform/modules }
  - { folder: terraform-environments, to: infrastructure/terraform/environments }
END
  before=$(found_modules | sed -E 's#^modules/#infrastructure/terraform/modules/#
    s#^terraform-environments/#infrastructure/terraform/environments/#' | sort)
  extract "$scratch/layout.yaml"
  says 'there are roots that find their modules' 'infrastructure/terraform/environments/dev 0 15' "$before"
  equal 'every folder finds its modules as before' "$before" "$(found_modules | sort)"
fi

# --- the root of a real repository
real_repository binGhzal+infraflux b992138d521360ed0875a0fa59278ba25d159964 || {
  [ "$failed" = 0 ] || finish
  pending "all else passed; below \$IFX_REPOS there is no$missing"
}
cat >"$scratch/layout.yaml" <<'END'
layout: 1
name: proxmox
summary: The root becomes a module with a root for each environment
moves:
  - { from: 'terraform/*.tf', to: 'terraform/modules/proxmox-cluster/${base}' }
  - { from: 'terraform/README.md', to: 'terraform/modules/proxmox-cluster/README.md' }
  - { from: 'terraform/terraform.tfvars.example', to: 'terraform/environments/dev/${base}' }
actions:
  - use: terraform.extract_module
    with:
      module: terraform/modules/proxmox-cluster
      name: proxmox_cluster
      environments: [terraform/environments/dev, terraform/environments/staging, terraform/environments/prod]
      state: prod
      outputs: outputs.tf
END
extract "$scratch/layout.yaml"
says 'what is made in the module is said' 'local_file.kubeconfig (terraform/main.tf:' "$(cat "$scratch/report")"
tf "$repo" fmt -check -recursive terraform
ok 'all of it is formatted' "$rc" 0 "$out"
for environment in dev staging prod; do
  root=$repo/terraform/environments/$environment
  tf "$root" get
  ok "$environment finds its module" "$rc" 0 "$out" 'proxmox_cluster in ../../modules/proxmox-cluster'
  equal "$environment passes 18 arguments" 18 "$(sed -n '/^module/,/^}/p' "$root/main.tf" | grep -c ' = var\.')"
  equal "$environment has 5 outputs" 5 "$(grep -c '^output' "$root/outputs.tf")"
  equal "$environment has an example of its values" 1 "$(git -C "$repo" ls-files "$root/terraform.tfvars.example" | wc -l)"
  moved=$([ $environment = prod ] && echo 6 || echo 0)
  equal "$environment: addresses move where the state is" "$moved" "$(grep -c '^moved' "$root/main.tf")"
done
[ -z "$missing" ] || [ "$failed" != 0 ] || pending "all else passed; below \$IFX_REPOS there is no$missing"
finish

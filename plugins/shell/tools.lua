-- tools.lua: which arguments of which commands are paths. SPDX-License-Identifier: Apache-2.0

local M = {}

local function set(names)
  local out = {}
  for name in names:gmatch('%S+') do
    out[name] = true
  end
  return out
end

--- Words before a command.
M.prefixes = set 'if then else elif fi do done esac while until ! { } time sudo exec command nohup env builtin -E'

--- Commands that change the folder.
M.enters = set 'cd pushd popd'

--- Commands that ask.
M.tests = set 'test [ [['

--- Commands that give variables a value.
M.declares = set 'local export declare typeset readonly read unset for mapfile readarray'

---@class shell.Tool
---@field operands boolean|nil its operands are paths, also those without slash or extension
---@field flags_only boolean|nil its operands are no paths; only flags of `files` and `folders` take some
---@field after integer|nil so many operands come first that are no paths
---@field interpreter boolean|nil its first operand is a script
---@field files table<string, boolean> flags that take a file
---@field folders table<string, boolean> flags that take a folder
---@field enters table<string, boolean> flags that take the folder which all other arguments count from
---@field must table<string, boolean> those whose path must be there when the command runs
---@field skips table<string, boolean> flags that take something else

local function tool(fields)
  for _, name in ipairs { 'files', 'folders', 'enters', 'must', 'skips' } do
    fields[name] = set(fields[name] or '')
  end
  for name in pairs(fields.must) do
    fields.files[name] = true
  end
  return fields
end

M.default = tool {
  files = '--file --config --values --kubeconfig --values-file', folders = '--chdir --directory --working-directory',
  skips = '-t --tag -n --name --namespace --image -l --label -b --branch -m --message --title --body -e --env -o --output'
    .. ' --repo --repository -u --user --user-agent -H --header -X -d --data',
}

local TOOLS = {
  [tool { flags_only = true }] = 'echo printf set declare unset read exit sleep trap apt apt-get brew apk dnf yum gh curl'
    .. ' wget aws gcloud az npm npx pnpm yarn kill true false return break continue shift wait case select'
    .. ' gpg date hostname uname whoami seq logger eval export local',
  [tool { operands = true }] = 'ls cat rm cp mv touch head tail wc sort diff cmp du stat file md5sum sha256sum tee shellcheck'
    .. ' hadolint yamllint kubeconform kubeval pluto conftest tfsec black flake8 ruff mypy isort pytest eslint prettier'
    .. ' stylelint ansible-lint markdownlint markdownlint-cli2 chmod mkdir shfmt gofmt pylint bandit'
    .. ' jsonlint xmllint cue',
  [tool { operands = true }] = 'PATH_add path_add MANPATH_add source_env source_env_if_exists dotenv dotenv_if_exists'
    .. ' watch_file watch_dir expand_path',
  [tool { operands = true, skips = '-name -iname -path -ipath -wholename -regex -type -maxdepth -mindepth -newer' }] = 'find',
  [tool { flags_only = true, files = '-f -d -e -x -r -s -L -w' }] = 'test [ [[',
  [tool { after = 2 }] = 'for',
  [tool { interpreter = true }] = 'bash sh zsh dash python python3 node ruby perl source . Rscript php pwsh ts-node deno',
  [tool { after = 1, operands = true }] = 'grep egrep fgrep rg sed awk jq yq chown',
  [tool { flags_only = true, must = '-f --filename -k --kustomize', files = '--kubeconfig --patch-file' }] =
    'kubectl oc k',
  [tool { operands = true, after = 1, folders = '-o --output', skips = '-n --namespace --context' }] =
    'kubectl:kustomize oc:kustomize k:kustomize',
  [tool { flags_only = true, files = '--kubeconfig --path' }] = 'flux argocd',
  [tool { files = '-f --values --kubeconfig --set-file', skips = '-n --namespace --version --set --set-string --repo' }] = 'helm',
  [tool { operands = true, after = 1, folders = '-o --output' }] = 'kustomize',
  [tool {
    after = 1, folders = '-chdir --chdir', enters = '-chdir --chdir', files = '-var-file --var-file -backend-config',
    skips = '-out -target -var -replace',
  }] = 'terraform tofu terragrunt tflint',
  [tool { folders = '-C --directory', enters = '-C --directory', files = '-f --file --makefile', flags_only = true }] =
    'make gmake just task',
  [tool { folders = '-C', enters = '-C', flags_only = true }] = 'git',
  [tool {
    files = '-f --file --env-file --build-context', folders = '--project-directory',
    skips = '-t --tag --name -v --volume -p --publish -e --env --network --build-arg --platform --label -l --cache-from'
      .. ' --cache-to -w --workdir --entrypoint -u --user --target',
  }] = 'docker:build docker:buildx podman:build buildah:bud buildah:build nerdctl:build',
  [tool { flags_only = true, files = '-f --file --env-file', folders = '--project-directory' }] =
    'docker podman buildah docker-compose nerdctl',
  [tool { files = '-r --requirement -c --constraint -e --editable', flags_only = true }] = 'pip pip3 pipx uv',
  [tool { files = '-i --inventory --vault-password-file', skips = '-e --extra-vars -l --limit --tags -t' }] =
    'ansible-playbook ansible ansible-galaxy',
  [tool { files = '-c --config -f -d --directory --skip-path --config-file --baseline' }] = 'checkov trivy',
  [tool { folders = '-C --directory', files = '-f --file -T' }] = 'tar zip unzip',
}

local by_name = {}
for one, names in pairs(TOOLS) do
  for name in names:gmatch('%S+') do
    by_name[name] = one
  end
end

--- How the arguments of a command are read.
---@param name string
---@param subcommand string|nil the word behind it
---@return shell.Tool
function M.of(name, subcommand)
  return by_name[('%s:%s'):format(name, subcommand)] or by_name[name] or M.default
end

return M

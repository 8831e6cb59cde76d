-- actions.lua: which inputs of well-known actions are paths. SPDX-License-Identifier: Apache-2.0

local M = {}

---@class ci.Input
---@field what string file, folder, path, glob; files, globs: one in each line; words; named: id=path in each line;
--- context: of docker; filters: a YAML text of lists of globs
---@field made boolean|nil the workflow makes it: that it is missing says nothing
---@field comma boolean|nil commas separate several

-- 'name=what …'; a '?' behind it says that the workflow may make the path, a ',' that commas separate.
local function inputs(specification)
  local out = {}
  for name, what, marks in specification:gmatch('([%w_-]+)=(%a+)([?,]*)') do
    out[name] = { what = what, made = marks:find('?', 1, true) ~= nil, comma = marks:find(',', 1, true) ~= nil }
  end
  return out
end

local ACTIONS = {
  ['docker/build-push-action'] = 'context=context file=file secret-files=named',
  ['docker/bake-action'] = 'files=files workdir=folder',
  ['actions/setup-node'] = 'node-version-file=file cache-dependency-path=globs',
  ['actions/setup-python'] = 'python-version-file=file cache-dependency-path=globs',
  ['actions/setup-go'] = 'go-version-file=file cache-dependency-path=globs',
  ['actions/setup-java'] = 'java-version-file=file cache-dependency-path=globs',
  ['actions/setup-dotnet'] = 'global-json-file=file cache-dependency-path=globs',
  ['ruby/setup-ruby'] = 'working-directory=folder',
  ['actions/cache'] = 'path=globs?',
  ['actions/cache/restore'] = 'path=globs?',
  ['actions/cache/save'] = 'path=globs?',
  ['actions/upload-artifact'] = 'path=globs?',
  ['actions/download-artifact'] = 'path=path?',
  ['actions/upload-pages-artifact'] = 'path=path?',
  ['actions/labeler'] = 'configuration-path=file',
  ['actions/dependency-review-action'] = 'config-file=file?',
  ['actions/attest-build-provenance'] = 'subject-path=globs?',
  ['dorny/paths-filter'] = 'filters=filters working-directory=folder',
  ['tj-actions/changed-files'] = 'files=globs files_ignore=globs files_yaml=filters files_from_source_file=files',
  ['hadolint/hadolint-action'] = 'dockerfile=glob config=file',
  ['aquasecurity/trivy-action'] = 'scan-ref=path? trivy-config=file trivyignores=file,',
  ['bridgecrewio/checkov-action'] = 'directory=folder file=file config_file=file baseline=file',
  ['azure/k8s-deploy'] = 'manifests=globs',
  ['azure/k8s-bake'] = 'kustomizationPath=folder helmChart=folder',
  ['azure/k8s-lint'] = 'manifests=globs',
  ['helm/chart-releaser-action'] = 'charts_dir=folder config=file',
  ['helm/kind-action'] = 'config=file',
  ['engineerd/setup-kind'] = 'config=file',
  ['ludeeus/action-shellcheck'] = 'scandir=folder',
  ['ibiqlik/action-yamllint'] = 'file_or_dir=words config_file=file',
  ['karancode/yamllint-github-action'] = 'yamllint_file_or_dir=words yamllint_config_filepath=file',
  ['davidanson/markdownlint-cli2-action'] = 'globs=globs config=file',
  ['gaurav-nelson/github-action-markdown-link-check'] = 'folder-path=folder, config-file=file file-path=file,',
  ['golangci/golangci-lint-action'] = 'working-directory=folder',
  ['codecov/codecov-action'] = 'file=path? files=path?, directory=folder? working-directory=folder?',
  ['peaceiris/actions-gh-pages'] = 'publish_dir=folder?',
  ['jamesives/github-pages-deploy-action'] = 'folder=folder?',
  ['stefanzweifel/git-auto-commit-action'] = 'file_pattern=words',
  ['peter-evans/create-pull-request'] = 'add-paths=globs? body-path=file?',
  ['peter-evans/create-or-update-comment'] = 'body-path=file? body-file=file?',
  ['marocchino/sticky-pull-request-comment'] = 'path=globs?',
  ['softprops/action-gh-release'] = 'files=globs? body_path=file?',
  ['renovatebot/github-action'] = 'configurationFile=file',
  ['endbug/label-sync'] = 'config-file=files',
  ['crazy-max/ghaction-github-labeler'] = 'yaml-file=file',
  ['micnncim/action-label-syncer'] = 'manifest=file',
  ['github/codeql-action/init'] = 'config-file=file',
  ['github/codeql-action/upload-sarif'] = 'sarif_file=path?',
  ['ansible/ansible-lint'] = 'working_directory=folder requirements_file=file',
  ['dawidd6/action-ansible-playbook'] = 'directory=folder',
  ['terraform-docs/gh-actions'] = 'working-dir=folder, config-file=file?',
  ['dflook/terraform-plan'] = 'path=folder var_file=files backend_config_file=files',
  ['dflook/terraform-apply'] = 'path=folder var_file=files backend_config_file=files',
  ['dflook/terraform-validate'] = 'path=folder',
  ['dflook/terraform-fmt-check'] = 'path=folder',
  ['goreleaser/goreleaser-action'] = 'workdir=folder',
}

local read = {}
for name, specification in pairs(ACTIONS) do
  read[name] = inputs(specification)
end

--- The inputs of an action that are known to be paths.
---@param uses string
---@return table<string, ci.Input>|nil nil: the action is not known
function M.inputs(uses)
  return read[(uses:match('^[^@]*') or ''):lower()]
end

--- Does the name of an input say that it takes a path? That is a guess.
---@param name string
---@return boolean
function M.sounds_like_path(name)
  local words = '-' .. name:lower():gsub('[_ ]', '-') .. '-'
  for word in ('path paths file files dir directory directories folder folders config context workdir manifest manifests'
    .. ' chart charts dockerfile playbook inventory values root'):gmatch('%S+') do
    if words:find('-' .. word .. '-', 1, true) then
      return true
    end
  end
  return false
end

return M

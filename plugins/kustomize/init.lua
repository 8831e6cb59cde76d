-- init.lua: finds what kustomizations and plugin configurations name. SPDX-License-Identifier: Apache-2.0

-- A function of a module that is loaded when it is called: a build needs none of them.
local function later(module, name)
  local f
  return function(...)
    f = f or require(module)[name]
    return f(...)
  end
end

local KINDS = {
  ['kustomize.resources'] = 'A file, a folder with a kustomization or a URL in resources',
  ['kustomize.bases'] = 'A folder with a kustomization or a URL in bases (the old field)',
  ['kustomize.components'] = 'A folder with a Component or a URL in components',
  ['kustomize.crds'] = 'A file of OpenAPI definitions in crds',
  ['kustomize.configurations'] = 'A file of transformer configuration in configurations',
  ['kustomize.openapi'] = 'The schema file in openapi.path',
  ['kustomize.patches'] = 'A patch file in patches[].path',
  ['kustomize.patches_strategic_merge'] = 'A patch file in patchesStrategicMerge (the old field)',
  ['kustomize.patches_json6902'] = 'A patch file in patchesJson6902[].path (the old field)',
  ['kustomize.generator_files'] = 'A file in files of a configMapGenerator, secretGenerator or generator plugin',
  ['kustomize.generator_envs'] = 'A file of variables in envs or env of a generator',
  ['kustomize.replacements'] = 'A file of replacements in replacements[].path',
  ['kustomize.replacement_source'] = 'The object that a replacement takes its value from',
  ['kustomize.vars'] = 'The object that a variable takes its value from (the old field)',
  ['kustomize.transformers'] = 'A file or folder of transformer configurations',
  ['kustomize.generators'] = 'A file or folder of generator configurations',
  ['kustomize.validators'] = 'A file or folder of validator configurations',
  ['kustomize.helm_values'] = 'A values file of a chart to inflate',
  ['kustomize.helm_chart'] = 'A chart kept in the chart home, or one of a repository',
  ['kustomize.helm_repository'] = 'The address of the repository of a chart',
  ['kustomize.helm_home'] = 'The folder that holds charts or the configuration of helm',
}

local function finder_of(files, find, needs)
  return {
    kinds = KINDS, files = files, needs = needs, rewrite = { helm_chart = later('./walk', 'rewrite_helm_chart') },
    find = later('./finders', find),
  }
end

return {
  references = {
    finder_of({ '**/kustomization.yaml', '**/kustomization.yml', '**/Kustomization' }, 'kustomization'),
    -- one of these words is in every text that holds plugin configurations
    finder_of({ '**/*.yaml', '**/*.yml' }, 'configuration', { 'builtin', 'viaduct.ai/' }),
  },
  transform = {
    applied = later('./applied', 'applied'), make_root = later('./transform', 'make_root'),
    move_entries = later('./transform', 'move_entries'), list_beside = later('./transform', 'list_beside'),
    remove_root = later('./transform', 'remove_root'), watch = later('./watch', 'watch'),
  },
  render = {
    kustomization = function(files, folder, options)
      local build = require './build/build'
      if not build.is_root(files, folder) then return nil, build.missing(files, folder) end
      return build.run(files, folder, options)
    end,
  },
  roots = {
    kustomization = function(files, paths) return require './build/build'.roots(files, paths) end,
  },
  remotes = { kustomization = later('./remotes', 'find') },
  library = {
    outside = later('./watch', 'outside'), outside_words = later('./watch', 'words'),
    rendered = later('./applied', 'rendered'), is_root = later('./walk', 'is_name'), root_file = later('./walk', 'root_file'),
    patches = later('./patches', 'of_file'), patches_in = later('./patches', 'of_field'), sets = later('./patches', 'sets'),
    known = function(value) return require './build/known'(value) end,
    objects = function(text, file) return require './build/read'.objects(text, file) end,
  },
}

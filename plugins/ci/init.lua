-- init.lua: finds what workflows of GitHub and pipelines of GitLab name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local github = require './github'
local gitlab = require './gitlab'
local others = require './others'
local scripts = require './scripts'

local KINDS = {
  ['ci.paths'] = 'files whose change starts a pipeline or sets a label',
  ['ci.working_directory'] = 'the folder that a step runs in',
  ['ci.run'] = 'a path among the words of a script',
  ['ci.uses'] = 'an action or a workflow',
  ['ci.input'] = 'a path given to an action',
  ['ci.matrix'] = 'a path among the values of a matrix',
  ['ci.env'] = 'a path in a variable',
  ['ci.hash_files'] = 'files whose content makes a key',
  ['ci.directory'] = 'a folder that dependabot watches',
  ['ci.include'] = 'a pipeline that another one includes',
  ['ci.artifacts'] = 'files that a job keeps',
  ['ci.cache'] = 'files that a job caches, or makes the cache\'s key of',
}

-- A finder of one kind of file, from its document and its decoded top.
local function finder_of(files, find, choose)
  return {
    kinds = KINDS, files = files, choose = choose, rewrite = { word = scripts.rewrite },
    find = function(file, ctx)
      local c = finder.collect('ci', file, ctx)
      local document = c:document()
      local top = document and #document > 0 and document:value(1)
      if type(top) == 'table' and not ifx.is_list(top) then
        find(c, document, top)
      end
      return c:result()
    end,
  }
end

return {
  references = {
    finder_of({ '.github/workflows/*.{yml,yaml}', '.gitea/workflows/*.{yml,yaml}', '.forgejo/workflows/*.{yml,yaml}' },
      github.workflow),
    finder_of({ '**/action.yml', '**/action.yaml' }, function(c, document, top)
      if type(top.runs) == 'table' then
        github.action(c, document, top)
      end
    end),
    finder_of({ '.github/labeler.{yml,yaml}', '.gitea/labeler.{yml,yaml}', '.forgejo/labeler.{yml,yaml}' }, others.labeler),
    finder_of({ '.github/dependabot.{yml,yaml}' }, others.dependabot),
    finder_of(gitlab.FILES, gitlab.pipeline, gitlab.included),
  },
}

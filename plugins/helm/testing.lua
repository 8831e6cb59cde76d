-- testing.lua: configurations of chart-testing, and suites of helm-unittest. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local place = require './place'
local shape = require 'ifx.repo.shape'
local written = require 'ifx.repo.written'

local M = {}

M.kinds = {
  ['helm.chart_testing'] = 'charts, or a file, that chart-testing looks at',
  ['helm.test'] = 'a template, or a values file, of a suite of helm-unittest',
}

M.files = { '**/*.yaml', '**/*.yml' }
M.needs = { 'chart-dirs', 'chart-repos', 'target-branch', 'lint-conf', 'chart-yaml-schema' }

M.suites = { '**/*_test.yaml', '**/*_test.yml' }

local SETTINGS = {}
for name in ([[
  remote target-branch since build-id lint-conf chart-yaml-schema validate-maintainers validate-chart-schema validate-yaml
  additional-commands check-version-increment process-all-charts charts chart-repos chart-dirs excluded-charts
  helm-extra-args helm-repo-extra-args helm-dependency-extra-args helm-lint-extra-args helm-extra-set-args debug upgrade
  skip-missing-values namespace release-label release-name exclude-deprecated kubectl-timeout print-logs skip-clean-up
  use-helmignore github-groups all skip-helm-dependencies github-instance
]]):gmatch('%S+') do
  SETTINGS[name] = true
end

local function is_configuration(top)
  if type(top) ~= 'table' or ifx.is_list(top) or next(top) == nil then
    return false
  end
  for key in pairs(top) do
    if not SETTINGS[key] then
      return false
    end
  end
  return true
end

local function each_part(match, f)
  for from, part in match.text:gmatch('()([^,]+)') do
    local lead, body = part:match('^(%s*)(.-)%s*$')
    if body ~= '' then
      f(from + #lead, from + #lead + #body - 1)
    end
  end
end

--- Finds what a configuration of chart-testing names, from the root of the repository.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c = finder.collect('helm', file, ctx)
  local document = c:document()
  local readable, top = pcall(function() return document and #document > 0 and document:value(1) end)
  if not readable or not is_configuration(top) then
    return c:result()
  end
  local function path_of(check)
    return { text = function(match)
      if c:text(match) then
        each_part(match, function(from, to)
          if not written.is_elsewhere(match.text:sub(from, to)) then
            c:path(match, { kind = 'helm.chart_testing', base = '', anchor = 'root', from = from, to = to, check = check })
          end
        end)
      end
    end }
  end
  local dirs, charts, one = path_of(written.want_folder), path_of(place.want_chart(ctx)), path_of(written.want_file)
  dirs.items, charts.items = dirs, charts
  shape.walk(document, 1, {
    keys = { ['chart-dirs'] = dirs, charts = charts, ['lint-conf'] = one, ['chart-yaml-schema'] = one },
  })
  return c:result()
end

-- A template is named from the folder of templates, with or without it.
local function template(c, chart)
  return function(match)
    if not c:text(match) then
      return
    end
    local base = match.text:find('^templates/') and chart or path.join(chart, 'templates')
    if match.text:find('^charts/') then
      base = chart
    end
    if globs.is_glob(match.text) then
      c:glob(match, { kind = 'helm.test', base = base, anchor = 'root', chart = chart, rewrite = 'member' })
    else
      c:path(match, {
        kind = 'helm.test', base = base, anchor = 'root', check = written.want_file, chart = chart, rewrite = 'member',
      })
    end
  end
end

--- Finds the templates and values of a suite of helm-unittest.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find_suite(file, ctx)
  local c, chart = finder.collect('helm', file, ctx), place.chart_around(ctx, file.path)
  local content = file.text()
  local document = chart and content:find('asserts:', 1, true) and content:find('tests:', 1, true) and c:document()
  local one = { text = template(c, chart) }
  local values = { items = { text = function(match)
    if c:text(match) then
      c:path(match, { kind = 'helm.test', base = path.dirname(file.path), check = written.want_file })
    end
  end } }
  local several = { items = one }
  for n = 1, document and #document or 0 do
    shape.walk(document, n, { keys = {
      templates = several, values = values,
      tests = { items = { keys = {
        templates = several, template = one, values = values,
        asserts = { items = { keys = { template = one } } },
      } } },
    } })
  end
  return c:result()
end

return M

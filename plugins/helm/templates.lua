-- templates.lua: the files and templates of a chart that its templates name. SPDX-License-Identifier: Apache-2.0

local finder = require 'ifx.repo.finder'
local globs = require 'ifx.repo.globs'
local gotemplate = require 'ifx.repo.gotemplate'
local place = require './place'
local spans = require 'ifx.repo.spans'

local M = {}

M.kinds = {
  ['helm.file'] = 'a file of the chart that a template reads',
  ['helm.files'] = 'a glob of files of the chart that a template reads',
  ['helm.template'] = 'another template of the chart, included by its path',
}

M.files = { '**/templates/**' }

local ONE = { Get = true, GetBytes = true, Lines = true }

-- What Helm keeps for itself is not among the files of a chart.
local OWN = { ['Chart.yaml'] = true, ['Chart.lock'] = true, ['values.yaml'] = true, ['values.schema.json'] = true,
  ['requirements.yaml'] = true, ['requirements.lock'] = true }

local function readable(chart)
  return function(target, kind)
    local name = target:sub(chart == '' and 1 or #chart + 2)
    if kind == 'dir' then
      return 'a folder where a file is expected'
    elseif OWN[name] or name:find('^templates/') or name:find('^charts/') then
      return 'templates cannot read it: Helm keeps it for itself'
    end
  end
end

local EMPTY, NONE = 'Helm gives an empty text for it', 'the template does without'

-- Two stars stand inside of a segment, too, and then for any depth.
local function spread(pattern)
  return (pattern:gsub('[^/]+', function(segment)
    local head, tail = segment:match('^(.-)%*%*+(.*)$')
    if head and head .. tail ~= '' then
      return ('{%s*%s,%s*/**/*%s}'):format(head, tail, head, tail)
    end
  end))
end

local function literal(job, token, kind)
  if token.escaped then
    return job.c:doubt(job.place(token.start, token.stop), token.text, 'a text with escapes')
  elseif token.text == '' then
    return
  end
  local match = job.place(token.start, token.stop)
  local r = { kind = kind, base = job.chart, chart = job.chart, rewrite = 'member' }
  if token.text:find('^%.*/') then
    r.target_kind, r.why = 'path', 'Helm knows the files of a chart by their plain names, and finds none'
    job.c:add(match, r)
  elseif kind == 'helm.files' and globs.is_glob(token.text) then
    r.pattern, r.optional = spread(token.text), NONE
    job.c:glob(match, r)
  else
    r.check, r.optional = readable(job.chart), kind == 'helm.file' and EMPTY or NONE
    job.c:path(match, r)
  end
end

-- printf "files/%s.yaml" .x names a folder at least.
local function computed(job, action, i, kind)
  local first, last, formats = gotemplate.operand(action, i)
  if not first or job.names[first.text] then
    return -- nothing, or a name that a glob gave
  end
  for _, format in ipairs(formats) do
    job.c:folder_before(job.place(format.start, format.stop), format.text:find('%', 1, true), {
      kind = kind, base = job.chart, chart = job.chart, rewrite = 'member',
    })
  end
  job.c:doubt(job.place(first.start, last.stop), job.content:sub(first.start, last.stop), 'the template computes it')
end

local function files(job, action, i)
  local method = action.tokens[i].text:match('%.Files%.(%a+)$')
  local kind = ONE[method] and 'helm.file' or method == 'Glob' and 'helm.files'
  local given, before = action.tokens[i + 1], action.tokens[i - 2]
  if not kind then
    return
  elseif given and given.type == 'string' then
    literal(job, given, kind)
  elseif before and before.type == 'string' and action.tokens[i - 1].text == '|' then
    literal(job, before, kind)
  else
    computed(job, action, i + 1, kind)
  end
end

-- print $.Template.BasePath "/x.yaml", or printf "%s/x.yaml" $.Template.BasePath.
local function template(job, action, i)
  local behind, before, last = action.tokens[i + 1], action.tokens[i - 1], action.tokens[i + 2]
  local token, from
  if behind and behind.type == 'string' then
    token, from = behind, not (last and (last.type ~= 'sign' or last.text == '(')) and behind.text:match('^/()[^/]')
  elseif before and before.type == 'string' then
    token, from = before, before.text:match('^%%s/()[^/%%]+[^%%]*$')
  end
  if not from or token.escaped then
    return job.c:doubt(job.place(action.tokens[i].start, action.tokens[i].stop), action.tokens[i].text,
      'the template computes the path of another one')
  end
  local helper = path.basename(job.c.file.path):find('^_') and 'a helper counts from the chart that calls it' or nil
  job.c:path(job.place(token.start + from - 1, token.stop), {
    kind = 'helm.template', base = path.join(job.chart, 'templates'), optional = helper, chart = job.chart, rewrite = 'member',
  })
end

-- The names that `range $path, $_ := .Files.Glob "x"` gives.
local function names_of_globs(actions)
  local names = {}
  for _, action in ipairs(actions) do
    local tokens = action.tokens
    local is_range = tokens[1] and tokens[1].text == 'range'
    for _, token in ipairs(is_range and tokens or {}) do
      if token.text:find('%.Files%.Glob$') then
        names[tokens[2].text] = true
      end
    end
  end
  return names
end

--- Finds what a template of a chart names.
---@param file table
---@param ctx table
---@return table[] references, table[] unknown
function M.find(file, ctx)
  local c, chart, content = finder.collect('helm', file, ctx), nil, file.text()
  if content:find('Files.', 1, true) or content:find('Template.BasePath', 1, true) then
    chart = place.chart_of_template(ctx, file.path)
  end
  if not chart then
    return c:result()
  end
  local actions = gotemplate.actions(content)
  local job = { c = c, chart = chart, content = content, place = spans.of(file), names = names_of_globs(actions) }
  for _, action in ipairs(actions) do
    for i, token in ipairs(action.tokens) do
      if token.type == 'word' and token.text:find('%.Files%.%a+$') then
        files(job, action, i)
      elseif token.type == 'word' and token.text:find('%.Template%.BasePath$') then
        template(job, action, i)
      end
    end
  end
  return c:result()
end

return M

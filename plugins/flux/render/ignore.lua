-- ignore.lua: which files the source controller leaves out of an artifact. SPDX-License-Identifier: Apache-2.0
-- Its rules are those of go-git: unlike with git, a file below a folder that is left out may be taken in again.

local M = {}

M.FILE = '.sourceignore'

local VCS = { '.git/', '.gitignore', '.gitmodules', '.gitattributes' }

-- In force where nobody writes rules.
local DEFAULTS = {
  '*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip', '.github/', '.circleci/', '.travis.yml',
  '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml', 'codeship-services.yml', 'codeship-steps.yml',
  '**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml',
}

local CHARACTER = '[\0-\x7F\xC2-\xFD][\x80-\xBF]*'

local function class(text, at)
  local negated, first = text:match('^%[(%^?)()', at)
  local stop = text:find(']', first + 1, true)
  if not stop then return nil end
  local inside = text:sub(first, stop - 1):gsub('\\(.)', '%1'):gsub('[%%%]%^]', '%%%0')
  return ('[%s%s]'):format(negated, inside), stop + 1
end

-- What stands at a byte of a step, as a Lua pattern, and the byte behind it; nil for what is wrong.
local function piece_at(step, at)
  local c = step:sub(at, at)
  if c == '*' then return '.*', at + 1 end
  if c == '?' then return CHARACTER, at + 1 end
  if c == '[' then return class(step, at) end
  if c == '\\' then
    at = at + 1
    c = step:sub(at, at)
    if c == '' then return nil end
  end
  return (c:gsub('[%^%$%(%)%%%.%[%]%+%-%*%?]', '%%%0')), at + 1
end

-- A step of a rule as a Lua pattern; nil for one that is wrong, which matches nothing.
local function compiled(step)
  local out, at = {}, 1
  while at <= #step do
    local piece, after = piece_at(step, at)
    if not piece then return nil end
    out[#out + 1], at = piece, after
  end
  return '^' .. table.concat(out) .. '$'
end

-- One rule: of the folder `domain` and all below it.
local function parse(line, domain)
  local rule = { domain = path.split(domain), includes = line:sub(1, 1) == '!' }
  if rule.includes then line = line:sub(2) end
  if line:sub(-2) ~= '\\ ' then line = line:gsub(' +$', '') end
  rule.dir_only = line:sub(-1) == '/'
  if rule.dir_only then line = line:sub(1, -2) end
  rule.steps = {}
  for step in (line .. '/'):gmatch('([^/]*)/') do
    rule.steps[#rule.steps + 1] = { text = step, pattern = compiled(step) }
  end
  return rule
end

local function fits(step, name) return step.pattern ~= nil and name:find(step.pattern) ~= nil end

local function any_name(rule, steps, from, is_dir)
  for i = from, #steps do
    if rule.steps[1].pattern == nil then return false end
    if fits(rule.steps[1], steps[i]) then return not (rule.dir_only and not is_dir and i == #steps) end
  end
  return false
end

-- The first of the steps from `at` on that fits; its index, or nil.
local function seek(step, steps, at)
  for i = at, #steps do
    if fits(step, steps[i]) then return i end
  end
end

local function whole_path(rule, steps, at, is_dir)
  local matched, jumps = false, false
  for i, step in ipairs(rule.steps) do
    if step.text == '' then
      jumps = false
    elseif step.text == '**' then
      if i == #rule.steps then break end
      jumps = true
    elseif step.text:find('**', 1, true) or not steps[at] then
      return false
    elseif jumps then
      jumps = false
      local found = seek(step, steps, at)
      matched, at = found ~= nil, found and found + 1 or #steps + 1
    else
      if not fits(step, steps[at]) then return false end
      matched, at = true, at + 1
    end
  end
  return matched and not (rule.dir_only and not is_dir and at > #steps)
end

local function decides(rule, steps, is_dir)
  if #steps <= #rule.domain then return false end
  for i, segment in ipairs(rule.domain) do
    if steps[i] ~= segment then return false end
  end
  local match = #rule.steps > 1 and whole_path or any_name
  return match(rule, steps, #rule.domain + 1, is_dir)
end

local function add_lines(rules, text, domain)
  for line in (text .. '\n'):gmatch('(.-)\r?\n') do
    if line:sub(1, 1) ~= '#' and line:find('%S') then rules[#rules + 1] = parse(line, domain) end
  end
end

local function add_files(rules, files, folder)
  local text = files:read(path.join(folder, M.FILE))
  if text then add_lines(rules, text, folder) end
  for _, name in ipairs(files:list(folder)) do
    local at = path.join(folder, name)
    if name ~= '.git' and files:kind(at) == 'dir' then add_files(rules, files, at) end
  end
end

---The rules of a source: of the files in it, then of its field spec.ignore; the last that decides about a path counts.
---@param files ifx.render.Files  without links
---@param spec_ignore string|nil
---@return fun(p: string, is_dir: boolean): boolean ignored
function M.rules(files, spec_ignore)
  local rules, own = {}, {}
  add_files(own, files, '')
  if spec_ignore then add_lines(own, spec_ignore, '') end
  for _, line in ipairs(VCS) do rules[#rules + 1] = parse(line, '') end
  if #own == 0 then
    for _, line in ipairs(DEFAULTS) do rules[#rules + 1] = parse(line, '') end
  end
  table.move(own, 1, #own, #rules + 1, rules)
  return function(p, is_dir)
    local steps = path.split(p)
    for i = #rules, 1, -1 do
      if decides(rules[i], steps, is_dir) then return not rules[i].includes end
    end
    return false
  end
end

return M

-- shrink.lua: the smallest files that still show a difference. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

local MOST = tonumber(fs.env 'ATTEMPTS' or '150') -- attempts

local function with(files, path, text)
  local out = {}
  for name, known in pairs(files) do out[name] = known end
  out[path] = text
  return out
end

local function lines_of(text)
  local out = {}
  for line in (text:find '\n$' and text or text .. '\n'):gmatch '[^\n]*\n' do out[#out + 1] = line end
  return out
end

local function indent(line) return #line:match '^[ -]*' end

-- A line and what lies deeper below it.
local function block_end(lines, first)
  local last = first
  while lines[last + 1] and (lines[last + 1] == '\n' or indent(lines[last + 1]) > indent(lines[first])) do last = last + 1 end
  return last
end

local function without(lines, first, last)
  local out = table.move(lines, 1, first - 1, 1, {})
  return table.concat(table.move(lines, last + 1, #lines, first, out))
end

---@param files table<string, string>
---@param difference table  what they show
---@param judge fun(files: table<string, string>, only: table): table|nil
---@return table<string, string> files
---@return table difference
return function(files, difference, judge)
  local attempts = 0
  local function try(candidate)
    attempts = attempts + 1
    local still = attempts <= MOST and judge(candidate, difference)
    if still then files, difference = candidate, still end
    return still
  end
  local function shorten(path)
    local at, changed = 1, false
    while true do
      local lines = lines_of(files[path])
      if not lines[at] then return changed end
      if try(with(files, path, without(lines, at, block_end(lines, at)))) then
        changed = true
      elseif block_end(lines, at) > at and try(with(files, path, without(lines, at, at))) then
        changed = true
      else
        at = at + 1
      end
    end
  end
  local changed = true
  while changed and attempts < MOST do
    changed = false
    local paths = {}
    for path in pairs(files) do paths[#paths + 1] = path end
    table.sort(paths)
    for _, path in ipairs(paths) do
      if try(with(files, path, nil)) or shorten(path) then changed = true end
    end
  end
  return files, difference
end

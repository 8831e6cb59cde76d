-- glob.lua: the globs of Argo CD, in which a star may also match slashes. SPDX-License-Identifier: Apache-2.0

local M = {}

-- The position after the brace that closes the one at `open`, and the alternatives between.
local function alternatives(pattern, open)
  local depth, from, found = 0, open + 1, {}
  for at = open, #pattern do
    local char = pattern:sub(at, at)
    if char == '{' then
      depth = depth + 1
    elseif char == ',' and depth == 1 then
      found[#found + 1] = pattern:sub(from, at - 1)
      from = at + 1
    elseif char == '}' then
      depth = depth - 1
      if depth == 0 then
        found[#found + 1] = pattern:sub(from, at - 1)
        return at + 1, found
      end
    end
  end
end

local function expand(pattern, out)
  local open = pattern:find('{', 1, true)
  local after, found = nil, nil
  if open then
    after, found = alternatives(pattern, open)
  end
  if not after then
    out[#out + 1] = pattern
    return out
  end
  for _, alternative in ipairs(found) do
    expand(pattern:sub(1, open - 1) .. alternative .. pattern:sub(after), out)
  end
  return out
end

local function class(pattern, at)
  local close = pattern:find(']', at + 2, true)
  if not close then
    return '%[', at + 1
  end
  local body = pattern:sub(at + 1, close - 1):gsub('^!', '^'):gsub('%%', '%%%%')
  return '[' .. body .. ']', close + 1
end

local function translate(pattern, star, one)
  local out, at = {}, 1
  while at <= #pattern do
    local char = pattern:sub(at, at)
    if char == '*' then
      out[#out + 1] = star
      at = pattern:find('[^*]', at) or #pattern + 1
    elseif char == '[' then
      out[#out + 1], at = class(pattern, at)
    else
      local literal = char == '\\' and pattern:sub(at + 1, at + 1) or char
      out[#out + 1] = char == '?' and one or literal:gsub('%W', '%%%0')
      at = at + (char == '\\' and 2 or 1)
    end
  end
  return '^' .. table.concat(out) .. '$'
end

--- A matcher for a glob.
---@param pattern string
---@param slashes boolean may a star match slashes?
---@return fun(path: string): boolean
function M.matcher(pattern, slashes)
  local patterns = {}
  for i, alternative in ipairs(expand(pattern, {})) do
    patterns[i] = translate(alternative, slashes and '.*' or '[^/]*', '.')
  end
  return function(path)
    for _, lua_pattern in ipairs(patterns) do
      if path:find(lua_pattern) then
        return true
      end
    end
    return false
  end
end

--- A matcher for a glob as Go's path.Match has them: a star stays within its segment, and braces mean nothing.
---@param pattern string
---@return fun(path: string): boolean
function M.path_matcher(pattern)
  local lua_pattern = translate(pattern, '[^/]*', '[^/]')
  return function(path) return path:find(lua_pattern) ~= nil end
end

--- A matcher for a pathspec of git: a star crosses slashes, and a folder means all that is in it.
---@param pattern string
---@return fun(path: string): boolean
function M.pathspec_matcher(pattern)
  local lua_pattern, folder = translate(pattern, '.*', '.'), pattern:gsub('/*$', '') .. '/'
  return function(path)
    return path:find(lua_pattern) ~= nil or path:sub(1, #folder) == folder or pattern == '.'
  end
end

--- Does this text hold wildcards?
---@param text string
---@return boolean
function M.is_glob(text)
  return text:find('[*?%[{]') ~= nil
end

--- The folders above the first wildcard.
---@param pattern string
---@return string
function M.literal_folder(pattern)
  return (pattern:match('^([^*?%[{]*)/[^/]*$') or pattern:match('^([^*?%[{]*)/') or '')
end

return M

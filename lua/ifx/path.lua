-- path.lua: repository paths as text: '/' between segments, nothing asked of a disk. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'

local path = {}

path.join = fs.join           -- join(a, b, …): an absolute part starts anew
path.normalize = fs.normalize -- lexical; nil when a relative path climbs above its root
path.relative = fs.relative   -- relative(path, base_dir), both from the repository root
path.dirname = fs.dirname
path.basename = fs.basename

---The lexical path from a root that is called '' and knows no '.'; nil when it climbs above that.
---@param p string
---@return string?
function path.from_root(p)
  local at = path.normalize(p == '' and '.' or p)
  return at == '.' and '' or at
end

---The extension without its dot ('gz' of 'a.tar.gz'), or '' (also for dot files such as '.env').
---@param p string
---@return string
function path.extension(p)
  return path.basename(p):match('^.+%.([^.]*)$') or ''
end

---The segments of a path; empty ones are left out.
---@param p string
---@return string[]
function path.split(p)
  local segments = {}
  for segment in p:gmatch('[^/]+') do
    segments[#segments + 1] = segment
  end
  return segments
end

---Is `p` the directory `dir` itself or below it? ('' is the root, which holds everything.)
---@param p string
---@param dir string
---@return boolean
function path.within(p, dir)
  return dir == '' or p == dir or p:sub(1, #dir + 1) == dir .. '/'
end

---Can a repository hold a file of this path? Not what leaves it, is written in a longer form than need be, or lies in '.git'.
---@param p string
---@return boolean
function path.can_be_tracked(p)
  return p ~= '' and p ~= '.' and p:sub(1, 1) ~= '/' and path.normalize(p) == p
    and not ('/' .. p:lower() .. '/'):find('/.git/', 1, true)
end

return path

-- globs.lua: what of a tree a pattern matches. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local path = require 'ifx.path'

local globs = {}

---Does the text hold a wildcard (or an escape, which is read like one)?
---@param text string
---@return boolean
function globs.is_glob(text) return text:find('[*?%[{\\]') ~= nil end

---The directory before the first wildcard; '' when there is none.
---@param pattern string
---@return string
function globs.folder(pattern) return path.dirname(pattern:match('^[^*?%[{\\]*') .. 'x') end

---The first path of the tree that a pattern matches: `*` within a segment, `**` any depth as a whole segment, braces.
---@param tree ifx.repo.Tree
---@param pattern string from the root
---@param dirs? boolean directories count too
---@return string? path nil when nothing matches
---@return string? why the pattern cannot be read
function globs.first(tree, pattern, dirs)
  local ok, glob = pcall(fs.glob, pattern)
  if not ok then return nil, glob.message end
  local folder = globs.folder(pattern)
  for _, entry in ipairs(tree:list(folder)) do
    if glob:match(entry.path) then return entry.path end
  end
  for dir in pairs(dirs and tree:dirs() or {}) do
    if dir ~= '' and path.within(dir, folder) and glob:match(dir) then return dir end
  end
end

---All files of the tree that a pattern matches; none for a pattern that cannot be read.
---@param tree ifx.repo.Tree
---@param pattern string
---@return string[]
function globs.all(tree, pattern)
  local ok, glob = pcall(fs.glob, pattern)
  local out = {}
  for _, entry in ipairs(ok and tree:list(globs.folder(pattern)) or {}) do
    if glob:match(entry.path) then out[#out + 1] = entry.path end
  end
  return out
end

---The first path of the tree that a line of an ignore file covers, by git's rules.
---@param tree ifx.repo.Tree
---@param dir string the directory of the ignore file
---@param line string one pattern without '!'
---@return string?
function globs.covered(tree, dir, line)
  local rules = fs.ignore { { dir = dir, text = line } }
  local folder = line:find('/.') and path.join(dir, globs.folder((line:gsub('^/', '')))) or dir
  for _, entry in ipairs(tree:list(folder == '.' and '' or folder)) do
    if rules:ignored(entry.path, entry.mode == '160000') then return entry.path end
  end
end

local rules = setmetatable({}, { __mode = 'k' })

---Would Git leave this path out of the repository, by the .gitignore files of the tree? What such a path names may be on
---every machine that has run something here, and in no clone.
---@param tree ifx.repo.Tree
---@param p string
---@return string? file the .gitignore that says so, with the line: 'app/.gitignore:3'
function globs.ignored(tree, p)
  local ignore = rules[tree]
  if not ignore then
    local files = {}
    for _, entry in ipairs(tree:files()) do
      if path.basename(entry.path) == '.gitignore' and entry.mode:sub(1, 3) == '100' and not entry.missing then
        files[#files + 1] = { dir = path.dirname(entry.path), text = tree:read(entry.path) }
      end
    end
    ignore = fs.ignore(files)
    rules[tree] = ignore
  end
  for _, is_dir in ipairs { false, true } do
    local ignored, rule = ignore:ignored(p, is_dir)
    if ignored then return ('%s:%d'):format(path.join(rule.dir, '.gitignore'), rule.line) end
  end
end

return globs

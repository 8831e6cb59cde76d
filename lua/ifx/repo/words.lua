-- words.lua: which words of which texts count as paths: the rules of judgement. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

local words = {}

---@class ifx.repo.Place
---@field before string     the line up to the word (at most 400 bytes)
---@field previous string   the byte before the word, or ''
---@field following string  the two bytes behind it, or less
---@field class 'prose'|'code'|'data'
---@field comment boolean   prose inside of a file that is none

local by_extension = {
  prose = 'md markdown mdx txt rst adoc asciidoc org tex html htm',
  data = 'yaml yml json json5 jsonc toml ini cfg conf properties env lock sum mod xml svg csv tf tfvars hcl proto graphql'
    .. ' tmpl tpl',
}
local class_by_extension = {}
for class, list in pairs(by_extension) do
  for extension in list:gmatch('%S+') do class_by_extension[extension] = class end
end

local prose_names = {
  README = true, CHANGELOG = true, CONTRIBUTING = true, NOTES = true, TODO = true, AUTHORS = true, LICENSE = true, NEWS = true,
}

local class_by_name = {} -- as far as anybody has asked: large trees have few names

---What a file mostly is: prose (everything in it is meant for people), data (values of some program; only its comments
---are prose), or code.
---@param p string
---@return 'prose'|'code'|'data'
function words.class_of(p)
  local name = path.basename(p)
  local known = class_by_name[name]
  if not known then
    known = class_by_extension[path.extension(name):lower()] or prose_names[name] and 'prose' or 'code'
    class_by_name[name] = known
  end
  return known
end

-- What begins a comment, each behind a text that it holds.
local comment_marks = {
  { '#', '^%s*#', '%s#%s' }, { '//', '^%s*//', '%s//%s' }, { '*', '^%s*%*%s' }, { '/*', '^%s*/%*' }, { '--', '^%s*%-%-%s' },
  { ';', '^%s*;' }, { '<!--', '<!%-%-' }, { '{{/*', '{{/%*' },
}

---What may begin a comment in a text: most hold one sign of it, or none.
---@param content string
---@return string[][] marks
function words.comment_marks(content)
  local out = {}
  for _, mark in ipairs(comment_marks) do
    if content:find(mark[1], 1, true) then out[#out + 1] = mark end
  end
  return out
end

---The class at one place: a comment is prose.
---@param class string
---@param before string the line up to there
---@param marks string[][] those of the text
---@return 'prose'|'code'|'data'
function words.class_at(class, before, marks)
  for _, mark in ipairs(marks) do
    if before:find(mark[1], 1, true) and (before:find(mark[2]) or mark[3] and before:find(mark[3])) then return 'prose' end
  end
  return class
end

---How many signs before the path, and the path without the signs that prose puts around it.
---@param word string
---@return integer offset, string text
function words.trim(word)
  local lead = word:match('^[*@+?%%]*') or ''
  if word:sub(#lead + 1, #lead + 1) == '/' and lead:find('%*') then lead = '' end -- '*/x' is a glob
  local text = word:sub(#lead + 1)
  if not text:find('{', 1, true) then
    local braces = text:match('^}+') or ''
    if text:sub(#braces + 1, #braces + 1) ~= '/' then
      lead, text = lead .. braces, text:sub(#braces + 1)
    end
    text = text:gsub('}+$', '')
  elseif text:find('^{[^}]*$') then
    lead, text = lead .. '{', text:sub(2)
  end
  if #lead > 0 then text = text:gsub('%*+$', '') end
  text = text:gsub('[?@+$]+$', '')
  if not text:find('/%.%.$') and not text:find('^%.%.?/?%.?$') then text = text:gsub('%.+$', '') end
  return #lead, text
end

local home_like = { HOME = true, TMPDIR = true, TMP = true, TEMP = true, GOPATH = true, USER = true, XDG_CONFIG_HOME = true }

---Split a text that begins with a variable: its name and the rest behind the slash.
---@param text string
---@return string? variable, string? rest
function words.variable(text)
  local variable, rest = text:match('^%$([%w_]+)/+(.+)$')
  if not variable then variable, rest = text:match('^%${([^{}]*)}/+(.+)$') end
  if not variable then variable, rest = text:match('^(}+)/+(.+)$') end
  if not variable or rest:find('[$*?{}%%]') then return nil end
  return variable, rest
end

---@param text string
---@return integer
function words.segments(text)
  local _, slashes = text:gsub('/+[^/]', '')
  return slashes + (text:sub(1, 1) == '/' and 0 or 1)
end

local function has_extension(text) return text:find('.', 1, true) and path.extension(text) ~= '' end

-- The name of a repository's folder; `REPO` alone may as well be the address of a bucket, a chart or an image.
local function is_root_like(variable)
  local name = variable:upper()
  return name:find('ROOT') ~= nil or name:find('REPO') ~= nil and (name:find('DIR') or name:find('PATH')) ~= nil
end

---Does what stands behind a variable count as a path of the tree? A single name that is no file with an extension only
---behind a variable that says it is a folder of the repository, and not as the value of some program.
---@param place ifx.repo.Place
---@param variable string
---@param rest string
---@param meaning ifx.repo.Meaning
---@return boolean
function words.variable_counts(place, variable, rest, meaning)
  if home_like[variable] then return false end
  if words.segments(rest) > 1 or (meaning.kind == 'file' and has_extension(rest)) then return true end
  return is_root_like(variable) and place.class ~= 'data'
end

---Does a text that begins with '/' mean a path from the root of the tree, not of a machine?
---@param place ifx.repo.Place
---@param word string
---@param meaning ifx.repo.Meaning
---@return boolean
function words.absolute_counts(place, word, meaning)
  if place.class ~= 'prose' then return false end
  return words.segments(word) > 1 and (meaning.kind == 'file' or word:sub(-1) == '/' or words.segments(word) > 2)
end

-- What stands before a name of an image or chart, each behind a text that it holds.
local package_marks = {
  { 'install', '%f[%a]install%s+[%w_-]+%s+$' }, { 'upgrade', '%f[%a]upgrade%s[%w_%s-]*%s[%w_-]+%s+$' },
  { 'image:', 'image:%s*["\']?$' }, { 'repository:', 'repository:%s*["\']?$' }, { 'chart:', 'chart:%s*["\']?$' },
  { 'apiVersion:', 'apiVersion:%s*["\']?$' },
}

-- A name of an image or chart, not a directory: followed by a tag, the value of such a key, or what is installed
-- under a name of its own (`install web alias/web`).
local function is_package(place)
  if place.following:find('^[:@][%w]') then return true end
  local before = place.before
  for _, mark in ipairs(package_marks) do
    if before:find(mark[1], 1, true) and before:find(mark[2]) then return true end
  end
  return false
end

---Does a word with a slash count, now that it leads somewhere?
---@param place ifx.repo.Place
---@param word string
---@param meaning ifx.repo.Meaning
---@return boolean
function words.counts(place, word, meaning)
  if meaning.kind == 'file' then
    return meaning.via == 'file' or meaning.via == 'root' or has_extension(word) or place.class ~= 'data'
  end
  if is_package(place) and word:sub(1, 1) ~= '.' then return false end
  if place.class ~= 'data' then return true end
  local whole = words.segments(word) > 1 or word:sub(-1) == '/'
  return word:sub(1, 1) == '.' or (whole and (meaning.via == 'root' or meaning.via == 'file'))
end

---Is the word an entry of a list that is commented out? In data it is named from the file's own folder, as its neighbours are.
---@param place ifx.repo.Place
---@return boolean
function words.is_entry(place)
  local following = place.following
  return place.before:find('^%s*#+%s*%-%s+["\']?$') ~= nil and (following == '' or following:find('^["\']?[\r\n]') ~= nil)
end

---May a word with a slash be the only path that ends so? A single directory name only below the file's own directory.
---@param place ifx.repo.Place
---@param word string
---@param own boolean is it the only one below the file's own directory?
---@return boolean
function words.tail_counts(place, word, own)
  local segments = words.segments(word)
  if place.class == 'prose' then return segments > 1 or own end
  return segments > 1 and has_extension(word)
end

local function is_quoted(place)
  return place.previous ~= '' and ('`"\''):find(place.previous, 1, true) ~= nil and place.following:sub(1, 1) == place.previous
end

-- A word without a slash behind what says that a directory follows: a text to look for, and what has to stand from there,
-- which captures its first byte and the word.
words.entering = {
  { 'cd', '^%f[%w]cd%s+["\']?()([%w_.-]*[%w_-])%f[^%w_./-]' }, { 'pushd', '^%f[%w]pushd%s+["\']?()([%w_.-]*[%w_-])%f[^%w_./-]' },
  { '-C', '^%f[-%S]%-C%s*["\']?()([%w_.-]*[%w_-])%f[^%w_./-]' }, { '-chdir', '^%-chdir[=%s]["\']?()([%w_.-]*[%w_-])%f[^%w_./-]' },
}

-- Names that every other repository has too: that there is only one here says nothing.
local common = {}
for name in ('config configuration values settings index main package default defaults secret secrets env example requirements '
  .. 'app server test tests setup install data'):gmatch('%S+') do
  common[name] = true
end

---May a name without a slash be the only file of that name, wherever it is? In prose it rather is a file of the reader,
---or an example, unless it lies below the prose's own directory; not a name that is common, or in capitals as README.md is.
---A comment speaks of its own repository: a name there counts that is the only one of the tree and has two extensions,
---as no example of a general text has it.
---@param place ifx.repo.Place
---@param word string
---@param own boolean is it the only one below the file's own directory?
---@param only boolean is it the only one in the whole tree?
---@return boolean
function words.bare_tail_counts(place, word, own, only)
  if place.class == 'data' or not has_extension(word) or place.following == '](' then return false end
  local stem = word:match('^([^.]*)')
  local speaks = place.class == 'code' or only and place.comment and word:find('^[^.]+%.[%a][%w_-]*%.%a%w*$') ~= nil
  return own or speaks and not common[stem:lower()] and stem:find('%l') ~= nil
end

---Does a name without a slash count, now that it leads somewhere?
---@param place ifx.repo.Place
---@param word string
---@param meaning ifx.repo.Meaning
---@return boolean
function words.bare_counts(place, word, meaning)
  if meaning.kind == 'dir' then return false end
  local before = place.before
  if before:find('our', 1, true) and before:find('%f[%w][Yy]our%s+[%w-]*%s*[`"\'*]*$') then
    return false -- that of the reader, not this one
  end
  local dotted = has_extension(word) or word:sub(1, 1) == '.'
  if place.class == 'code' then return dotted end
  return dotted or (is_quoted(place) and meaning.via ~= 'tail')
end

---Does a revision in an address keep its paths for ever (a commit, a version)? A branch does not.
---@param revision string?
---@return boolean
function words.is_pinned(revision)
  if not revision or revision == 'HEAD' then return false end
  return revision:find('^%x%x%x%x%x%x%x+$') ~= nil or revision:find('^v?%d+%.%d') ~= nil or revision:find('^refs/tags/') ~= nil
end

return words

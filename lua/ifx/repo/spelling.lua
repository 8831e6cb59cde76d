-- spelling.lua: how a reference is written anew: from where, in which style, quoted how. SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'

local spelling = {}

---@class ifx.repo.Movement
---@field file string        the file that holds the reference, before
---@field new_file string    and after
---@field base string        the directory that the text is resolved from, before
---@field new_base string    and after
---@field target string      what it names, before
---@field new_target string  and after
---@field text string        what the text becomes by default
---@field border? ifx.repo.Border  the target is in another repository afterwards

-- The path as the old text was written: with './', from '/', with a slash at its end.
local function in_style(ref, relative, new_target)
  local old = ref.text
  local out
  if old:sub(1, 1) == '/' then
    out = old:match('^/+') .. new_target
  elseif relative == '' or relative == '.' then
    out = '.'
  elseif old:sub(1, 2) == './' and relative:sub(1, 3) ~= '../' and relative ~= '..' then
    out = './' .. relative
  else
    out = relative
  end
  if old:sub(-1) == '/' and out:sub(-1) ~= '/' then out = out .. '/' end
  return out
end

-- A path that was written from some directory above, or without its beginning, is not given one with '..'.
local function relative_to(ref, new_base, new_target)
  local relative = path.relative(new_target, new_base)
  local climbs = relative == '..' or relative:sub(1, 3) == '../'
  if climbs and (ref.via == 'tail' or ref.via == 'root') then return new_target end
  return relative
end

---The text that names `new_target` from `new_base` as the reference's old text named its target.
---@param ref ifx.repo.Reference
---@param new_base string
---@param new_target string
---@return string
function spelling.path(ref, new_base, new_target)
  return in_style(ref, relative_to(ref, new_base, new_target), new_target)
end

local function is_plain_safe(text)
  return text:find('^[%w_./]') ~= nil and text:find('^[%w_./@+%-~ *?${}\128-\255]+$') ~= nil
    and text:find('^[%d.]+$') == nil and text:sub(-1) ~= ' '
end

---The bytes that stand for `new` where `old_bytes` stood for `ref.text`; nil and why when that cannot be written safely.
---@param ref ifx.repo.Reference
---@param old_bytes string
---@param new string
---@return string? bytes, string? why
function spelling.bytes(ref, old_bytes, new)
  if new:find('[%z\n\r]') then return nil, 'the new path has a line break' end
  if not ref.style then return new end
  if old_bytes ~= ref.text then
    if not old_bytes:find('^["\']') then return nil, 'it is written with escapes or over several lines' end
    return require('yaml').scalar(new, ref.style, false) -- the span is the whole scalar, quotes and all
  end
  if ref.style == 'double' and new:find('["\\%c]') then return nil, 'the new path would need escapes inside the quotes' end
  if ref.style == 'single' then return (new:gsub("'", "''")) end
  if ref.style == 'plain' and not is_plain_safe(new) then return nil, 'the new path would need quotes in YAML' end
  return new
end

return spelling

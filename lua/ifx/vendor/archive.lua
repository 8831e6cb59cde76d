-- archive.lua: files as one archive (POSIX tar) whose bytes depend on nothing but them. SPDX-License-Identifier: Apache-2.0
local base = require 'ifx.repo.base'
local err = require 'err'
local path = require 'ifx.path'

---@class ifx.vendor.File
---@field path string
---@field mode '100644'|'100755'|'120000'  of a link the bytes are where it points
---@field bytes string

local archive = {}

local BLOCK = 512
local LAYOUT = 'c100c8c8c8c12c12c8c1c100c6c2c32c32c8c8c155c12'
local CHECKSUM_AT = 148
local FILE, LINK, EXTENDED = '0', '2', 'x'

local function sum_of(block)
  local sum = 0
  for i = 1, BLOCK do sum = sum + block:byte(i) end
  return sum
end

local function octal(n, digits) return ('%0' .. digits .. 'o\0'):format(n) end

local function header(name, kind, size, mode, target)
  local block = LAYOUT:pack(name, octal(mode, 7), octal(0, 7), octal(0, 7), octal(size, 11), octal(0, 11),
    (' '):rep(8), kind, target, 'ustar\0', '00', '', '', octal(0, 7), octal(0, 7), '', '')
  return block:sub(1, CHECKSUM_AT) .. ('%06o\0 '):format(sum_of(block)) .. block:sub(CHECKSUM_AT + 9)
end

local function padded(bytes) return bytes .. ('\0'):rep(-#bytes % BLOCK) end

-- "LENGTH KEY=VALUE\n", whose length counts its own digits.
local function record(key, value)
  local rest = (' %s=%s\n'):format(key, value)
  local length = #rest + 1
  while #tostring(length) + #rest ~= length do length = #tostring(length) + #rest end
  return length .. rest
end

local function add(out, file)
  local is_link = file.mode == '120000'
  local name, target = file.path, is_link and file.bytes or ''
  local more = ''
  if #name > 100 then more = more .. record('path', name) end
  if #target > 100 then more = more .. record('linkpath', target) end
  if more ~= '' then
    out[#out + 1] = header('more', EXTENDED, #more, 420, '') .. padded(more)
  end
  local mode = (is_link and 511) or (file.mode == '100755' and 493) or 420 -- octal 777, 755, 644
  local bytes = is_link and '' or file.bytes
  out[#out + 1] = header(name:sub(1, 100), is_link and LINK or FILE, #bytes, mode, target:sub(1, 100)) .. padded(bytes)
end

---The same files give the same bytes, in whatever order they come.
---@param files ifx.vendor.File[]
---@return string bytes
function archive.pack(files)
  local sorted, out = table.move(files, 1, #files, 1, {}), {}
  table.sort(sorted, function(a, b) return a.path < b.path end)
  for _, file in ipairs(sorted) do add(out, file) end
  out[#out + 1] = ('\0'):rep(2 * BLOCK)
  return table.concat(out)
end

local function refuse(name, message)
  err.raise { kind = 'parse', op = 'read an archive', file = name, message = message,
    hint = '`ifx vendor` fetches it anew when it is removed' }
end

local function text_of(field) return field:match '^%Z*' end

local function extended(bytes)
  local out, at = {}, 1
  while at <= #bytes do
    local length, key, from = bytes:match('^(%d+) ([^=]+)=()', at)
    length = math.tointeger(tonumber(length))
    if not length or length < 1 then break end
    out[key] = bytes:sub(from, at + length - 2)
    at = at + length
  end
  return out
end

local function read_header(bytes, at, name)
  local block = bytes:sub(at, at + BLOCK - 1)
  if #block < BLOCK then refuse(name, 'it ends in the middle') end
  local path_field, mode, _, _, size, _, sum, kind, target = LAYOUT:unpack(block)
  local blank = block:sub(1, CHECKSUM_AT) .. (' '):rep(8) .. block:sub(CHECKSUM_AT + 9)
  local wanted = tonumber(sum:match '%d+' or '', 8)
  if wanted ~= sum_of(blank) then refuse(name, ('the header at byte %d is damaged'):format(at)) end
  return { path = text_of(path_field), mode = tonumber(text_of(mode), 8) or 420, size = tonumber(text_of(size), 8) or 0,
    kind = kind, target = text_of(target) }
end

local function entry_of(head, more, body, name)
  local is_link = head.kind == LINK
  local file = { path = more.path or head.path, bytes = is_link and (more.linkpath or head.target) or body,
    mode = is_link and '120000' or head.mode & 73 ~= 0 and '100755' or '100644' } -- 73: octal 111
  if not path.can_be_tracked(file.path) then refuse(name, ("it holds the path '%s'"):format(file.path)) end
  file.size = #file.bytes
  return file
end

---Raises 'parse' for what is no such archive, or is one only in part.
---@param bytes string
---@param name string  as errors call it
---@return ifx.vendor.File[]
function archive.unpack(bytes, name)
  local files, at, more = {}, 1, {}
  while bytes:find('[^%z]', at) do
    local head = read_header(bytes, at, name)
    local body = bytes:sub(at + BLOCK, at + BLOCK + head.size - 1)
    if #body < head.size then refuse(name, 'it ends in the middle') end
    if head.kind == EXTENDED then
      more = extended(body)
    elseif head.kind == FILE or head.kind == LINK then
      files[#files + 1] = entry_of(head, more, body, name)
      more = {}
    else
      refuse(name, ("it holds an entry of the kind '%s'"):format(head.kind))
    end
    at = at + BLOCK + head.size + -head.size % BLOCK
  end
  return files
end

---A tree of these files.
---@param files ifx.vendor.File[]
---@return ifx.repo.Tree
function archive.tree(files)
  return base.new({ kind = 'archive' }, files, function(_, entry) return entry.bytes, true end)
end

return archive

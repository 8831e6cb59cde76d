-- border.lua: how a reference is written when what it names is in another repository than before.
-- SPDX-License-Identifier: Apache-2.0
local path = require 'ifx.path'
local sides = require 'ifx.repo.sides'
local spelling = require 'ifx.repo.spelling'
local url = require 'ifx.repo.url'

local border = {}

---@class ifx.repo.Border
---@field from? { name: string, url: string }  where the file of the reference is; nil: in the repository itself
---@field to { name: string, url: string?, branch: string?, path: string }

---@param here ifx.repo.Side
---@param first ifx.repo.Side   the repository itself
---@param side ifx.repo.Side
---@param new string
---@return ifx.repo.Border
function border.of(here, first, side, new)
  return {
    from = here ~= first and { name = here.name, url = here.url } or nil,
    to = { name = side.name, url = side.url, branch = side.branch, path = new },
  }
end

-- The path is the end of an address: the repository before it changes, too.
local function in_address(ref, content, to)
  local start = ref.start
  while start > 1 and content:find('^[^%s"\'`<>()%[%]]', start - 1) do start = start - 1 end
  local head = url.with_repository(content:sub(start, ref.start - 1), to.url)
  if not head or to.path:find('[^%w/._~@+-]') then
    return nil, 'the address of a file in another repository, in a form that is not known'
  end
  return { { start = start, stop = ref.stop, new = head .. to.path } }
end

-- An address is safe in a plain scalar of YAML as long as no colon ends it.
local function address_bytes(address, old, new)
  local plain = (address.style or 'plain') == 'plain' and old == address.text and new:find('^%w[%w./_~@:+-]*[%w/]$')
  if plain then return new end
  return spelling.bytes(address, old, new)
end

-- Path and address stand in two places of the file.
local function beside_address(ref, content, to, base)
  local address = ref.address
  local text = spelling.path(ref, base, to.path)
  if ref.rewrite and text:find('^%.%.') then return nil, 'it names what is below its folder, which it leaves' end
  local path_bytes, why = spelling.bytes(ref, content:sub(ref.start, ref.stop), text)
  if not path_bytes then return nil, why end
  local bytes
  bytes, why = address_bytes(address, content:sub(address.start, address.stop), to.url)
  if not bytes then return nil, why end
  return {
    { start = ref.start, stop = ref.stop, new = path_bytes }, { start = address.start, stop = address.stop, new = bytes },
  }
end

local function as_words(ref, content, to)
  if content:sub(ref.start - 1, ref.start - 1) == '/' then return nil, 'the end of a longer path' end
  local text = sides.words(to, to.path)
  if ref.text:sub(-1) == '/' then text = text .. '/' end
  local bytes, why = spelling.bytes(ref, content:sub(ref.start, ref.stop), text)
  if not bytes then return nil, why end
  return { { start = ref.start, stop = ref.stop, new = bytes } }
end

---The edits that make a reference name its target in another repository; nil and why when that cannot be written.
---@param ref ifx.repo.Reference
---@param content string   of its file, before
---@param to table         ifx.repo.Border's `to`
---@param base string      the folder there that it is resolved from
---@param cross? fun(): string?, string?  the finder's own way
---@return { start: integer, stop: integer, new: string }[]? edits, string? why
function border.edits(ref, content, to, base, cross)
  if ref.address and not to.url then return nil, ('no address of %s is known'):format(to.name) end
  if type(ref.address) == 'table' then return beside_address(ref, content, to, base) end
  if ref.address then return in_address(ref, content, to) end
  if cross then
    local text, why = cross()
    return text and { { start = ref.start, stop = ref.stop, new = text } } or nil, why
  end
  if ref.exact or ref.rewrite then return nil, 'what it names is in another repository, which it cannot name' end
  return as_words(ref, content, to)
end

---What a person might write instead.
---@param ref ifx.repo.Reference
---@param to table
---@return string
function border.proposal(ref, to)
  local page = ref.address == true and to.url and url.page(to.url, to.branch or 'main', to.path, path.extension(to.path) == '')
  return page or sides.words(to, to.path)
end

return border

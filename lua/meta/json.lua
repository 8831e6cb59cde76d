-- json.lua: definitions of the C module `json`. SPDX-License-Identifier: Apache-2.0
---@meta json

---Strict JSON. Lists carry a mark (`ifx.is_list`), `null` is `ifx.null`, integers of 64 bits are Lua integers and all
---other numbers Lua floats.
---@class json
local json = {}

---@class json.DecodeOptions
---@field file? string named in errors
---@field order? boolean maps keep the order of their keys (`ifx.keys`); default false

---Reads one value of any type. A byte order mark before it is skipped. Limits: 64 MiB, 200 levels, 8 million values.
---
---Raises `parse` with line and column (in characters, from 1) for whatever RFC 8259 does not allow, text after the
---value, invalid UTF-8, a key twice in one object, a key that holds NUL, and numbers outside 64 bits; `limit` for what
---exceeds the limits.
---@param text string
---@param opts? json.DecodeOptions
---@return any value
function json.decode(text, opts) end

---@class json.EncodeOptions
---@field pretty? boolean one item to a line, indented by two spaces, without a line break at the end; default false
---@field keys? string[] keys that come first, in this order, in every map that keeps no order of its own

---Writes one value. Maps are sorted by the bytes of their keys; maps that keep an order (`ifx.ordered`,
---`order = true`) are written in it, keys added later last. A table that is not marked is a list when it has an item 1.
---Floats are the shortest text that reads back the same, and stay floats (`1.0`).
---
---Raises `argument`, naming the place (`$.items[3].name`, lists counted from 1), for nil, functions and other values
---without a meaning in JSON, NaN and infinity, strings and keys that are not UTF-8, keys that are not strings, lists
---with holes, and tables that hold themselves; `limit` for more than 200 levels or 64 MiB.
---@param value any
---@param opts? json.EncodeOptions
---@return string text
function json.encode(value, opts) end

return json

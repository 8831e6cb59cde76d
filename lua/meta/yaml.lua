-- yaml.lua: definitions of the C module `yaml`. SPDX-License-Identifier: Apache-2.0
---@meta yaml

---YAML 1.1 as Kubernetes reads it, or YAML 1.2 core. Lists carry a mark (`ifx.is_list`), `null` is `ifx.null`.
---@class yaml
local yaml = {}

---@class yaml.DecodeOptions
---@field schema? 'kubernetes'|'core'|'kyaml' default `kubernetes`: what `kubectl apply` reads (sigs.k8s.io/yaml); `core`:
---YAML 1.2; `kyaml`: the words of 1.2 with the numbers of 1.1, as kustomize reads manifests
---@field order? boolean maps keep the order of their keys (`ifx.keys`); merged keys come last; default false
---@field file? string named in errors

---Reads a text of one document; empty documents beside it do not count. Limits: 64 MiB, 200 levels, 8 million nodes,
---aliases counted as what they stand for.
---
---Integers of 64 bits are Lua integers, `!!binary` is its bytes, timestamps are strings, tags that the schema does not
---know are left out. Keys are strings: `1`, `true` and `1.5` become what sigs.k8s.io/yaml makes of them. Aliases are
---copies. A merge key `<<` gives only keys that the mapping does not have itself.
---
---Raises `parse` with line and column (from 1) for what is not YAML or not UTF-8, a second document, a key twice in one
---mapping, unknown or recursive aliases, numbers that 64 bits cannot hold, keys that are null, lists or mappings, and a tag
---that does not fit its value; `limit` for what exceeds the limits.
---@param text string
---@param opts? yaml.DecodeOptions
---@return any value nil when the text holds no document
function yaml.decode(text, opts) end

---Reads all documents of a text. An empty one is `ifx.null`. Raises what `yaml.decode` raises.
---@param text string
---@param opts? yaml.DecodeOptions
---@return any[] values
function yaml.decode_all(text, opts) end

---@class yaml.EncodeOptions
---@field keys? string[] keys that come first, in this order, in every map that keeps no order of its own
---@field indent? integer columns of a mapping in a mapping, 2 to 8; default 2
---@field indent_lists? boolean a list in a mapping stands right of its key; default false

---Writes one value in block style, so that both schemas read the same value back. Strings with line breaks are literal
---blocks, bytes that are not UTF-8 `!!binary`; quotes only where a plain text would be read otherwise by some reader.
---Maps that keep an order (`ifx.ordered`, `order = true`) are written in it, keys added later last; other maps are
---sorted by the bytes of their keys. A table that is not marked is a list when it has an item 1.
---
---Raises `argument`, naming the place (`$.items[3].name`, lists counted from 1), for nil, functions and other values
---without a meaning in YAML, keys that are not UTF-8 strings, lists with holes, and tables that hold themselves; `limit`
---for more than 200 levels or 64 MiB.
---@param value any
---@param opts? yaml.EncodeOptions
---@return string text
function yaml.encode(value, opts) end

---Writes a text of several documents, each after a line `---`. Raises what `yaml.encode` raises.
---@param values any[]
---@param opts? yaml.EncodeOptions
---@return string text
function yaml.encode_all(values, opts) end

---Writes a string as one scalar on one line: `plain` where that is safe (else in double quotes), `single` where no
---character needs an escape (else in double quotes), or `double`. Raises `argument` for text that is not UTF-8.
---@param text string
---@param style? 'plain'|'single'|'double' default `plain`
---@param flow? boolean it will stand inside `[]` or `{}`; default false
---@return string scalar
function yaml.scalar(text, style, flow) end

return yaml

-- node.lua: definitions of the C module `node`. SPDX-License-Identifier: Apache-2.0
---@meta node

---Immutable values in C, which threads share: what rendering, merging and patching work on. Comments, styles and the order of
---keys are gone; scalars keep the text that they were written with. For edits of files see `yaml.document` and `hcl.document`.
---@class node
local node = {}

---A value with all that it holds. `#n` counts its items or fields; of a scalar 0.
---@class node.Node
local Node = {}

---The documents of a text as kyaml splits and reads it: lines that begin with `---` stand between them; of what stands
---between two such lines the first document counts; empty documents and `null` are left out. Anchors and merge keys are
---followed. What is read with `share` is kept for all threads, which find it again (at most 192 MB; what was put there first
---goes first). Raises 'parse' with line and column.
---@param text string UTF-8
---@param options? { file: string?, share: boolean? } file: named by errors
---@return node.Node[]
function node.manifests(text, options) end

---What `share` kept is let go of. Nodes that somebody holds stay.
function node.let_go() end

---The document of a text, its first where there are more; null for an empty one. Raises 'parse' with line and column.
---@param text string UTF-8
---@param options? { file: string?, schema: 'kubernetes'|'core'|'kyaml'|nil, repeated_keys: boolean? } schema: default
---kubernetes, YAML 1.1. repeated_keys: a key may stand twice in one mapping, its last value counts; default false
---@return node.Node
function node.document(text, options) end

---A node made of a Lua value: strings, numbers, booleans, `ifx.null`, lists and maps of these, nodes. Raises 'argument'.
---@param value any
---@return node.Node
function node.of(value) end

---Fields of objects, named once by specs: which objects have them (empty: all) and the path, keys between slashes; `\\/` is
---a slash of a key. Lists on the way are walked without being named; `x[]` says that x is a list, which is never made. `**/x[]`
---are the lists called x at any depth. With `create` a spec makes what is missing on the way. Raises 'argument'.
---@param specs { group: string?, version: string?, kind: string?, path: string, create: boolean? }[]
---@param options? { each: boolean?, create: boolean? } each: `map` is given the items of a list that stands at the end of a path; create: `map` makes empty texts where a spec says `create`
---@return node.Fields
function node.fields(specs, options) end

---The places that specs name. `#fields` counts the specs.
---@class node.Fields
local Fields = {}

---The object after a scalar has been put into each of its fields, or the entries of a map under those that are there; the
---same node when that changes nothing. What is put in the place of a quoted scalar is quoted too, and so a text. Raises 'config' where a
---path leads through a scalar, or to what is no scalar (no map).
---@param object node.Node
---@param value any a node, or what `node.of` takes
---@param options? { if_empty: boolean? } leave scalars that have a text
---@return node.Node
function Fields:put(object, value, options) end

---The object after a function has seen each of its fields that is not null: scalars as their text, lists and maps as nodes; the
---same node when nothing changed. Specs are gone through in their order. What the function returns takes the field's place:
---nothing leaves it, a text is read anew (a number, true) unless the one before was quoted, and what is later written into it
---as well; anything else is made as by `node.of`. Raises 'config' where a path leads through a scalar, and what the function raises.
---@param object node.Node
---@param change fun(value: string|node.Node, spec: integer, kind: string): any
---@param type? { group: string?, version: string?, kind: string? } instead of what the object says
---@return node.Node
function Fields:map(object, change, type) end

---The text of values as sigs.k8s.io/yaml writes it: keys in natural order, block style, folded at 80 columns, strings quoted
---where YAML 1.1 would read something else; `---` between several. Raises 'parse' for what has no text: a key that is no
---string, a number that its text is not, infinity.
---@param values node.Node|node.Node[]
---@param first? integer   of a list begin with this one; behind the first one `---` stands before it
---@param enough? integer  bytes: go no further when there are so many
---@return string text
---@return integer? next    the one to go on with; nil behind the last
function node.print(values, first, enough) end

---Which lists merge, and by which fields of their items: see `node.merge_keys`.
---@class node.MergeKeys

---What is known of types, for `merge`: a map { types = { NAME = TYPE }, objects = { APIVERSION = { KIND = TYPE } } }, where
---a TYPE is the name of one, or { fields = { NAME = TYPE }, any = TYPE, items = TYPE, keys = { NAME, … } }: `any` is for
---fields that are not named, a list with `keys` merges by these of its items, with { '' } by the items themselves.
---Raises 'parse' for what is no such map, or names a type that is not there.
---@param description node.Node
---@return node.MergeKeys
function node.merge_keys(description) end

---A path to one value: `spec.ports.0`, `metadata.annotations.[a.b/c]`, `a\.b`, `[name=x]` for the first item whose field has
---that text, `[=x]` for the first that is it, `-` for the last one. Raises 'parse'.
---@param path string
---@return node.Source
function node.source(path) end

---A path to places that are written: as of `node.source`, but `[name=x]` and `[=x]` are regular expressions that match
---anywhere in a value as YAML writes it, with its quotes, and mean all items; so does `*`. Raises 'parse', and what
---`compile` raises.
---@param path string
---@param compile fun(source: string): { match: fun(self, text: string): boolean }  makes an expression, such as `regex.compile`
---@return node.Target
function node.target(path, compile) end

---@class node.Source
local Source = {}

---What the path leads to; nil where there is nothing. Raises 'conflict' for a path through what is no list, or no map.
---@param value node.Node
---@return node.Node|nil
function Source:get(value) end

---@class node.Target
local Target = {}

---A copy with a value at each place that the path leads to, and how many these are. A scalar there keeps its kind (unless it
---was read anew) and takes the text; printing refuses a text that is not of its kind. With `create` missing fields and items are made, a scalar of the kind
---that its text has when nobody quotes it. With `delimiter` only the part at `index` (from 0) of what it divides is written:
---below 0 stands before all parts, beyond the last behind them. Raises 'conflict' for a path through what is no list, or no
---map, and for parts of what is no scalar, 'not_found' for an item beyond the last.
---@param object node.Node
---@param value node.Node
---@param options? { create: boolean?, delimiter: string?, index: integer? }
---@return node.Node
---@return integer places
function Target:put(object, value, options) end

---What stands at a path: texts are keys, integers items from 1. A scalar comes as its text, null as `ifx.null`; nil where
---there is nothing.
---@param ... string|integer
---@return node.Node|string|nil
function Node:get(...) end

---A copy with another value at a path, which shares all else. Maps on the way are made, items must be there; nil takes the
---field or item away. Raises 'argument' for a path through what is no map or list.
---@param value any|nil a node, or what `node.of` takes
---@param ... string|integer
---@return node.Node
function Node:with(value, ...) end

---A copy in which the scalars of the map at a path are strings of the text that they are written with, and its keys what their
---texts are when nobody quotes them (of which those that are no strings cannot be printed); without that map when it is empty
---or null. The node itself where that changes nothing.
---@param ... string
---@return node.Node
function Node:texts(...) end

---A copy after the operations of a JSON patch (RFC 6902): a replaced key need not be there, indexes may count from the end.
---All of it comes back from JSON: integers beyond 2^53 rounded, one spelling for each number. Raises 'parse' for what is no patch, 'not_found' and
---'conflict' (a test fails) for one that does not apply.
---@param operations node.Node
---@return node.Node
function Node:patch(operations) end

---The JSON that Go's encoding/json writes of it when it has read it from JSON: keys in the order of their bytes, every number a
---double, no blanks, `<`, `>` and `&` escaped. Raises 'parse' for what JSON has not.
---@return string
function Node:json() end

---A strategic merge: maps by key, null takes away, lists as `keys` say (items of the patch come first; a list of which
---nothing is known is replaced), `$patch: replace`, `delete` and `merge` in maps and lists. nil when nothing is left.
---Raises 'parse' where a map meets a list and for another `$patch`.
---@param patch node.Node
---@param keys? node.MergeKeys
---@return node.Node|nil
function Node:merge(patch, keys) end

---The keys of a map in the order in which they are printed; of anything else none.
---@return string[]
function Node:keys() end

---As a Lua value: lists carry their mark, null is `ifx.null`; what 64 bits cannot hold, and times, come as their text.
---@return any
function Node:value() end

---The same value, wherever it was read or made? Scalars by kind and text.
---@param other node.Node
---@return boolean
function Node:equal(other) end

---What the value is, or what stands at a path in it; nil where there is nothing.
---@param ... string|integer
---@return 'null'|'boolean'|'integer'|'real'|'time'|'string'|'list'|'map'|nil
function Node:kind(...) end

---The line of the text that it was read from, from 1; 0 for a value that was made.
---@return integer
function Node:line() end

return node

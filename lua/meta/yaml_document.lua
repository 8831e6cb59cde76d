-- yaml_document.lua: yaml.document, a YAML file asked by path and edited by bytes. SPDX-License-Identifier: Apache-2.0
---@meta yaml

---@class yaml
local yaml = {}

---One step of a path: a string is the text of a key (`8080:` has the key '8080'), an integer the number of
---an item, from 1.
---@alias yaml.Step string|integer

---A node of a document. Byte positions are counted from 1 and include both ends, as in `string.sub`.
---@class yaml.Match
---@field doc integer number of the document in its stream, from 1
---@field path yaml.Step[] the way to the node, for `at`, `get` and edits
---@field kind 'scalar'|'seq'|'map'|'alias'
---@field value any a scalar's value under the schema; nil for a collection, an alias, bytes (`!!binary`), and for a number that 64 bits cannot hold
---@field text string? a scalar's string, unresolved
---@field style 'plain'|'single'|'double'|'literal'|'folded'|'block'|'flow'|nil nil for an alias
---@field start integer first byte of the node, quotes included, tag and anchor not
---@field stop integer last byte; `start - 1` for an empty scalar
---@field inner_start integer? first byte of the span that is exactly `text`
---@field inner_stop integer? nil, both, when escapes, folding or indentation make the bytes differ from `text`
---@field line integer of `start`, from 1
---@field column integer of `start`, from 1, in characters
---@field key_line integer? line of the node's key; nil for an item and a root
---@field tag string? explicit tag: '!Ref', 'tag:yaml.org,2002:str'
---@field anchor string? the name after '&'
---@field alias string? kind alias: the name after '*'

---A stream of YAML documents. `#doc` is their number. An edit replaces bytes: comments, quoting, indentation, line
---endings, byte order mark, blank lines and a missing final line break stay. It proves itself by parsing the
---result: unless exactly the wanted value changed it raises (kind internal) and the text stays as it was.
---
---What is written follows its surroundings: indentation, whether lists stand right of their key, spaces in flow
---collections, the line break of the line beside it. A string takes the quotes (or `|`, `>` with its chomping) of the
---value it replaces, a new one those of its neighbour; plain only where every schema reads the same string.
---
---Edits raise kind `not_found` when the path does not exist (the message says how far it goes), `argument` for
---a document, index or value that cannot be, and `unsupported` where they would change more than asked: inside a
---node whose anchor is used elsewhere, through an alias or merged key, on explicit keys (`? key`), under an
---application's own tag.
---@class yaml.Document
---@operator len: integer
local document = {}

---Parse a stream for questions and edits.
---Raises kind `parse` with file, line and column.
---@param text string
---@param opts? { file?: string, schema?: 'kubernetes'|'core' } `file` is for messages; schema: kubernetes by default
---@return yaml.Document
function yaml.document(text, opts) end

---The value of a document, as `yaml.decode` gives it; nil when the stream holds none.
---@param n? integer from 1; default 1
---@return any
function document:value(n) end

---Every node that a pattern reaches, in file order. `'*'` stands for one key or item, `'**'` for any number of steps,
---none included. Aliases are matches, never entered; a key that is a collection is passed over.
---Raises kind `limit` for more than 63 steps.
---@param pattern (yaml.Step|'*'|'**')[]
---@param n? integer only this document; default all
---@return yaml.Match[]
function document:query(pattern, n) end

---The value at a path, aliases and merge keys followed; nil when there is none.
---@param path yaml.Step[]
---@param n? integer document, default 1
---@return any
function document:get(path, n) end

---The node at a path, nothing followed; nil when there is none.
---@param path yaml.Step[]
---@param n? integer document, default 1
---@return yaml.Match?
function document:at(path, n) end

---Write a value. A last key that is missing is added at the end of its map; `{}` or null on the way
---to it becomes a map. A key that only a merge key gives is written where the path says.
---@param path yaml.Step[]
---@param value any `ifx.null` for null
---@param n? integer document, default 1
---@return yaml.Document self
function document:set(path, value, n) end

---Put an item before item `index` of a list. `[]` and null become a list.
---@param path yaml.Step[] of the list
---@param index integer 1 … number of items + 1
---@param value any
---@param n? integer document, default 1
---@return yaml.Document self
function document:insert(path, index, value, n) end

---Put an item at the end of a list. `[]` and null become a list.
---@param path yaml.Step[] of the list
---@param value any
---@param n? integer document, default 1
---@return yaml.Document self
function document:append(path, value, n) end

---Remove a pair or an item: its lines, its trailing comment, and the comment lines directly above it when they stand at
---its column and directly below the previous entry. Any other comment may be a heading and stays: one with an
---empty line before it, one above the first entry, one at another column. A collection that loses its last
---entry becomes `[]` or `{}`.
---@param path yaml.Step[]
---@param n? integer document, default 1
---@return yaml.Document self
function document:delete(path, n) end

---Give a pair another key, in the style of the old one. Raises kind `exists` when its map has that key.
---@param path yaml.Step[] of the pair
---@param new_key string
---@param n? integer document, default 1
---@return yaml.Document self
function document:rename(path, new_key, n) end

---The bytes as they are now.
---@return string
function document:text() end

---Free the document at once; it cannot be used afterwards. Harmless when repeated; also `<close>`.
function document:close() end

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
---followed. Raises 'parse' with line and column.
---@param text string UTF-8
---@param options? { file: string? } named by errors
---@return node.Node[]
function node.manifests(text, options) end

---The text of values as sigs.k8s.io/yaml writes it: keys in natural order, block style, folded at 80 columns, strings quoted
---where YAML 1.1 would read something else; `---` between several. Raises 'parse' for what has no text: a key that is no
---string, a number that its text is not, infinity.
---@param values node.Node|node.Node[]
---@return string
function node.print(values) end

---What stands at a path: texts are keys, integers items from 1. A scalar comes as its text, null as `ifx.null`; nil where
---there is nothing.
---@param ... string|integer
---@return node.Node|string|nil
function Node:get(...) end

---@return 'null'|'boolean'|'integer'|'real'|'time'|'string'|'list'|'map'
function Node:kind() end

---The line of the text that it was read from, from 1; 0 for a value that was made.
---@return integer
function Node:line() end

return node

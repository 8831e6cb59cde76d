-- hcl.lua: definitions of the C module `hcl`. SPDX-License-Identifier: Apache-2.0
---@meta hcl

---HCL2 in native syntax (Terraform, Terragrunt, Packer, Nomad): a file with its spans, edited by bytes. It is generic:
---no name of a block or an argument has a meaning. All positions are bytes from 1 and include both ends, as in
---`string.sub`; lines and columns are counted from 1, columns in characters.
---@class hcl
local hcl = {}

---A block with its body. Its `id` names it for the life of the document: edits do not change it.
---@class hcl.Block
---@field id integer
---@field type string
---@field labels string[] what they stand for: without quotes, escapes resolved
---@field label_spans { start: integer, stop: integer }[] quotes included
---@field parent integer? the id of the block around it
---@field depth integer 0 at the top level
---@field start integer first byte of its type
---@field stop integer its closing brace
---@field body_start integer first byte behind the opening brace
---@field body_stop integer last byte before the closing brace; `body_start - 1` when there is none
---@field line integer
---@field column integer

---`name = expression`.
---@class hcl.Attribute
---@field name string
---@field block integer? the id of its block; nil at the top level
---@field start integer first byte of the name
---@field stop integer last byte of the expression
---@field expr_start integer
---@field expr_stop integer
---@field expr string the expression as it is written
---@field line integer
---@field column integer

---Where an expression stands; nil where there is no such thing around it.
---@class hcl.Place
---@field start integer
---@field stop integer
---@field line integer
---@field column integer
---@field attribute string? name of the attribute that it belongs to
---@field block integer? id of the block of that attribute

---A part of a string: literal text, `${ expression }` or `%{ directive }`.
---@class hcl.Part
---@field start integer
---@field stop integer
---@field text string? literal text, escapes resolved; the indentation that `<<-` takes away and what `~` trims are still in it
---@field raw string? the same as it is written
---@field expr string? the expression as it is written: of `${ }`, of `%{ if }` and `%{ for }`
---@field traversal string? the same when the expression is a traversal: 'path.module'
---@field directive 'if'|'else'|'endif'|'for'|'endfor'|nil

---A quoted template or a heredoc in an expression; also one inside the `${ }` of another. Labels are not among them.
---@class hcl.String: hcl.Place
---@field style 'quoted'|'heredoc' a heredoc ends with its closing marker, before the line break
---@field inner_start integer first byte between the quotes; of a heredoc, of its first line
---@field inner_stop integer `inner_start - 1` when it is empty
---@field value string? what it stands for; nil with `${ }` or `%{ }`
---@field parts hcl.Part[]
---@field whole boolean is it the whole expression of the attribute?
---@field call string? the innermost function call around it
---@field arg integer? in which argument of that call, from 1
---@field direct boolean is it the whole of that argument?
---@field key string? the innermost object key whose value it is, or is in; of constant keys
---@field is_key boolean it is itself the key of an object

---A reference such as `var.a`, `module.x["k"].ids[0]`, or one name alone. Bare keys of objects are not among them.
---@class hcl.Traversal: hcl.Place
---@field root string
---@field names string[] the names up to the first index or splat, `root` first
---@field text string as it is written
---@field bound boolean `root` is a variable that a for-expression or directive around it makes

---@class hcl.Call: hcl.Place
---@field name string with its namespace: 'provider::local::parse'
---@field args { start: integer, stop: integer }[]
---@field expand boolean the last argument is followed by `...`

---A file. Edits replace bytes: comments, alignment, indentation, line endings and the byte order mark of all that is
---not edited stay. The result is parsed again, and unless every block and attribute outside of the edited span is there
---as before, the edit raises (kind `parse` with the place in the text as it would have been, or `argument`) and the
---document stays as it was. Positions that were asked for before an edit are those of the text before it.
---@class hcl.Document
local document = {}

---Parses a file for questions and edits. Limits: 64 MiB, 200 levels of blocks, expressions and templates, 8 million
---words and signs (kind `limit`).
---Raises kind `parse` with file, line and column.
---@param text string
---@param opts? { file?: string } named in errors
---@return hcl.Document
function hcl.document(text, opts) end

---A string as a quoted literal: quotes, backslashes, control characters, `${` and `%{` escaped.
---Raises kind `argument` for text that is not UTF-8.
---@param text string
---@return string literal with its quotes
function hcl.quote(text) end

---A file in canonical style, byte for byte as `terraform fmt` 1.11 writes it: indentation, spaces, alignment, labels in
---quotes, `"${x}"` as `x`, types of variables in today's spelling, no byte order mark. Empty lines and line endings stay.
---Two things that it gets wrong are left as they are: a label with `$` or `%` in it, and `"${ }"` with a comment that ends
---its line. Raises what `hcl.document` raises.
---@param text string
---@param opts? { file?: string } named in errors
---@return string
function hcl.format(text, opts) end

---The bytes as they are now.
---@return string
function document:text() end

---Every block, nested ones too, in the order of the file; only those of a type when one is given.
---@param type? string
---@return hcl.Block[]
function document:blocks(type) end

---The attributes of a block, in the order of the file; without a block those of the top level.
---Raises kind `not_found` for a block that edits have taken away.
---@param block? hcl.Block|integer the block, or its id
---@return hcl.Attribute[]
function document:attributes(block) end

---One attribute of a block, or of the top level (block nil); nil when there is none.
---Raises kind `not_found` for a block that edits have taken away.
---@param block hcl.Block|integer|nil
---@param name string
---@return hcl.Attribute?
function document:find(block, name) end

---Every quoted template and heredoc, in the order of the file.
---@return hcl.String[]
function document:strings() end

---Every traversal, in the order of the file; those in the indexes of another follow it.
---@return hcl.Traversal[]
function document:traversals() end

---Every function call, in the order of the file; only those of a function when its name is given.
---@param name? string
---@return hcl.Call[]
function document:calls(name) end

---The value of an attribute whose expression is constant: literals, strings without `${ }`, lists and objects of
---these, parentheses, a minus before a number. Objects keep the order of their keys (`ifx.keys`), null is `ifx.null`,
---whole numbers of 64 bits are integers. Nil and the reason otherwise.
---Raises kind `not_found` for an attribute that is no longer there.
---@param attribute hcl.Attribute
---@return any value
---@return string? why
function document:value(attribute) end

---Gives an attribute this expression. A missing one is added behind the last attribute of its block, without one at the
---end: on a line of its own, indented as its neighbours, its `=` under that of the line above. `{}` becomes lines.
---Raises `parse` or `argument` for what is not one expression, `not_found` for a block that is gone.
---@param block hcl.Block|integer|nil nil: the top level
---@param name string
---@param expression string as it shall stand there; `hcl.quote` makes one of a string
---@return hcl.Document self
function document:set(block, name, expression) end

---Removes a block or an attribute: its lines, the comment behind it, the comment lines directly above it, and the empty
---lines that parted it from one side.
---Raises kind `not_found` when it is gone already.
---@param item hcl.Block|hcl.Attribute
---@return hcl.Document self
function document:remove(item) end

---Adds blocks and arguments at the end of a block, or of the file: indented to their place, heredocs so that they keep
---their value; an empty line before a block, and before what follows one.
---Raises `parse` for what does not parse (the place is that in `text`), `not_found` for a block that is gone.
---@param block hcl.Block|integer|nil nil: the end of the file
---@param text string
---@return hcl.Document self
function document:append(block, text) end

---Puts a text in the place of a span that is inside of one expression or label. What other items there are, and where
---the expression ends, must stay. An empty span (`stop = start - 1`) is one between two bytes.
---@param start integer
---@param stop integer
---@param text string
---@return hcl.Document self
function document:replace(start, stop, text) end

---Frees the document at once; it cannot be used afterwards. Harmless when repeated; also `<close>`.
function document:close() end

return hcl

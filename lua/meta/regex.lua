---@meta
-- regex.lua: module `regex`: regular expressions as tools write them (PCRE2). SPDX-License-Identifier: Apache-2.0
local regex = {}

---A compiled expression.
---@class regex.Regex
local Regex = {}

---Compile. `go` is the syntax of Go and RE2 (SOPS, Renovate): what PCRE2 knows and they refuse (backreferences, looking
---around, atomic groups, possessive repetition) is refused. `python` is that of Python's `re` (pre-commit).
---Raises 'parse' with the column in bytes, 'limit' for more than 64 KiB or what compiles to too much, 'argument' for
---another syntax.
---@param source string
---@param syntax? 'go'|'python' default 'go'
---@return regex.Regex
function regex.compile(source, syntax) end

---A text as an expression that matches just that text.
---@param text string
---@return string
function regex.quote(text) end

---Does it match anywhere in the text? Bytes that are not UTF-8 match nothing. Raises 'limit' when an expression
---backtracks too long (a million steps).
---@param text string
---@return boolean
function Regex:match(text) end

---The first match at or after byte `from` (default 1): its first and last byte (an empty one ends before it begins);
---nothing when there is none. Raises as `match`.
---@param text string
---@param from? integer
---@return integer? first
---@return integer? last
function Regex:find(text, from) end

---Free now instead of at the next collection; later calls raise 'argument'. Harmless when repeated.
function Regex:close() end

return regex

---@meta
-- scan.lua: module `scan`: search in text at the speed of C. SPDX-License-Identifier: Apache-2.0
local scan = {}

---Strings that are searched for all at once; the time is linear in the text and the matches.
---@class scan.Matcher
local Matcher = {}

---Compile. An empty string raises 'argument'; more than 2 GiB in all 'limit'. Of equal strings the first is reported.
---@param strings string[]
---@return scan.Matcher
function scan.matcher(strings) end

---Every occurrence, overlapping ones too, as a flat list: first byte, index of the string, first byte, index …
---in the order of their last bytes, longer before shorter.
---@param text string
---@return integer[]
function Matcher:find(text) end

---Free now instead of at the next collection; later calls raise 'argument'. Harmless when repeated.
function Matcher:close() end

---Strings of which a text may hold some: one pass, however many they are.
---@class scan.Signs
local Signs = {}

---@param strings string[] an empty string raises 'argument'
---@return scan.Signs
function scan.signs(strings) end

---Which of the strings a text holds: their indexes as keys.
---@param text string
---@return table<integer, true>
function Signs:of(text) end

---Free now instead of at the next collection; later calls raise 'argument'. Harmless when repeated.
function Signs:close() end

---A set of strings that `scan.words` asks without copying parts of the text.
---@class scan.Set
local Set = {}

---@param strings string[] the empty string is never a member
---@return scan.Set
function scan.set(strings) end

---@param s string
---@return boolean
function Set:has(s) end

---Free now instead of at the next collection; later calls raise 'argument'. Harmless when repeated.
function Set:close() end

---The words of a text that look like paths, as a flat list: first byte, last byte, sort, first byte … A word is
---a run of letters, digits, `_-./+@~%*?${}` and non-ASCII letters (a comma counts inside braces) that holds a '/' or
---is in `names`. With `segments`, a word with a '/' counts only when its last segment is a member, and so is each before
---it that is made of letters, digits and `_-.` (unless the word holds '..'); when it ends in '..', or when it holds a
---wildcard or variable. A URL (scheme, `://`, up to a blank, quote or bracket) is one word and always counts. The sort is
---0 for a word of letters, digits and `_-./` alone that neither begins with '-' nor ends with '.', 2 for a URL, else 1.
---@param text string
---@param names? scan.Set
---@param segments? scan.Set
---@return integer[]
function scan.words(text, names, segments) end

return scan

---@meta
-- subst.lua: module `subst`: variables of a text replaced by their values. SPDX-License-Identifier: Apache-2.0
local subst = {}

---A text with each `${…}` replaced, by the rules of drone/envsubst as Flux has them; `$$` stands for `$`. Known are `${a}`,
---`${#a}`, `${a=x}`, `${a:=x}`, `${a:-x}`, `${a:?x}`, `${a:+x}` (all five: x where a is empty or not set), `${a,}`, `${a,,}`,
---`${a^}`, `${a^^}`, `${a:from}`, `${a:from:count}` (bytes; negative: from the end), `${a#p}`, `${a##p}`, `${a%p}`, `${a%%p}`,
---`${a/p/x}`, `${a//p/x}`, `${a/#p/x}` and `${a/%p/x}`; words may hold `${…}`. A variable that is not set is empty.
---Raises 'parse' with line and column for what is none of these, 'limit' for more than 200 within each other and for
---patterns that take too long, 'not_found' for a variable that `strict` misses, 'argument'.
---@param text string
---@param variables table<string, string>
---@param options? { strict: boolean?, file: string? } strict: what is not set needs a default; file: named by errors
---@return string
---@return string[] unset names that were read without a value and without a default, in the order of their first uses
function subst.expand(text, variables, options) end

return subst

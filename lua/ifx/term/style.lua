-- style.lua: colours and weights, where a terminal shows them. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local term = require 'term'

local CODES = {
  bold = 1, dim = 2, italic = 3, underline = 4, reverse = 7,
  red = 31, green = 32, yellow = 33, blue = 34, magenta = 35, cyan = 36, grey = 90,
}

local M = { CODES = CODES }

local mode = 'auto'
local decided = {}

---Set when `style` colours: 'auto' (the default: on terminals, unless NO_COLOR is set or TERM is 'dumb'), 'always', 'never'.
---@param when 'auto'|'always'|'never'
function M.color(when)
  if when ~= 'auto' and when ~= 'always' and when ~= 'never' then
    err.raise { kind = 'argument', message = "term.color: 'auto', 'always' or 'never' expected, got " .. tostring(when) }
  end
  mode, decided = when, {}
end

---Is what goes to this stream coloured?
---@param stream? 'stdout'|'stderr' default stdout
---@return boolean
function M.colored(stream)
  stream = stream or 'stdout'
  if decided[stream] == nil then
    local env = require('fs').env
    local wanted = (env 'NO_COLOR' or '') == '' and env 'TERM' ~= 'dumb' and term.isatty(stream)
    decided[stream] = mode == 'always' or (mode == 'auto' and wanted)
  end
  return decided[stream]
end

---The text in a style where the stream is coloured, else the text itself.
---@param text string
---@param how string words: bold dim italic underline reverse red green yellow blue magenta cyan grey
---@param stream? 'stdout'|'stderr' default stdout
---@return string
function M.style(text, how, stream)
  local codes = {}
  for word in how:gmatch '%S+' do
    codes[#codes + 1] = CODES[word] or err.raise { kind = 'argument', message = "term.style: no style '" .. word .. "'" }
  end
  if #codes == 0 or not M.colored(stream) then return text end
  return '\27[' .. table.concat(codes, ';') .. 'm' .. text .. '\27[0m'
end

return M

-- pairs.lua: what a generator is told: literals, files, lists of variables. SPDX-License-Identifier: Apache-2.0
local M = {}

---@class kustomize.Pair
---@field key string
---@field value string  bytes

local BOM = '\xEF\xBB\xBF'
local LONGEST = 65536 -- bytes of a line with its end: what the real tool's reader holds; it reads no further, and says nothing

-- What Go takes for white space beyond ASCII.
local SPACES = { [0x85] = true, [0xA0] = true, [0x1680] = true, [0x2028] = true, [0x2029] = true, [0x202F] = true,
  [0x205F] = true, [0x3000] = true }
for code = 0x2000, 0x200A do SPACES[code] = true end

local function refuse(message, hint) err.raise { kind = 'config', message = message, hint = hint } end

local function trimmed(line)
  while true do
    line = line:gsub('^[ \t\r\n\v\f]+', '')
    if line == '' or not SPACES[utf8.codepoint(line)] then return line end
    line = line:sub(utf8.offset(line, 2))
  end
end

-- One line of a list of variables; nil for an empty one and for a comment.
local function variable(line, number)
  if not utf8.len(line) then
    refuse(('line %d has invalid utf8 bytes : %s'):format(number, line),
      'a list of variables is UTF-8; add binary content under files')
  end
  if number == 1 and line:sub(1, 3) == BOM then line = line:sub(4) end
  line = trimmed(line)
  if line == '' or line:sub(1, 1) == '#' then return nil end
  local key, value = line:match '^([^=]*)=(.*)$'
  if key == '' then return nil end
  return { key = key or line, value = value or '' }
end

local function add_variables(out, text, named, env)
  local number, at = 0, 1
  while at <= #text do
    local stop = text:find('\n', at, true) or #text + 1
    number = number + 1
    if stop - at + 1 > LONGEST then
      env:warn(('%s:%d: the line is longer than %d bytes: kustomize reads neither it nor what follows')
        :format(named, number, LONGEST))
      return
    end
    local line = text:sub(at, stop - 1)
    out[#out + 1] = variable(line:sub(-1) == '\r' and line:sub(1, -2) or line, number)
    at = stop + 1
  end
end

local function unquoted(text)
  local first = text:sub(1, 1)
  if #text < 2 or first ~= text:sub(-1) or (first ~= '"' and first ~= "'") then return text end
  return text:sub(2, -2)
end

local function literal(source)
  local key, value = source:match '^([^=]+)=(.*)$'
  if not key then
    refuse(('invalid literal source %s, expected key=value'):format(source))
  end
  return { key = key, value = unquoted(value) }
end

-- The key and the path that an entry of `files` names.
local function file_source(source)
  local _, count = source:gsub('=', '')
  if count == 0 then return path.basename(source), source end
  local key, named = source:match '^([^=]*)=(.*)$'
  if count > 1 then
    refuse(('source "%s" key name or file path contains \'=\''):format(source), 'rename the file, or take = out of the key')
  elseif key == '' then
    refuse(('missing key name for file path "%s" in source "%s"'):format(named, source))
  elseif named == '' then
    refuse(('missing file path for key name "%s" in source "%s"'):format(key, source))
  end
  return key, named
end

local function each(sources, what, take)
  for _, source in ipairs(sources or {}) do
    local ok, e = pcall(take, source)
    if not ok then error(err.wrap(e, ('loading KV pairs: %s: [%s]'):format(what, table.concat(sources, ' '))), 0) end
  end
end

---What the sources of a generator hold, in their order. Raises 'config', 'not_found'.
---@param args { envs: string[]|nil, literals: string[]|nil, files: string[]|nil }
---@param env kustomize.Env
---@return kustomize.Pair[]
function M.of(args, env)
  local out = {}
  each(args.envs, 'env source files', function(named) add_variables(out, env:read(named), named, env) end)
  each(args.literals, 'literal sources', function(source) out[#out + 1] = literal(source) end)
  each(args.files, 'file sources', function(source)
    local key, named = file_source(source)
    out[#out + 1] = { key = key, value = env:read(named) }
  end)
  return out
end

return M

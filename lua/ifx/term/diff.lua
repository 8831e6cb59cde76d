-- diff.lua: unified diffs after Myers' algorithm. SPDX-License-Identifier: Apache-2.0
local M = {}

-- Beyond this many changed lines the shortest script costs more than it is worth (its search is quadratic in it).
local MAX_CHANGES = 1000

-- Lines with their ends; the last one may have none.
local function lines_of(text)
  local lines, at, size = {}, 1, #text
  while at <= size do
    local stop = text:find('\n', at, true) or size
    lines[#lines + 1] = text:sub(at, stop)
    at = stop + 1
  end
  return lines
end

-- Go down the diagonal from (x, y) while the lines are equal.
local function slide(a, b, x, y, a_last, b_last)
  while x < a_last and y < b_last and a[x + 1] == b[y + 1] do x, y = x + 1, y + 1 end
  return x, y
end

-- For each number of changes d, how far each diagonal was reached; nil when more than MAX_CHANGES are needed.
local function search(a, b, first, a_last, b_last)
  local reached, trace = { [1] = first }, {}
  for d = 0, math.min(a_last + b_last - 2 * first, MAX_CHANGES) do
    local now = {}
    for k = -d, d, 2 do
      local down = k == -d or (k ~= d and (reached[k - 1] or -1) < (reached[k + 1] or -1))
      local x = down and reached[k + 1] or reached[k - 1] + 1
      local y
      x, y = slide(a, b, x, x - k, a_last, b_last)
      now[k] = x
      if x >= a_last and y >= b_last then
        trace[d] = now
        return trace, d
      end
    end
    for k, x in pairs(now) do reached[k] = x end
    trace[d] = now
  end
  return nil
end

-- Mark every line between the common start and end as changed.
local function replace_all(first, a_last, b_last, gone, come)
  for x = first + 1, a_last do gone[x] = true end
  for y = first + 1, b_last do come[y] = true end
end

-- Walk the search back and mark the lines that go and come.
local function backtrack(trace, d, a_last, b_last, gone, come)
  local x, y = a_last, b_last
  while d > 0 do
    local before, k = trace[d - 1], x - y
    local left, right = before[k - 1], before[k + 1]
    local down = k == -d or (k ~= d and (left or -1) < (right or -1))
    if down then
      x = right
      y = x - k
      come[y] = true
      y = y - 1
    else
      x = left + 1
      y = x - k
      gone[x] = true
      x = x - 1
    end
    d = d - 1
  end
end

-- Which lines of a go and which of b come.
local function changes(a, b)
  local a_last, b_last = #a, #b
  local first = slide(a, b, 0, 0, a_last, b_last)
  while a_last > first and b_last > first and a[a_last] == b[b_last] do a_last, b_last = a_last - 1, b_last - 1 end
  local gone, come = {}, {}
  local trace, d = search(a, b, first, a_last, b_last)
  if trace then
    backtrack(trace, d, a_last, b_last, gone, come)
  else
    replace_all(first, a_last, b_last, gone, come)
  end
  return gone, come
end

-- The script as lines and the tag of each; within a change what goes stands before what comes.
local function script(a, b)
  local gone, come = changes(a, b)
  local tags, lines, x, y, n = {}, {}, 1, 1, 0
  local a_last, b_last = #a, #b
  while x <= a_last or y <= b_last do
    n = n + 1
    if gone[x] then
      tags[n], lines[n], x = '-', a[x], x + 1
    elseif come[y] then
      tags[n], lines[n], y = '+', b[y], y + 1
    else
      tags[n], lines[n], x, y = ' ', a[x], x + 1, y + 1
    end
  end
  return { tags = tags, lines = lines }
end

local function range(start, count)
  if count == 1 then return tostring(start) end
  return ('%d,%d'):format(count == 0 and start - 1 or start, count)
end

-- The entries from..to as one hunk; old and new are the line numbers of its first entry.
local function hunk(out, entries, from, to, old, new)
  local olds, news, body = 0, 0, {}
  for i = from, to do
    local tag, line = entries.tags[i], entries.lines[i]
    if tag ~= '+' then olds = olds + 1 end
    if tag ~= '-' then news = news + 1 end
    body[#body + 1] = tag .. line
    if line:sub(-1) ~= '\n' then body[#body + 1] = '\n\\ No newline at end of file\n' end
  end
  out[#out + 1] = ('@@ -%s +%s @@\n'):format(range(old, olds), range(new, news))
  out[#out + 1] = table.concat(body)
end

-- The last entry of the hunk whose first change is entry i: changes at most 2 * context apart share a hunk.
local function hunk_end(tags, i, context)
  local last = i
  for k = i + 1, #tags do
    if tags[k] ~= ' ' then
      last = k
    elseif k - last > 2 * context then
      break
    end
  end
  return math.min(last + context, #tags)
end

local function hunks(entries, context)
  local out, tags, old, new, i, shown = {}, entries.tags, 1, 1, 1, 0
  while i <= #tags do
    if tags[i] == ' ' then
      i, old, new = i + 1, old + 1, new + 1
    else
      local back = math.min(context, i - 1 - shown)
      shown = hunk_end(tags, i, context)
      hunk(out, entries, i - back, shown, old - back, new - back)
      for k = i, shown do
        if tags[k] ~= '+' then old = old + 1 end
        if tags[k] ~= '-' then new = new + 1 end
      end
      i = shown + 1
    end
  end
  return table.concat(out)
end

local function header(sign, side, text, name)
  return ('%s %s\n'):format(sign, text and side .. name or '/dev/null')
end

---@param old string?
---@param new string?
---@param opts ifx.term.DiffOptions
---@return string
function M.unified(old, new, opts)
  if old == new then return '' end
  local name = opts.file or 'file'
  local new_name = opts.new_file or name
  local a, b = old or '', new or ''
  if a:find('\0', 1, true) or b:find('\0', 1, true) then
    local from, to = old and 'a/' .. name or '/dev/null', new and 'b/' .. new_name or '/dev/null'
    return ('Binary files %s and %s differ\n'):format(from, to)
  end
  local entries = script(lines_of(a), lines_of(b))
  return header('---', 'a/', old, name) .. header('+++', 'b/', new, new_name) .. hunks(entries, opts.context or 3)
end

return M

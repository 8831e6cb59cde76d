-- plain.lua: a comparison as lists, for browsers that run no script. SPDX-License-Identifier: Apache-2.0
local plain = {}

local LONGEST = 200 -- characters of a value

local ESCAPES = { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&#39;' }

---Text as it stands between tags and in quoted attributes.
---@param text string
---@return string
function plain.escape(text) return (text:gsub('[&<>"\']', ESCAPES)) end

local escape = plain.escape

local function value(text)
  if not text then return '<em>not there</em>' end
  local last = utf8.offset(text, LONGEST)
  return ('<code>%s</code>'):format(escape(last and last < #text and text:sub(1, last - 1) .. '…' or text))
end

local function field(item)
  local said = item.masked and '<em>differs (secret)</em>' or value(item.before) .. ' → ' .. value(item.after)
  return ('<li><code>%s</code>: %s</li>'):format(escape(item.path), said)
end

local WORDS = { added = 'added', removed = 'removed', changed = 'changed', reowned = 'another owner', uncertain = 'not known' }

local function names(labels) return #labels == 0 and 'nobody' or table.concat(labels, ' and ') end

local function place(side, word)
  if not side or side.place == '' then return '' end
  return (' <small>%s %s</small>'):format(word, escape(side.place))
end

local function add_change(out, change)
  local name = change.namespace ~= '' and change.namespace .. '/' .. change.name or change.name
  out[#out + 1] = ('<li>%s: %s <b>%s</b>'):format(WORDS[change.sort], escape(change.kind), escape(name))
  if change.uncertain then out[#out + 1] = escape(', what ' .. change.uncertain .. ' applies is not known') end
  if change.reowned then
    out[#out + 1] = escape((', from %s to %s'):format(names(change.before.owners), names(change.after.owners)))
  end
  out[#out + 1] = place(change.before, 'before') .. place(change.after, 'after')
  if #change.fields > 0 then
    out[#out + 1] = '<ul>'
    for _, item in ipairs(change.fields) do out[#out + 1] = field(item) end
    out[#out + 1] = '</ul>'
  end
  out[#out + 1] = '</li>\n'
end

local function add_hazards(out, hazards)
  if #hazards == 0 then return end
  out[#out + 1] = '<h2>Hazards</h2>\n<ul>\n'
  for _, hazard in ipairs(hazards) do
    out[#out + 1] = ('<li>%s: <code>%s</code> %s<br>→ %s<br>%s</li>\n'):format(hazard.severity, escape(hazard.id),
      escape(hazard.reason), escape(hazard.remedy), escape(table.concat(hazard.objects, ', ')))
  end
  out[#out + 1] = '</ul>\n'
end

local function add_unknown(out, unknown)
  if #unknown == 0 then return end
  out[#out + 1] = '<h2>Not known</h2>\n<ul>\n'
  for _, item in ipairs(unknown) do
    local said = item.same and item.after .. ' (before and after)' or item.before and item.after
      and ('before: %s; after: %s'):format(item.before, item.after)
      or item.before and 'before: ' .. item.before or 'after: ' .. item.after
    out[#out + 1] = ('<li><b>%s</b> (%s): %s</li>\n'):format(escape(item.entry), escape(item.cluster), escape(said))
  end
  out[#out + 1] = '</ul>\n'
end

---All of it, by cluster and owner, folded nowhere.
---@param model table  as the page's script gets it
---@return string
function plain.list(model)
  local out, cluster = {}, nil
  add_hazards(out, model.hazards)
  for _, group in ipairs(model.groups) do
    if group.cluster ~= cluster then
      cluster = group.cluster
      out[#out + 1] = ('<h2>%s</h2>\n'):format(escape(cluster))
    end
    out[#out + 1] = ('<h3>%s</h3>\n<ul>\n'):format(escape(group.owner))
    for _, change in ipairs(group.changes) do add_change(out, change) end
    out[#out + 1] = '</ul>\n'
  end
  add_unknown(out, model.unknown)
  return table.concat(out)
end

return plain

-- draw.lua: draw references, and texts that were not reported, at random from repositories. SPDX-License-Identifier: Apache-2.0
--   AUDIT_SEED=1 AUDIT_COUNT=200 AUDIT_REPOS="DIR DIR" ifx eval "$(cat tests/audit/draw.lua)"
-- AUDIT_PLUGINS="helm docker" draws references of these plugins alone, AUDIT_EACH=20 that many of each repository at the most.
-- Prints two tables as tab-separated lines: R (a reference) and T (a text that holds a slash or is the name of a tracked
-- file or folder, and lies in no reported reference). The verdicts are somebody's who sees file and line only.
local fs = require 'fs'
local graph = require 'ifx.repo.graph'
local path = require 'ifx.path'
local plugins = require 'ifx.plugin'
local term = require 'term'
local text = require 'ifx.text'
local tree = require 'ifx.repo.tree'

local SEPARATORS = '[^%s"\'`<>|,;(){}%[%]=]+'
local MOST_BYTES = 1024 * 1024 -- larger files are data

local function field(value)
  return term.clean(tostring(value == nil and '' or value))
end

local function names_of(t)
  local names = {}
  for _, entry in ipairs(t:files()) do
    local p = entry.path
    while p ~= '' do
      names[path.basename(p)] = true
      p = path.dirname(p)
    end
  end
  return names
end

-- Byte spans of what was reported in a file, references and what was not understood.
local function reported(g)
  local spans, lines = {}, {}
  for _, ref in ipairs(g.references) do
    spans[ref.file] = spans[ref.file] or {}
    table.insert(spans[ref.file], { ref.start, ref.stop })
  end
  for _, item in ipairs(g.unknown) do
    lines[item.file .. ':' .. (item.line or 1)] = true
  end
  return spans, lines
end

local function covered(spans, first, last)
  for _, span in ipairs(spans or {}) do
    if first <= span[2] and last >= span[1] then return true end
  end
  return false
end

local function add_texts(pool, repo, t, g)
  local names = names_of(t)
  local spans, unknown = reported(g)
  for _, entry in ipairs(t:files()) do
    local bytes = (entry.mode == '100644' or entry.mode == '100755') and t:try_read(entry.path)
    if bytes and #bytes <= MOST_BYTES and not bytes:find('\0', 1, true) then
      for first, word, after in bytes:gmatch('()(' .. SEPARATORS .. ')()') do
        if (word:find('/', 1, true) or names[word]) and not covered(spans[entry.path], first, after - 1) then
          local line, column = text.position(bytes, first)
          if not unknown[entry.path .. ':' .. line] then
            pool[#pool + 1] = { 'T', repo, entry.path, line, column, word }
          end
        end
      end
    end
  end
end

local wanted
for name in (fs.env 'AUDIT_PLUGINS' or ''):gmatch '%S+' do
  wanted = wanted or {}
  wanted[name] = true
end

local function add_references(pool, repo, g)
  for _, ref in ipairs(g.references) do
    if not wanted or wanted[ref.plugin] then
      pool[#pool + 1] = {
        'R', repo, ref.file, ref.line, ref.column, ref.text, ref.kind, ref.target or (ref.object and ref.object.name) or '',
        ref.resolved == nil and 'unknown' or ref.resolved and 'resolved' or 'broken', ref.why or '',
      }
    end
  end
end

local function shuffle(pool)
  for i = #pool, 2, -1 do
    local j = math.random(i)
    pool[i], pool[j] = pool[j], pool[i]
  end
  return pool
end

local function draw(pool, count)
  shuffle(pool)
  for i = 1, math.min(count, #pool) do
    local row = pool[i]
    for k, value in ipairs(row) do row[k] = field(value) end
    term.write(('%s%d\t%s\n'):format(row[1], i, table.concat(row, '\t', 2)))
  end
end

math.randomseed(tonumber(fs.env 'AUDIT_SEED'))
local references, texts = {}, {}
local each = tonumber(fs.env 'AUDIT_EACH' or math.maxinteger)
for dir in fs.env('AUDIT_REPOS'):gmatch '%S+' do
  local t <close> = tree.worktree(dir)
  local registry = plugins.registry {}
  local g = graph.build(t, { plugins = registry:contributions 'references' })
  local found, unreported = {}, {}
  add_references(found, path.basename(dir), g)
  add_texts(unreported, path.basename(dir), t, g)
  if each < math.maxinteger then
    shuffle(found)
    shuffle(unreported)
  end
  table.move(found, 1, math.min(each, #found), #references + 1, references)
  table.move(unreported, 1, math.min(each, #unreported), #texts + 1, texts)
end
term.write(('seed %s: %d references, %d texts not reported\n'):format(fs.env 'AUDIT_SEED', #references, #texts))
draw(references, tonumber(fs.env 'AUDIT_COUNT'))
draw(texts, tonumber(fs.env 'AUDIT_COUNT'))

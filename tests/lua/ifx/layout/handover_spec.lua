-- handover_spec.lua: what owners lose and gain. SPDX-License-Identifier: Apache-2.0
local handover = require 'ifx.layout.handover'

local OBJECTS = {
  ['a/volume.yaml'] = { { kind = 'PersistentVolumeClaim', namespace = 'x', name = 'data' }, { kind = 'Service', name = 's' } },
  ['a/web.yaml'] = { { kind = 'Deployment', name = 'web' } }, ['new/web.yaml'] = { { kind = 'Deployment', name = 'web' } },
  ['spare.yaml'] = { { kind = 'ConfigMap', name = 'spare' } },
}

local function facts(moves)
  local back = {}
  for old, new in pairs(moves) do back[new] = old end
  local function objects(path) return OBJECTS[path] or {} end
  return {
    moved = function(old) return moves[old] end, origin = function(new) return back[new] end, objects = objects,
    objects_after = objects, exists = function(path) return OBJECTS[path] and 'file' end,
    expect = function() end, sources = {}, parts = {},
    exists_after = function(path) return path ~= 'gone.yaml' and 'file' or nil end,
  }
end

local function owner(id, ...)
  local files = {}
  for _, file in ipairs { ... } do files[file] = true end
  return { id = id, files = files }
end

describe('ifx.layout.handover', function()
  it('finds what an owner loses, with the data that would go', function()
    local before = { owner('one', 'a/volume.yaml', 'a/web.yaml') }
    local losses = handover.losses(facts { ['a/volume.yaml'] = 'b/volume.yaml' }, before, { owner('one', 'a/web.yaml') })
    assert.equal(1, #losses)
    assert.equal(before[1], losses[1].owner)
    assert.same({ 'a/volume.yaml' }, losses[1].files)
    assert.equal('1 file with 2 objects (PersistentVolumeClaim x/data)', handover.words(losses[1]))
    local asked, known = nil, facts { ['a/volume.yaml'] = 'b/volume.yaml' }
    known.expect = function(paths) asked = paths end
    handover.losses(known, before, { owner('one', 'b/volume.yaml') })
    assert.same({ 'a/web.yaml' }, asked)
    local elsewhere = facts { ['a/volume.yaml'] = 'b/volume.yaml' }
    elsewhere.gains_only = true
    assert.same({}, handover.losses(elsewhere, before, { owner('one', 'a/web.yaml') }))
  end)

  it('finds no loss when the owner follows its files, and a whole one when it is gone', function()
    local before = { owner('one', 'a/web.yaml') }
    local moved = facts { ['a/web.yaml'] = 'new/web.yaml' }
    assert.same({}, handover.losses(moved, before, { owner('one', 'new/web.yaml') }))
    assert.equal('1 file with 1 object', handover.words(handover.losses(moved, before, {})[1]))
    assert.equal(1, #handover.losses(moved, before, { owner('two', 'new/web.yaml') }))
  end)

  it('misses no list that goes and holds no object', function()
    local losses = handover.losses(facts {}, { owner('one', 'gone.yaml', 'a/web.yaml') }, { owner('one', 'a/web.yaml') })
    assert.same({}, losses)
  end)

  it('finds what nobody applied, but neither what changes hands nor what is made', function()
    local before, known = { owner('one', 'a/web.yaml') }, facts { ['a/web.yaml'] = 'new/web.yaml' }
    assert.is_nil(handover.gains(known, before, { owner('two', 'new/web.yaml', 'made.yaml') }))
    local gain = handover.gains(known, before, { owner('two', 'new/web.yaml', 'spare.yaml') })
    assert.same({ 'spare.yaml' }, gain.files)
    assert.equal(1, gain.objects)
  end)
end)

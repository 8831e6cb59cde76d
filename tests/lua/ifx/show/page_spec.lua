-- page_spec.lua: a comparison as one HTML page. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local fs = require 'fs'
local hash = require 'hash'
local host = require 'host'
local json = require 'json'
local proc = require 'proc'

local FLUX = 'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: own, namespace: f }\n'
  .. 'spec: { url: "ssh://git.example/x/own" }\n---\n'
for _, name in ipairs { 'one', 'two' } do
  FLUX = FLUX .. ('apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: %s, namespace: f }\n'
    .. 'spec: { path: ./%s, prune: true, sourceRef: { kind: GitRepository, name: own } }\n---\n'):format(name, name)
end

local function object(kind, name, rest)
  return ('apiVersion: v1\nkind: %s\nmetadata: { name: %s, namespace: n }\n%s\n---\n'):format(kind, json.encode(name), rest or '')
end

-- The page of two trees, with the arguments given; and what the command printed.
local function page(before, after, ...)
  local words, files = { ... }, {}
  for _, side in ipairs { 'before', 'after' } do
    files[side .. '/x.yaml'] = FLUX
    for _, name in ipairs { 'one', 'two' } do
      files[('%s/%s/keep.yaml'):format(side, name)] = object('ConfigMap', 'keep-' .. name)
    end
  end
  for path, text in pairs(before) do files['before/' .. path] = text end
  for path, text in pairs(after) do files['after/' .. path] = text end
  return contract.with_files(files, function(dir)
    local file = fs.join(dir, 'page.html')
    local done = proc.run({ host.exe, 'diff', '-C', dir, 'before', 'after', '--html', file, table.unpack(words) },
      { check = false })
    assert.same({ 0, '' }, { done.status, done.stderr })
    return fs.read(file), done.stdout, fs.stat(file).mode
  end)
end

local function data_of(html)
  return json.decode((assert(html:match '<script type="application/json" id="data">(.-)</script>')))
end

local function tags(html, name)
  local _, opened = html:gsub('<' .. name .. '[ >]', '')
  local _, closed = html:gsub('</' .. name .. '>', '')
  return { opened, closed }
end

local HOSTILE = '</script><img src=x onerror=alert(1)>'

describe('ifx diff --html', function()
  it('says the verdict first, and then all that changes, by cluster and owner', function()
    local html, printed = page(
      { ['one/x.yaml'] = object('ConfigMap', 'a', 'data: { v: old }') .. object('ConfigMap', 'gone'),
        ['two/x.yaml'] = object('ConfigMap', 'b') },
      { ['one/x.yaml'] = object('ConfigMap', 'b') .. object('ConfigMap', 'a', 'data: { v: new }'),
        ['two/x.yaml'] = object('ConfigMap', 'come') })
    local verdict = printed:match '^[^\n]+'
    assert.equal(verdict, html:match('<h1>(.-)</h1>'):gsub('</?span>', ''), nil)
    assert.matches('^4 objects differ: 1 removed, 1 added, 1 changed, 1 with another owner;', verdict)
    local data = data_of(html)
    assert.same({ added = 1, removed = 1, changed = 1, reowned = 1, uncertain = 0, same = 4 }, data.counts)
    assert.same({ 'Kustomization f/one', 'Kustomization f/two' }, { data.groups[1].owner, data.groups[2].owner })
    assert.same({ sort = 'changed', kind = 'ConfigMap', group = '', namespace = 'n', name = 'a', reowned = false,
      before = { place = 'one/x.yaml:1', owners = { 'Kustomization f/one' } },
      after = { place = 'one/x.yaml:6', owners = { 'Kustomization f/one' } },
      fields = { { path = 'data.v', before = 'old', after = 'new' } } }, data.groups[1].changes[1])
    local handed = data.groups[1].changes[2]
    assert.same({ 'reowned', true, { 'Kustomization f/two' }, { 'Kustomization f/one' } },
      { handed.sort, handed.reowned, handed.before.owners, handed.after.owners })
  end)

  it('needs nothing beside it, and allows no other script or style than its own', function()
    local html = page({ ['one/x.yaml'] = object('ConfigMap', 'a') }, {})
    assert.same({}, { html:match 'https?:', html:match 'src%s*=', html:match '@import', html:match 'url%(', html:match ' on%w+=',
      html:match ' style=' })
    local function digest(text) return "'sha256-" .. hash.base64(hash.unhex(hash.sha256(text))) .. "'" end
    assert.equal(("default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'"):format(
      digest(html:match '<script>(.-)</script>'), digest(html:match '<style>(.-)</style>')),
      html:match '<meta http%-equiv="Content%-Security%-Policy" content="(.-)">')
    assert.is_true(html:find('Content-Security-Policy', 1, true) < html:find('<style', 1, true))
  end)

  it('takes what comes from the trees for text', function()
    local value = 'data: { v: ' .. json.encode('</script><script>alert(1)</script><!--\u{2028}\u{2029}&amp; @SCRIPT@') .. ' }'
    local html = page({ ['one/x.yaml'] = object('ConfigMap', HOSTILE, value) .. object(HOSTILE, 'b') },
      { ['one/x.yaml'] = object('ConfigMap', HOSTILE, 'data: { v: "<b>" }') })
    assert.same({ { 2, 2 }, { 1, 1 }, { 0, 0 } }, { tags(html, 'script'), tags(html, 'noscript'), tags(html, 'img') })
    assert.same({}, { html:match '\u{2028}', html:match '\u{2029}', html:match '<!%-%-' })
    local changes = data_of(html).groups[1].changes
    local names = { [changes[1].name] = changes[1].kind, [changes[2].name] = changes[2].kind }
    assert.same({ [HOSTILE] = 'ConfigMap', b = HOSTILE }, names)
    local changed = changes[1].sort == 'changed' and changes[1] or changes[2]
    assert.same({ '</script><script>alert(1)</script><!--\\xE2\\x80\\xA8\\xE2\\x80\\xA9&amp; @SCRIPT@', '<b>' },
      { changed.fields[1].before, changed.fields[1].after })
    assert.matches('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;', html:match '<noscript>(.-)</noscript>', 1, true)
  end)

  it('tells values apart that read alike', function()
    local function config(values) return { ['one/x.yaml'] = object('Thing', 'a', 'spec: ' .. values) } end
    local html = page(config '{ a: 9007199254740993, b: 1, c: "true", d: "", e: [1], f: "a\\tb", g: "x ", h: null }',
      config '{ a: 9007199254740992, b: 1.0, c: true, d: null, e: { x: 1 }, f: "a b", g: x }')
    local said = {}
    for _, field in ipairs(data_of(html).groups[1].changes[1].fields) do
      said[#said + 1] = ('%s: %s → %s'):format(field.path, field.before, field.after)
    end
    assert.same({ 'spec.a: 9007199254740993 → 9007199254740992', 'spec.b: 1 → 1.0', 'spec.c: "true" → true',
      'spec.d: "" → null', 'spec.e: [1] → {"x":1}', 'spec.f: a\tb → a b', 'spec.g: "x " → x',
      'spec.h: null → nil' }, said)
  end)

  it('tells no secret', function()
    local html = page({ ['one/x.yaml'] = object('Secret', 's', 'stringData: { k: hunter2 }') },
      { ['one/x.yaml'] = object('Secret', 's', 'stringData: { k: hunter3 }') })
    assert.is_nil(html:match 'hunter')
    assert.same({ { path = 'stringData.k', masked = true } }, data_of(html).groups[1].changes[1].fields)
    assert.matches('stringData.k</code>: <em>differs (secret)</em>', html, 1, true)
  end)

  it('says what is not known, and why', function()
    local broken = 'resources: [missing.yaml]\n'
    local html = page({ ['one/x.yaml'] = object('ConfigMap', 'a'), ['two/kustomization.yaml'] = broken },
      { ['one/kustomization.yaml'] = broken, ['two/kustomization.yaml'] = broken })
    local data, why = data_of(html), "'missing.yaml' doesn't exist"
    assert.same({ { entry = 'Kustomization f/one', cluster = 'in-cluster', same = false, after = why },
      { entry = 'Kustomization f/two', cluster = 'in-cluster', same = true, before = why, after = why } }, data.unknown)
    assert.same({ 'uncertain', 'Kustomization f/one' },
      { data.groups[1].changes[1].sort, data.groups[1].changes[1].uncertain })
    assert.matches('is%-changed', html)
  end)

  it('says what is dangerous, for the whole and for each object', function()
    local html, printed = page({ ['one/x.yaml'] = object('ConfigMap', 'a') .. object('ConfigMap', 'gone') },
      { ['two/x.yaml'] = object('ConfigMap', 'a') }, '--json')
    local data, found = data_of(html), json.decode(printed).hazards
    assert.equal(#found, #data.hazards)
    local gone, moved = data.groups[1].changes[1], data.groups[2].changes[1]
    assert.same({ 'gone', 'a' }, { gone.name, moved.name })
    for i, hazard in ipairs(data.hazards) do
      assert.same({ found[i].severity, found[i].id, found[i].reason, found[i].remedy },
        { hazard.severity, hazard.id, hazard.reason, hazard.remedy })
      local change = found[i].object:match '/gone$' and gone or moved
      assert.same({ 'ConfigMap n/' .. change.name }, hazard.objects)
      assert.same({ i - 1 }, change.hazards)
      assert.matches(('<li>%s: <code>%s</code> '):format(hazard.severity, hazard.id), html, 1, true)
    end
    assert.is_true(#data.hazards == 2)
  end)

  it('is read without a script', function()
    local html = page({ ['one/x.yaml'] = object('ConfigMap', 'a', 'data: { v: ' .. ('é'):rep(300) .. ' }') },
      { ['one/x.yaml'] = object('ConfigMap', 'a', 'data: { v: "" }') })
    local list = html:match '<noscript>\n(.-) *</noscript>'
    assert.equal('<h2>in-cluster</h2>\n<h3>Kustomization f/one</h3>\n<ul>\n<li>changed: ConfigMap <b>n/a</b> <small>before '
      .. 'one/x.yaml:1</small> <small>after one/x.yaml:1</small><ul><li><code>data.v</code>: <code>' .. ('é'):rep(199)
      .. '…</code> → <code>&quot;&quot;</code></li></ul></li>\n</ul>\n', list)
  end)

  it('is a page also when nothing changes', function()
    local html, printed, mode = page({}, {}, '--json')
    assert.matches('<section class="verdict is%-equal"', html)
    assert.same({ {}, {} }, { data_of(html).groups, data_of(html).unknown })
    assert.equal('ifx.diff/1', json.decode(printed).format)
    assert.equal(0, mode & 73) -- not executable
  end)

  it('fails where the file cannot be written', function()
    contract.with_files({ ['a/x.yaml'] = FLUX }, function(dir)
      local done = proc.run({ host.exe, 'diff', '-C', dir, 'a', 'a', '--html', dir .. '/no/such/page.html' }, { check = false })
      assert.same({ 1, '' }, { done.status, done.stdout })
      assert.matches('no/such', done.stderr, 1, true)
    end)
  end)
end)

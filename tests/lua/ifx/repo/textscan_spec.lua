-- textscan_spec.lua: which words count as paths. SPDX-License-Identifier: Apache-2.0
local graph = require 'ifx.repo.graph'
local fixture = dofile((debug.getinfo(1, 'S').source:match('^@(.*/)') or './') .. 'fixture.lua')

local files = {
  ['apps/web/deploy.yaml'] = '', ['apps/web/k8s/svc.yaml'] = '', ['apps/api/deploy.yaml'] = '', ['docs/guide.md'] = '',
  ['docs/img/plan.svg'] = '', ['infra/base/mem/mem.yaml'] = '', ['infra/base/README.md'] = '', ['terraform/main.tf'] = '',
  ['Makefile'] = '', ['tools/run.sh'] = '', ['tools/lib/common.sh'] = '',
}

-- What is found in a text that stands at `path` of that tree: 'text -> target'.
local function found(path, content, urls)
  local all = {}
  for p, text in pairs(files) do all[p] = text end
  all[path] = content
  local out = {}
  for i, ref in ipairs(graph.build(fixture.tree(all), { part = path, repo_urls = urls }).references) do
    assert.equal(ref.text, content:sub(ref.start, ref.stop))
    assert.is_false(ref.exact)
    out[i] = ref.text .. ' -> ' .. ref.target
  end
  return out
end

describe('text references', function()
  it('are words that lead somewhere from the file or the root', function()
    assert.same({
      'img/plan.svg -> docs/img/plan.svg', 'apps/web/deploy.yaml -> apps/web/deploy.yaml', '../infra/base -> infra/base',
    },
      found('docs/x.md', 'see img/plan.svg, apps/web/deploy.yaml:12 (or ../infra/base); not apps/none.yaml nor and/or'))
  end)

  it('lose the signs that prose puts around them', function()
    assert.same({ 'apps/web/deploy.yaml -> apps/web/deploy.yaml', 'docs/guide.md -> docs/guide.md', './docs/ -> docs',
      'apps/api -> apps/api', 'docs/guide.md -> docs/guide.md' },
      found('x.md', '**apps/web/deploy.yaml** "docs/guide.md". `./docs/`… apps/api? [a](docs/guide.md#top)'))
  end)

  it('may be the only path that ends so', function()
    assert.same({ 'mem/mem.yaml -> infra/base/mem/mem.yaml' }, found('x.md', 'mem/mem.yaml mem.yaml base/ deploy.yaml'))
    assert.same({ 'k8s/ -> apps/web/k8s' }, found('apps/x.md', 'k8s/ base/'))
    assert.same({ 'guide.md -> docs/guide.md' }, found('docs/x.md', 'guide.md is not your own `guide.md`'))
    assert.same({ 'svc.yaml -> apps/web/k8s/svc.yaml', 'deploy.yaml -> apps/web/deploy.yaml' },
      found('apps/web/x.md', 'svc.yaml and deploy.yaml'))
    assert.same({}, found('x.md', '[main.tf](gone/main.tf) README.md'))
    assert.same({ 'mem.yaml -> infra/base/mem/mem.yaml' }, found('tools/x.sh', 'apply mem.yaml; apply deploy.yaml'))
    assert.same({}, found('tools/x.yaml', 'file: mem.yaml # mem.yaml'))
    assert.same({ './apps/web -> apps/web' }, found('x.md', 'x install web apps/web; x install web ./apps/web'))
  end)

  it('may be a name with two extensions in a comment, where the tree has only one file of that name', function()
    local function said(content, file, more)
      local tree = { [file] = content, ['vars/all.sops.yaml'] = '', ['x/secret.sops.yaml'] = '', ['x/one.yaml'] = '' }
      if more then tree[more] = '' end
      local out = {}
      for i, ref in ipairs(graph.build(fixture.tree(tree), { part = file }).references) do out[i] = ref.target end
      return out
    end
    local comment = 'a: "" # From all.sops.yaml, secret.sops.yaml, one.yaml'
    assert.same({ 'vars/all.sops.yaml' }, said(comment, 'tools/x.yaml'))
    assert.same({}, said(comment, 'tools/x.yaml', 'other/all.sops.yaml'))
    assert.same({}, said('all.sops.yaml', 'tools/x.yaml'))
    assert.same({}, said('From all.sops.yaml', 'tools/x.md'))
  end)

  it('follow a variable that stands for a directory', function()
    assert.same({ 'apps/web -> apps/web', 'lib/common.sh -> tools/lib/common.sh', '../terraform/main.tf -> terraform/main.tf',
      'docs/guide.md -> docs/guide.md' },
      found('tools/x.sh', '$ROOT/apps/web ${HERE}/lib/common.sh "$(dirname "$0")/../terraform/main.tf" {{ root }}/docs/guide.md'))
    assert.same({}, found('tools/x.sh', 'cat $HOME/docs/guide.md ~/docs/guide.md apps/$NAME/deploy.yaml %s/docs/guide.md'))
  end)

  it('take one name behind a variable for a directory only where the variable says so, and never in a value', function()
    assert.same({ 'apps -> apps', 'docs -> docs', 'Makefile -> Makefile', 'run.sh -> tools/run.sh' },
      found('tools/x.sh', 'ls ${REPO_ROOT}/apps $REPO_DIR/docs $ROOT/Makefile $X/run.sh'))
    assert.same({}, found('tools/x.sh', 'ls ${BUCKET_REPO}/apps $REPO/docs $OUT/terraform'))
    assert.same({}, found('x.yaml', 'repository: ${BACKUP_ROOT}/apps'))
  end)

  it('are entries that were commented out, from the folder of their file', function()
    assert.same({ 'deploy.yaml -> apps/web/deploy.yaml', './k8s/svc.yaml -> apps/web/k8s/svc.yaml' },
      found('apps/web/x.yaml', 'resources:\n  # - deploy.yaml\n  #- "./k8s/svc.yaml"\n  # - svc.yaml\n  # - mem/mem.yaml'))
    assert.same({ 'svc.yaml -> apps/web/k8s/svc.yaml', 'mem/mem.yaml -> infra/base/mem/mem.yaml' },
      found('apps/web/x.yaml', '# - see svc.yaml\n# - mem/mem.yaml is another'))
  end)

  it('are directories that a shell enters', function()
    assert.same({ 'terraform -> terraform', 'lib -> tools/lib' },
      found('tools/x.sh', 'cd terraform && make -C lib all; echo docs'))
  end)

  it('are globs that match something behind a directory', function()
    assert.same({ 'apps/*/deploy.yaml -> apps/*/deploy.yaml', 'apps/{web,api}/deploy.yaml -> apps/{web,api}/deploy.yaml',
      'docs/** -> docs/**' }, found('x.md', 'apps/*/deploy.yaml apps/{web,api}/deploy.yaml docs/** *.yaml apps/*.tf **/*.md'))
  end)

  it('take an absolute path for one of the tree only in prose', function()
    assert.same({ '/docs/guide.md -> docs/guide.md' }, found('x.md', '/docs/guide.md /docs /etc/hosts'))
    assert.same({}, found('x.yaml', 'mountPath: /docs/guide.md'))
    assert.same({ '/docs/guide.md -> docs/guide.md' }, found('x.yaml', 'a: 1 # see /docs/guide.md'))
  end)

  it('are few in data: no names of images, no bare keys', function()
    assert.same({ './apps/web -> apps/web', 'docs/img/plan.svg -> docs/img/plan.svg' },
      found('x.yaml', 'image: apps/web\nimage: apps/api:1.2\nmem.yaml: |\npath: ./apps/web\nfile: docs/img/plan.svg\n'
        .. 'docs: guide.md\n'))
  end)

  it('are addresses of the own repository, by the part that is a path', function()
    local own = { 'git@github.com:me/mine.git' }
    assert.same({ 'docs/guide.md -> docs/guide.md', 'apps/web -> apps/web' }, found('x.md',
      'https://github.com/me/mine/blob/main/docs/guide.md#x https://github.com/me/mine/tree/main/apps/web. '
        .. 'https://github.com/other/mine/blob/main/docs/guide.md https://example.org/docs/guide.md', own))
  end)

  it('are the names in tree drawings', function()
    local drawing = 'repo/\n├── apps/\n│   ├── web/        # see docs/guide.md\n│   │   └── deploy.yaml\n'
      .. '│   └── none.yaml\n└── docs/\n'
    assert.same({ 'apps/ -> apps', 'web/ -> apps/web', 'docs/guide.md -> docs/guide.md', 'deploy.yaml -> apps/web/deploy.yaml',
      'docs/ -> docs' }, found('x.md', drawing))
    assert.same({}, found('x.md', 'new/\n├── here/\n├── there/\n└── docs2/\n'))
    local tree = fixture.tree { ['x.md'] = 'a\n├── a/\n', ['a/b'] = '' }
    local ref = graph.build(tree, {}).references[1]
    assert.same({ 'text.tree', true }, { ref.kind, ref.editable, ref.locked })
    tree = fixture.tree { ['x.md'] = 'a\n├── a/\n│   └── b\n', ['a/b'] = '' }
    ref = graph.build(tree, {}).references[1]
    assert.same({ 'text.tree', false, 'a tree drawing' }, { ref.kind, ref.editable, ref.locked })
  end)

  it('are directories that a pattern begins with', function()
    assert.same({ 'docs/ -> docs' }, found('x.json5', '["(^|/)docs/.+\\\\.ya?ml$"]'))
  end)

  it('do not include words of other alphabets, diffs and fractions', function()
    assert.same({ 'docs/guide.md -> docs/guide.md' }, found('x.md', '→docs/guide.md← 1/2 a/docs/guide.md2 I/O 2024/01/02'))
  end)
end)

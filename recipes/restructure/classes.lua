-- classes.lua: what files hold, told by name or by the kinds of the objects in them. SPDX-License-Identifier: Apache-2.0

local YAML = { '**/*.{yml,yaml}' }

-- Services, one of which says its image or how it is built.
local function is_compose(text)
  text = '\n' .. text
  return text:find '\nservices:' ~= nil and (text:find '\n +image:' or text:find '\n +build:') ~= nil
    and not text:find '\napiVersion:'
end

-- A list of plays, each of which names its hosts, or of playbooks that it takes in.
local function is_playbook(text)
  local first = ('\n' .. text):gsub('\n%s*#[^\n]*', ''):gsub('\n%-%-%-[^\n]*', '')
  return first:find '^%s*\n%- ' ~= nil and (first:find '\n[- ] hosts:' or first:find '\n[- ] [%w.]*import_playbook:') ~= nil
end

-- In order: the first class that fits a file is what a draft goes by. A folder holds a class when one of its files does and
-- none is program source. `objects`: kinds of Kubernetes objects, '*' for any. `text`: asked of the text of files `among`.
return {
  {
    name = 'source',
    files = {
      '**/*.{py,go,js,mjs,ts,tsx,jsx,vue,rs,java,kt,rb,php,c,h,cc,cpp,cs,swift,scala,ex,erl,hs,css,scss,html}',
      '**/{Dockerfile,Containerfile,package.json,go.mod,Cargo.toml,pom.xml,requirements.txt,pyproject.toml}',
      '**/Dockerfile.*',
    },
  },
  { name = 'workload', objects = { 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'HelmRelease' } },
  { name = 'kubernetes', objects = { '*' } },
  {
    name = 'compose', files = { '**/{compose,docker-compose}.{yml,yaml}', '**/{compose,docker-compose}.*.{yml,yaml}' },
    among = YAML, text = is_compose,
  },
  {
    name = 'ansible', among = YAML, text = is_playbook,
    files = {
      '**/{ansible.cfg,galaxy.yml}', '**/roles/*/{tasks,handlers,defaults,vars,meta,templates,files}/**',
      '**/{group_vars,host_vars}/**',
    },
  },
  { name = 'terraform', files = { '**/*.{tf,tfvars,tofu,hcl}', '**/*.tfvars.example' } },
  { name = 'docs', files = { '**/*.{md,adoc,rst,txt,png,svg,jpg,jpeg,drawio}', '**/{LICENSE,NOTICE,CHANGELOG}' } },
  { name = 'scripts', files = { '**/*.{sh,bash,ps1}', '**/{Makefile,justfile,Justfile,Taskfile.yml,Taskfile.yaml}' } },
}

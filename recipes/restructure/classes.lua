-- classes.lua: what files hold, told by name or by the kinds of the objects in them. SPDX-License-Identifier: Apache-2.0

-- In order: the first class that fits a file is what a draft goes by. A folder holds a class when one of its files does and
-- none is program source. `objects`: kinds of Kubernetes objects, '*' for any.
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
  { name = 'terraform', files = { '**/*.{tf,tfvars,tofu,hcl}', '**/*.tfvars.example' } },
  { name = 'docs', files = { '**/*.{md,adoc,rst,txt,png,svg,jpg,jpeg,drawio}', '**/{LICENSE,NOTICE,CHANGELOG}' } },
  { name = 'scripts', files = { '**/*.{sh,bash,ps1}', '**/{Makefile,justfile,Justfile,Taskfile.yml,Taskfile.yaml}' } },
}

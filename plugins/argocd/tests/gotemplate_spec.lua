-- gotemplate_spec.lua: Go templates in ApplicationSets, as Go with sprig 3.3 fills them in. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'
local json = require 'json'

local plugin = contract.plugin()

local DATA = [[{"name":"My App_x","n":3,"f":1.5,"big":1000000,"t":true,"no":false,"empty":"","list":["b","a","b"],
"nums":[1,2.5,3],"m":{"a":{"b":"deep"},"k":"v","z":null},"el":[],"em":{},
"path":{"path":"apps/a","segments":["apps","a"]},"null":null,"host":"a.b.example.com"}]]

-- What Go makes of templates.
local FILLED = {
  { '{{ .name }}', 'My App_x' },
  { '{{.name | lower}} {{ .name | upper }}', 'my app_x MY APP_X' },
  { '{{ .none }}', '<no value>' },
  { '{{ .none.x }}', '<no value>' },
  { '{{ .m.a.b }} {{ .m.q }} {{ .m.q.r }}', 'deep <no value> <no value>' },
  { '{{ .null }}', '<no value>' },
  { '{{ .n }} {{ .f }} {{ .big }} {{ .t }} {{ .list }} {{ .m }} {{ .nums }} {{ .el }}',
    '3 1.5 1e+06 true [b a b] map[a:map[b:deep] k:v z:<nil>] [1 2.5 3] []' },
  { '{{ index .list 1 }} {{ index .m "a" "b" }} {{ index .m "none" }}', 'a deep <no value>' },
  { '{{ default "d" .none }} {{ default "d" .empty }} {{ .name | default "x" }} {{ .no | default "x" }}', 'd d My App_x x' },
  { '{{ dig "a" "b" "def" .m }} {{ dig "a" "c" "def" .m }} {{ dig "q" "c" "def" .m }}', 'deep def def' },
  { '{{ get .m "k" }} {{ get .m "none" }}|{{ hasKey .m "z" }}{{ hasKey .m "none" }}', 'v |truefalse' },
  { '{{ if .t }}yes{{ else }}no{{ end }}{{ if .no }}yes{{ else if .n }}n{{ else }}no{{ end }}', 'yesn' },
  { '{{ range .list }}{{ . }},{{ end }}{{ range $i, $e := .list }}{{ $i }}={{ $e }};{{ end }}'
    .. '{{ range .el }}x{{ else }}none{{ end }}',
    'b,a,b,0=b;1=a;2=b;none' },
  { '{{ range $k, $v := .m }}{{ $k }}:{{ $v }};{{ end }}', 'a:map[b:deep];k:v;z:<no value>;' },
  { '{{ with .m.a }}{{ .b }}{{ $.name }}{{ end }}{{ with .none }}x{{ else }}y{{ end }}', 'deepMy App_xy' },
  { '{{ $x := 5 }}{{ $x }}{{ $x = 6 }}{{ $x }}', '56' },
  { '{{ if eq .name "a" "My App_x" }}eq{{ end }}', 'eq' },
  { '{{ eq .n 3.0 }} {{ lt .n 4.0 }} {{ gt .f 1.0 }} {{ le "a" "b" }}', 'true true true true' },
  { '{{ and .t .no }} {{ or .no "x" }} {{ not .t }} {{ and .none .none.x }}', 'false x false <no value>' },
  { '{{ len .list }} {{ len .name }} {{ len .m }}', '3 8 3' },
  { "{{ printf \"%s-%d-%v-%q-%%\" .name 5 .n \"a\\\"b\" }}", "My App_x-5-3-\"a\\\"b\"-%" },
  { '{{ printf "%d" .n }}', '%!d(float64=3)' },
  { '{{ printf "%05d|%5s|%-5s|" 42 "ab" "cd" }}', '00042|   ab|cd   |' },
  { '{{ print 1 2 "a" "b" 3 }} {{ print "a" 1 }}', '1 2ab3 a1' },
  { '{{ .name | replace " " "-" | trimSuffix "x" | trimPrefix "My" }}', '-App_' },
  { '{{ trimAll "-_" "--a_" }}|{{ trim "  a b " }}|{{ nospace " a b " }}', 'a|a b|ab' },
  { '{{ .host | splitList "." | first }} {{ (splitList "." .host) | last }} {{ join "-" .list }} {{ (split "." .host)._1 }}',
    'a com b-a-b b' },
  { '{{ rest .list }} {{ initial .list }} {{ reverse .list }} {{ uniq .list }} {{ sortAlpha .list }}'
    .. ' {{ has "a" .list }} {{ without .list "b" }}',
    '[a b] [b a] [b a b] [b a] [a b b] true [a]' },
  { '{{ append .list "c" }} {{ prepend .list "c" }} {{ concat .list .nums }}', '[b a b c] [c b a b] [b a b 1 2.5 3]' },
  { '{{ list 1 "a" }} {{ dict "a" 1 "b" "c" }}', '[1 a] map[a:1 b:c]' },
  { '{{ quote .name 1 }} {{ squote .name }} {{ cat "a" 1 .n }}', "\"My App_x\" \"1\" 'My App_x' a 1 3" },
  { '{{ trunc 3 .name }} {{ trunc -3 .name }} {{ trunc 30 .name }} {{ substr 1 4 .name }} {{ repeat 3 "ab" }}',
    'My  p_x My App_x y A ababab' },
  { '{{ add 1 2 .n }} {{ sub 5 .n }} {{ mul 2 .n }} {{ div 7 2 }} {{ mod 7 .n }} {{ add1 4 }}'
    .. ' {{ max 1 .n 2 }} {{ min 1 .n }} {{ div -7 2 }}',
    '6 2 6 3 1 5 3 1 -3' },
  { '{{ int .f }} {{ int64 "12" }} {{ atoi "7" }} {{ atoi "x" }} {{ float64 "1.5" }} {{ .n | int }}', '1 12 7 0 1.5 3' },
  { '{{ toJson .m }} {{ toJson .nums }} {{ .big | toJson }} {{ toJson "<a>" }}',
    "{\"a\":{\"b\":\"deep\"},\"k\":\"v\",\"z\":null} [1,2.5,3] 1000000 \"\\u003ca\\u003e\"" },
  { "{{ (fromJson \"{\\\"a\\\":[1]}\").a }}", '[1]' },
  { '{{ b64enc .name }} {{ b64enc .name | b64dec }} {{ sha256sum "a" }}',
    'TXkgQXBwX3g= My App_x ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' },
  { '{{ ternary "a" "b" .t }} {{ coalesce .none .empty "z" }} {{ empty .em }}{{ empty .n }}', 'a z truefalse' },
  { '{{ normalize .name }} {{ normalize "a/b_C." }}', 'my-app-x a-b-c' },
  { '{{ regexMatch "^M" .name }} {{ regexReplaceAll "[A-Z]" .name "_" }} {{ regexFind "[a-z]+" .name }}', 'true _y _pp_x y' },
  { '{{ contains "App" .name }} {{ hasPrefix "My" .name }} {{ hasSuffix "x" .name }}', 'true true true' },
  { '{{- .name -}}   x   {{- "y" }}', 'My App_xxy' },
  { 'a {{/* comment */}} b {{- /* c */ -}} c', 'a  bc' },
  { "{{ \"raw\" }} {{ `ra\"w` }} {{ \"a\\tb\\u00e9\" }}", "raw ra\"w a\tbé" },
  { '{{ 1 | add 2 }} {{ -3 }} {{ 1.5 }} {{ true }}', '3 -3 1.5 true' },
  { '{{ keys .m | sortAlpha | join "," }} {{ pick .m "k" }} {{ omit .m "a" "z" }} {{ pluck "k" .m .em }}',
    'a,k,z map[k:v] map[k:v] [v]' },
  { '{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ mergeOverwrite (dict "a" 1) (dict "a" 2 "b" 3) }}',
    'map[a:1 b:3] map[a:2 b:3]' },
  { '{{ until 3 }} {{ range $i := until 2 }}{{ $i }}{{ end }}', '[0 1 2] 01' },
  { '{{ toString .f }}{{ toString .none }} {{ title "hello big world" }}', '1.5<nil> Hello Big World' },
  { '{{ $m := .m }}{{ $m.a.b }} {{ (index .list 0) }} {{ (.m.a).b }}', 'deep b deep' },
  { '{{ if and (eq .path.path "apps/a") (not .no) }}ok{{ end }}', 'ok' },
  { '{{ with $y := .name }}{{ $y }}{{ end }}', 'My App_x' },
  { '{{ if $z := .name }}{{ $z }}{{ end }}', 'My App_x' },
  { '{{ eq nil nil }}', 'true' },
  { '{{ eq .none nil }}', 'true' },
  { '{{ base "a/b" }} {{ base "" }}', 'b .' },
  { '{{ .path.segments }} {{ index .path.segments 0 }}', '[apps a] apps' },
}

-- What Go refuses.
local REFUSED = {
  '{{ .null.x }}', '{{ .name.x }}', '{{ index .list 5 }}', '{{ index .list .n }}', '{{ index .none "x" }}',
  '{{ dig "k" "x" "def" .m }}', '{{ if eq .name "My App_x" }}eq{{ end }}{{ if ne .name "q" "r" }}x{{ end }}',
  '{{ eq .n 3 }}', '{{ ternary "a" "b" .n }}', '{{ lower .n }}', '{{ .name | lower 1 }}', '{{ if }}x{{ end }}', '{{ .name',
  '{{ end }}', '{{ if .t }}x', '{{ "a" "b" }}', '{{ .name "x" }}', "{{ indent 2 \"a\nb\" }}{{ nindent 2 \"a\" }}",
  '{{ slice .name 1 3 }} {{ slice .list 1 }}', '{{ $undefined }}', '{{ nil }}', '{{ .list.x }}', '{{ range .n }}x{{ end }}',
}

-- What Go refuses where a missing key is an error.
local STRICT = {
  '{{ .none }}', '{{ .none.x }}', '{{ .m.a.b }} {{ .m.q }} {{ .m.q.r }}',
  '{{ default "d" .none }} {{ default "d" .empty }} {{ .name | default "x" }} {{ .no | default "x" }}',
  '{{ with .m.a }}{{ .b }}{{ $.name }}{{ end }}{{ with .none }}x{{ else }}y{{ end }}',
  '{{ and .t .no }} {{ or .no "x" }} {{ not .t }} {{ and .none .none.x }}',
  '{{ ternary "a" "b" .t }} {{ coalesce .none .empty "z" }} {{ empty .em }}{{ empty .n }}',
  '{{ toString .f }}{{ toString .none }} {{ title "hello big world" }}', '{{ eq .none nil }}',
}

local function id(kind, name) return ('in-cluster:%s.argoproj.io/argocd/%s'):format(kind, name) end

-- A set that makes one Application, which no file of the tree is for.
local function set(name, annotations, options)
  return json.encode { apiVersion = 'argoproj.io/v1alpha1', kind = 'ApplicationSet',
    metadata = { name = name, namespace = 'argocd' }, spec = {
      goTemplate = true, goTemplateOptions = options, generators = { { list = { elements = { json.decode(DATA) } } } },
      template = { metadata = { name = 'made', annotations = annotations },
        spec = { destination = { name = 'in-cluster' }, source = { repoURL = 'https://charts.example', chart = 'none' } } },
    } }
end

describe('a Go template', function()
  it('becomes what Go makes of it', function()
    local annotations = {}
    for i, case in ipairs(FILLED) do annotations['n' .. i] = case[1] end
    local result = contract.entrypoints(plugin, { files = { ['set.json'] = set('set', annotations) }, expect = {
      { id = id('ApplicationSet', 'set') },
      { id = id('Application', 'made'), opaque = 'the chart none is in the repository https://charts.example' },
    } })
    local made = result.by_id[id('ApplicationSet', 'set')].objects[1].node
    for i, case in ipairs(FILLED) do
      assert.equal(case[2], made:get('metadata', 'annotations', 'n' .. i), case[1])
    end
  end)

  local function refused(cases, options)
    local files, expect = {}, {}
    for i, text in ipairs(cases) do
      local name = ('set%03d'):format(i)
      files[name .. '.json'] = set(name, { n = text }, options)
      expect[i] = { id = id('ApplicationSet', name), objects = {}, problems = { 'failed' } }
    end
    contract.entrypoints(plugin, { files = files, expect = expect })
  end

  it('is refused where Go refuses it', function()
    refused(REFUSED)
    refused(STRICT, { 'missingkey=error' })
  end)

  it('ends', function()
    refused { '{{ range $i := until 10000 }}{{ range $j := until 10000 }}{{ $i }}{{ end }}{{ end }}',
      '{{ range $i := until 10000 }}{{ repeat 1000000 "x" }}{{ end }}', '{{ until 1000000000 }}' }
  end)
end)

-- docker_spec.lua: the laws of finders, for Dockerfiles and compose files. SPDX-License-Identifier: Apache-2.0
local contract = require 'ifx.contract'

describe('docker', function()
  local plugin = contract.plugin()

  it('keeps the laws of finders in Dockerfiles', function()
    contract.references(plugin, {
      files = {
        ['é/Dockerfile'] = '\xef\xbb\xbfFROM x\r\nCOPY a.txt \\\r\n  # é\r\n  "b.txt" /\r\nCOPY ["a.txt", "/"]\r\n'
          .. 'RUN --mount=type=bind,source=b.txt,target=/b é\r\nCOPY $A gone.txt /\r\n',
        ['é/a.txt'] = 'x\n', ['é/b.txt'] = 'x\n',
      },
      expect = {
        { kind = 'docker.copy', line = 2, column = 6, text = 'a.txt', target = 'é/a.txt', resolved = true },
        { kind = 'docker.copy', line = 4, column = 4, text = 'b.txt', target = 'é/b.txt', resolved = true },
        { kind = 'docker.copy', line = 5, column = 8, text = 'a.txt', resolved = true },
        { kind = 'docker.mount', line = 6, text = 'b.txt', resolved = true },
      },
    })
  end)

  it('keeps them in compose files, whatever their names', function()
    contract.references(plugin, {
      files = {
        ['compose.yaml'] = "services:\r\n  é:\r\n    build: { context: 'app' }\r\n    env_file: [\"a.env\", gone.env]\r\n",
        ['stack.yml'] = 'x: &x ["./app:/app", data:/data]\nservices:\n  web: { image: nginx, volumes: *x }\n',
        ['app/Dockerfile'] = 'FROM x\n', ['a.env'] = 'A=1\n', ['.env'] = '# é\r\nAPP="./app"\r\nNAME=é\r\n',
        ['compose.yml'] = 'services: { é: { image: "$NAME", volumes: ["${APP}:/app"] } }\n',
      },
      expect = {
        { kind = 'compose.variable', line = 2, column = 6, text = './app', target = 'app', resolved = true },
        { kind = 'compose.build_context', line = 3, column = 24, text = 'app', target = 'app', resolved = true },
        { kind = 'compose.env_file', line = 4, column = 17, text = 'a.env', resolved = true },
        { kind = 'compose.env_file', line = 4, column = 25, text = 'gone.env', resolved = false },
        { kind = 'compose.volume', file = 'stack.yml', line = 1, column = 9, text = './app', target = 'app', resolved = true },
      },
    })
  end)
end)

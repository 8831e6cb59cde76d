-- layout_schema.lua: prints recipes/layouts/schema.json, made of the reader's own fields: make reference. SPDX-License-Identifier: Apache-2.0
local fields = require('ifx.layout').fields
print(require('json').encode(require('ifx.schema.json').of(fields, 'A layout of ifx'), { pretty = true }))

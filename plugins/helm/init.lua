-- init.lua: finds what Helm's charts name. SPDX-License-Identifier: Apache-2.0

local chart = require './chart'
local lock = require './lock'
local place = require './place'
local program = require './program'
local schema = require './schema'
local templates = require './templates'
local testing = require './testing'

local member = { member = place.rewrite_member }

return {
  references = {
    { kinds = chart.kinds, files = chart.files, find = chart.find, rewrite = { digest = lock.rewrite_digest } },
    { kinds = templates.kinds, files = templates.files, needs = { '{{' }, find = templates.find, rewrite = member },
    { kinds = schema.kinds, files = schema.files, needs = { '$ref' }, find = schema.find },
    { kinds = testing.kinds, files = testing.files, needs = testing.needs, find = testing.find },
    { kinds = testing.kinds, files = testing.suites, needs = { 'asserts' }, find = testing.find_suite, rewrite = member },
  },
  library = { documents = program.documents, folder = program.folder },
}

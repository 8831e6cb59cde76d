-- init.lua: finds what Git's own files, and files of patterns like them, name. SPDX-License-Identifier: Apache-2.0

local attributes = require './attributes'
local ignore = require './ignore'
local links = require 'ifx.repo.links'
local modules = require './modules'
local owners = require './owners'
local patterns = require 'ifx.repo.patterns'

local rewrite = { pattern = patterns.rewrite }

return {
  references = {
    { kinds = ignore.kinds, files = ignore.files, find = ignore.find, rewrite = rewrite },
    { kinds = owners.kinds, files = owners.files, find = owners.find, rewrite = rewrite },
    { kinds = attributes.kinds, files = attributes.files, find = attributes.find, rewrite = rewrite },
    { kinds = modules.kinds, files = modules.files, find = modules.find },
    links.finder,
  },
}

-- init.lua: what the plugin kubernetes contributes. SPDX-License-Identifier: Apache-2.0

local hazards = require './hazards'
local transform = require './transform'

return { hazards = { objects = hazards }, transform = { split = transform.split, join = transform.join } }

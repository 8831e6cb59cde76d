-- init.lua: what the plugin kubernetes contributes. SPDX-License-Identifier: Apache-2.0

local transform = require './transform'

return { transform = { split = transform.split, join = transform.join } }

-- historian.lua: a worker that follows the history of files. SPDX-License-Identifier: Apache-2.0
local history = require 'ifx.repo.history'

---What `worker.map` calls, with the repository and the revision. An item is the files, as of `history.take`.
return function(setup)
  return function(files) return history.take(setup.repository, setup.revision, files) end
end

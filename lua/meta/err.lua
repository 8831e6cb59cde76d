---@meta err

---The one structured error. Everything that fails raises it.
---@class ifx.Error
---@field kind string        one of `err.kinds`
---@field op? string         what was attempted
---@field message? string    what went wrong, without the place
---@field file? string
---@field line? integer      from 1
---@field column? integer    from 1, in characters
---@field status? integer    errno, or the exit code of a program
---@field retry? boolean     trying again later may help
---@field hint? string       what to do next
---@field missing? string    the path that was looked for and is not there, as errors name it
---@field cause? any         the error behind it
local err = {}

---The closed list of kinds.
---@type string[]
err.kinds = {}

---Make an error of the given fields; further fields are kept. An unknown kind raises kind 'argument'.
---@param fields table
---@return ifx.Error
function err.new(fields) end

---Raise an error made of the given fields.
---@param fields table
function err.raise(fields) end

---Say what was being done when `e` was raised: a new error of the same kind whose cause is `e`. A value that is
---no structured error becomes one of kind 'plugin'.
---@param e any
---@param op string
---@return ifx.Error
function err.wrap(e, op) end

---Is the value a structured error (of that kind)?
---@param e any
---@param kind? string
---@return boolean
function err.is(e, kind) end

return err

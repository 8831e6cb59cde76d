---@meta term

---The two output streams, and what they are connected to. Results go to standard output, progress and errors to
---standard error.
local term = {}

---Write bytes to standard output. Raises kind 'io' (status EPIPE when the reader has gone).
---@param bytes string
function term.write(bytes) end

---Write bytes to standard error. Raises kind 'io'.
---@param bytes string
function term.error(bytes) end

---Is the stream a terminal?
---@param stream 'stdin'|'stdout'|'stderr'
---@return boolean
function term.isatty(stream) end

---Columns of the terminal; 80 where there is none.
---@return integer
function term.width() end

---Untrusted text as it may be shown: control characters, directional overrides and bytes that are not UTF-8 as `\xNN`,
---a tab as a space.
---@param text string
---@param lines? boolean  line ends stay
---@return string
function term.clean(text, lines) end

---The lines of a text, each with `indent` before it and no blanks at its end; the end of the last one is left out.
---@param text string
---@param indent string
---@return string
function term.indent(text, indent) end

---A line from standard input without its end; nil at the end of input. Blocks the whole program: only for
---questions to a person.
---@return string?
function term.read_line() end

return term

-- proc.lua: definitions of the C module `proc`. SPDX-License-Identifier: Apache-2.0
---@meta proc

---Programs as children: argument lists without a shell, a session and process group of their own, no descriptors but
---the three streams. Every child is reaped. Stopping one means SIGTERM to its whole group, and SIGKILL 2 s later to what
---is left.
---@class proc
local proc = {}

---@class proc.Options
---@field cwd? string  working folder; default that of this process
---@field env? table<string, string|false> added to the environment; false removes
---@field timeout? number  seconds until it is stopped; default for run 600, for spawn none (0: none)
---@field max_output? integer  bytes that may be held unread, standard error included; default 256 MiB

---@class proc.RunOptions: proc.Options
---@field stdin? string  its input; default: empty. A program need not read it
---@field check? boolean  raise when the status is not 0; default true
---@field on_stdout? fun(chunk: string)  gets the output as it comes, in the calling task; may wait
---@field stderr? 'capture'|'inherit'  default capture

---@class proc.Result
---@field status integer  exit status; 128 + the signal's number after a signal
---@field signal? integer the signal that ended it
---@field stdout string   '' with on_stdout
---@field stderr string   '' when inherited

---Run a program to its end. Waits; when the task is cancelled, the program is stopped first. A process that it leaves
---behind and that holds its streams is not waited for longer than 2 s after the last bytes.
---
---Raises `not_found` when the program, its interpreter or the folder (`file`) does not exist; `permission`; `timeout`;
---`limit`; `process` with `status` and the last lines of standard error as the message. `op` is the command.
---@param argv string[]  the program, looked up on PATH unless it holds a '/', and its arguments
---@param opts? proc.RunOptions
---@return proc.Result
function proc.run(argv, opts) end

---The absolute path of a program on PATH, or nil. Relative folders of PATH are not searched.
---@param name string
---@return string?
function proc.find(name) end

---@class proc.Process
local Process = {}

---Start a program to talk with. Hold it in a `<close>` variable: leaving it stops the group and waits until it is reaped.
---Standard error is captured; its last 64 KiB at least are kept. Raises like `proc.run`.
---@param argv string[]
---@param opts? proc.Options
---@return proc.Process
function proc.spawn(argv, opts) end

---Write to its input; waits until the pipe has taken everything. One task may write while another reads. Raises `process`
---when the program has closed its input, `conflict` when another task is writing.
---@param bytes string
function Process:write(bytes) end

---Close its input, once everything is written.
function Process:close_input() end

---Exactly n bytes; nil at the end. Raises `io` when the output ends between, `timeout` or `limit` when the program was
---stopped for that, `conflict` when another task is reading.
---@param n integer
---@return string?
function Process:read(n) end

---The next line without its '\n'; nil at the end. Raises like `read`.
---@return string?
function Process:line() end

---Everything up to the end of the output, '' when there is nothing more. Raises like `read`.
---@return string
function Process:read_all() end

---Close its input and wait for its end. Unread output stays readable. Raises `timeout`, `limit`.
---@return { status: integer, signal: integer?, stderr: string }
function Process:wait() end

---Send a signal to the whole group. False: nobody is left.
---@param signal? 'TERM'|'KILL'|'INT'|'HUP'|'QUIT'|'USR1'|'USR2' default TERM
---@return boolean
function Process:kill(signal) end

return proc

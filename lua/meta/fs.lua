-- fs.lua: definitions of the C module `fs`. SPDX-License-Identifier: Apache-2.0
---@meta fs

---Files, folders, paths, globs and locks. Paths are byte strings of any encoding without NUL; relative ones are taken
---from the working folder of the process. Whatever fails raises an error that names the `file`: kind `not_found`,
---`permission`, `exists`, `io` or what is said below; `argument` for wrong arguments.
---@class fs
local fs = {}

---@alias fs.Type 'file'|'dir'|'link'|'other'

---The whole of a regular file. Raises `limit` (with the size) beyond `max` bytes, `unsupported` for pipes and devices; a
---read that fails half-way raises, and never gives a part.
---@param path string
---@param opts? { max?: integer, follow?: boolean } max: default 64 MiB; follow: false refuses a symbolic link
---@return string bytes
function fs.read(path, opts) end

---Like `fs.read`; nil where there is no such file.
---@param path string
---@param opts? { max?: integer, follow?: boolean }
---@return string? bytes
function fs.try_read(path, opts) end

---Replace or make a file atomically: a temporary file beside it, synced, renamed over it, the folder synced. A failure
---leaves the old file whole and nothing beside it. Waits for the sync. Raises `exists` where a symbolic link, a folder or
---a special file stands in its place.
---@param path string
---@param bytes string
---@param opts? { mode?: integer, sync?: boolean } mode: permission bits; default those of the file that is there (its
---owner is kept too, as far as allowed), else by the umask. sync: default true
function fs.write(path, bytes, opts) end

---The same for many files with one sync: all temporary files first, then the renames in order. A failure before the
---renames changes nothing; one between them leaves the files before it new, and names the first that is not.
---@param files { path: string, bytes: string, mode?: integer }[] at most 200,000
---@param opts? { sync?: boolean }
function fs.write_all(files, opts) end

---@class fs.Stat
---@field type fs.Type
---@field size integer     bytes
---@field mode integer     permission bits
---@field mtime number     seconds since 1970
---@field mtime_ns integer nanoseconds since 1970
---@field ino integer
---@field dev integer
---@field uid integer
---@field gid integer

---What a path leads to, links followed; nil where nothing is. Raises `io` for links in a circle.
---@param path string
---@return fs.Stat?
function fs.stat(path) end

---The same of a link itself.
---@param path string
---@return fs.Stat?
function fs.lstat(path) end

---@param path string a symbolic link
---@return string target
function fs.readlink(path) end

---@param target string
---@param path string the new link
function fs.symlink(target, path) end

---Make a folder and those above it. A folder that is there is fine.
---@param path string
function fs.mkdir(path) end

---Remove a file, a link or an empty folder.
---@param path string
function fs.remove(path) end

---Remove a file, or a folder with all that is in it. Links are removed, not followed. Raises `argument` for '/' and ''.
---@param path string
function fs.remove_tree(path) end

---Rename within one file system; replaces a file that is there.
---@param from string
---@param to string
function fs.rename(from, to) end

---@param path string
---@param mode integer permission bits
function fs.chmod(path, mode) end

---@class fs.Entry
---@field name string
---@field type fs.Type

---What is in a folder, sorted by bytes, '.' and '..' left out.
---@param dir string
---@return fs.Entry[]
function fs.list(dir) end

---@class fs.Found
---@field path string  below the folder asked for, '/' between segments
---@field type fs.Type
---@field size integer
---@field mode integer

---@class fs.WalkOptions
---@field ignore? fs.Ignore|'git' leave these paths out, folders with all that is in them; 'git': by the .gitignore files
---on the way
---@field follow? boolean  enter folders behind links (a link back to a folder around it stays a link); default false
---@field hidden? boolean  also names that begin with a dot; default true

---Everything below a folder, sorted by the bytes of the path; entries named `.git` are left out. A folder that cannot be
---read raises and is named.
---@param dir string
---@param opts? fs.WalkOptions
---@return fs.Found[]
function fs.walk(dir, opts) end

---The absolute path without links; nil where nothing is.
---@param path string
---@return string?
function fs.realpath(path) end

---Make a new folder below $TMPDIR or /tmp that only this user can enter.
---@param prefix? string start of its name, default 'ifx'
---@return string path
function fs.tempdir(prefix) end

---@return string path the working folder of the process
function fs.cwd() end

---Parts joined by '/'; an absolute part starts anew, an empty one adds nothing.
---@param ... string
---@return string
function fs.join(...) end

---The path without '.', '..', double slashes and a slash at its end, as text only. '' is the root of relative paths. nil
---when a relative path climbs above it.
---@param path string
---@return string?
function fs.normalize(path) end

---How `path` reads from the folder `base`, as text only; '.' when they are equal. Raises `argument` when one climbs above
---the root, or only one is absolute.
---@param path string
---@param base string
---@return string
function fs.relative(path, base) end

---The folder's part of a path: '' for a bare name.
---@param path string
---@return string
function fs.dirname(path) end

---@param path string
---@return string
function fs.basename(path) end

---@class fs.Lock
local Lock = {}

---Let go; harmless when repeated. Leaving a `<close>` variable does the same.
function Lock:unlock() end

---Lock a file (flock), which is made when it is missing and never removed. Waits. Two locks of one process exclude
---each other like those of two. Raises `conflict` (retry) with the holder's process id when `timeout` is over.
---@param path string
---@param opts? { timeout?: number, exclusive?: boolean } seconds, default 30, 0 tries once; exclusive: default true
---@return fs.Lock
function fs.lock(path, opts) end

---@class fs.Glob
local Glob = {}

---Does the whole path match? Raises `limit` when pattern times path is beyond a fixed bound.
---@param path string
---@return boolean
function Glob:match(path) end

---What each wildcard matched, in the order of the pattern; nil when the path does not match. Each `*`, `**`, `?`, bracket
---and outermost brace is one; a `**` that stands for no folder is ''. Earlier wildcards take as much as they can.
---@param path string
---@return string[]?
function Glob:captures(path) end

---Compile a pattern: `*` (no slash), `**` (any depth, as a whole segment), `?`, `[a-z]`, `[!x]`, `[[:alpha:]]`, `{a,b}`,
---and a backslash before what is meant as it is. Matching takes time linear in the path. Raises `parse`, `limit`.
---@param pattern string
---@return fs.Glob
function fs.glob(pattern) end

---@class fs.Ignore
local Ignore = {}

---Is the path (normalized, relative to the root of the rules) ignored? The second result is the line that decided, also
---when it is one with '!'; nil when none did. What is below an ignored folder is ignored.
---@param path string
---@param is_dir? boolean
---@return boolean ignored
---@return { dir: string, line: integer, pattern: string }? rule
function Ignore:ignored(path, is_dir) end

---Git's ignore rules, from the texts of ignore files and the folders they stand in ('' is the root). Rules of deeper
---folders win over those of their parents, of the same folder the later ones.
---@param files { dir?: string, text: string }[]
---@return fs.Ignore
function fs.ignore(files) end

---@param name string
---@return string? value of an environment variable
function fs.env(name) end

---@return table<string, string> # all environment variables
function fs.environ() end

return fs

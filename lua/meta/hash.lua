-- hash.lua: definitions of the C module `hash`. SPDX-License-Identifier: Apache-2.0
---@meta hash

---Digests, message authentication, base64, hexadecimal and randomness (OpenSSL). Hexadecimal is lower-case.
---@class hash
local hash = {}

---@param bytes string
---@return string hex 40 digits
function hash.sha1(bytes) end

---@param bytes string
---@return string hex 64 digits
function hash.sha256(bytes) end

---@param bytes string
---@return string hex 128 digits
function hash.sha512(bytes) end

---HMAC of RFC 2104. Raises `argument` for another algorithm.
---@param algorithm 'sha1'|'sha256'|'sha512'
---@param key string any bytes
---@param bytes string
---@return string hex
function hash.hmac(algorithm, key, bytes) end

---@param bytes string
---@return string hex
function hash.hex(bytes) end

---Reads hexadecimal in either case. Raises `parse` with the column for anything else.
---@param text string
---@return string bytes
function hash.unhex(text) end

---Base64 of RFC 4648 section 4, padded, in one line.
---@param bytes string
---@return string text
function hash.base64(bytes) end

---Reads what the Kubernetes API server reads: padded base64, in which line breaks (CR, LF) are skipped. Raises `parse`
---with line and column for anything else.
---@param text string
---@return string bytes
function hash.unbase64(text) end

---Bytes that nobody can predict.
---@param n integer at most 1048576
---@return string bytes
function hash.random(n) end

---Equal? The time taken tells the lengths, nothing of the content: for tokens and signatures.
---@param a string
---@param b string
---@return boolean
function hash.equal(a, b) end

---The SHA-256 of each file's content, read by up to four threads while the calling task waits. Raises for the first file
---in the list that cannot be read (`not_found`, `permission`, `io`), or is no regular file (`unsupported`).
---@param paths string[]
---@return string[] hex in the order of the paths
function hash.files(paths) end

return hash

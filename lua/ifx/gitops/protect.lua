-- protect.lua: definitions of entry points with fields that keep their objects. SPDX-License-Identifier: Apache-2.0
local err = require 'err'
local objects = require 'ifx.k8s.objects'
local place = require 'ifx.gitops.place'
local yaml = require 'yaml'

---A protection that no edit of a file gives.
---@class ifx.gitops.Unprotected
---@field protection ifx.gitops.Protection
---@field why string

local protect = {}

local function edited(text, object, protection)
  local document <close> = yaml.document(text)
  local declared = place.declared(document, object)
  if not declared then return nil, 'its file does not declare it as it is rendered' end
  local where = protection.where and objects.below(declared.path, table.unpack(protection.where))
  if where and type(document:get(where, declared.doc)) ~= 'table' then return text end
  document:set(objects.below(declared.path, table.unpack(protection.path)), protection.value, declared.doc)
  return document:text()
end

local function write(texts, tree, entry, protection)
  local object = entry.object
  if object.repository then return ('it is defined in another repository, %s'):format(object.repository) end
  local text = object.file and (texts[object.file] or tree:try_read(object.file))
  if not text then return 'no file declares it' end
  local ok, new, why = pcall(edited, text, object, protection)
  if not ok and not err.is(new) then error(new, 0) end
  if not ok or not new then return ok and why or ('%s cannot be edited: %s'):format(object.file, new.message or new.kind) end
  texts[object.file] = new
end

---The files in which entry points have these fields; those that are not in the tree are passed by.
---@param tree ifx.repo.Tree
---@param entry_of fun(protection: ifx.gitops.Protection): ifx.gitops.Entry?
---@param protections ifx.gitops.Protection[]
---@return table<string, string> texts  by file: those that change
---@return ifx.gitops.Unprotected[]
function protect.texts(tree, entry_of, protections)
  local texts, failed = {}, {}
  for _, protection in ipairs(protections) do
    local entry = entry_of(protection)
    local why = entry and write(texts, tree, entry, protection)
    if why then failed[#failed + 1] = { protection = protection, why = why } end
  end
  for file, text in pairs(texts) do
    if tree:try_read(file) == text then texts[file] = nil end
  end
  return texts, failed
end

return protect

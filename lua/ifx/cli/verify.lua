-- verify: a proof made again. SPDX-License-Identifier: Apache-2.0
local fs = require 'fs'
local list = require 'ifx.list'
local term = require 'term'

-- The checkouts of a side: those that stand for others, and those that are parts of it.
local function words_of(side, part)
  return list.map(list.filter(side.repositories, function(one) return (one.part == true) == part end), 'word')
end

return {
  summary = 'Make the comparison of a proof again, and say whether it is the same',
  usage = 'verify PROOF [A B] [--repo-before URL=DIR[@REV]]… [--repo-after URL=DIR[@REV]]… [-C DIR]',
  doc = [[
PROOF is what `ifx diff A B --proof PROOF` wrote. Both trees are taken from where they were then, or from A and B; files,
objects, owners and the verdict are worked out anew. The exit status is 1 when anything is not as the proof has it.]],
  options = {
    { 'repo-before', value = 'URL=DIR[@REV]', many = true, doc = 'in place of the checkouts that the proof names for A' },
    { 'repo-after', value = 'URL=DIR[@REV]', many = true, doc = 'in place of the checkouts that the proof names for B' },
    { 'C', value = 'DIR', doc = 'look from this folder' },
  },
  args = { 1, 3 },
  run = function(opts, args)
    local proof, sides = require 'ifx.gitops.proof', require 'ifx.gitops.sides'
    local dir = opts.C or fs.cwd()
    local old = proof.read(fs.join(dir, args[1]))
    local function side(where, was, given)
      return sides.open { where = where or was.where, dir = dir, helm = old.helm, origin = true,
        repositories = words_of(was, false), parts = given or words_of(was, true) }
    end
    local before, after = side(args[2], old.before, opts['repo-before']), side(args[3], old.after, opts['repo-after'])
    local found = require('ifx.gitops.compare').sides(before, after, old.clusters)
    local lines = proof.differences(old, proof.make(found, before, after, { helm = old.helm, clusters = old.clusters }))
    for _, line in ipairs(lines) do term.write(term.clean(line) .. '\n') end
    term.write(#lines == 0 and ('verified: %s\n'):format(term.clean(old.summary)) or 'not verified\n')
    return #lines == 0 and 0 or 1
  end,
}

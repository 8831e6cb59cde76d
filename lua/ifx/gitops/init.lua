-- gitops: what controllers make of a tree: entry points and the objects that they render. SPDX-License-Identifier: Apache-2.0
local list = require 'ifx.list'

local gitops = {}

---An object of a file, or one that an entry point rendered.
---@class ifx.gitops.Object
---@field node node.Node
---@field file string|nil        where it comes from: a path of its repository; nil: nobody can say
---@field line integer|nil
---@field repository string|nil  address of that repository; nil: the tree itself
---@field opaque string|nil      why its content is not known: encrypted, made by a program that is not here …

---Where an entry point takes its files from.
---@class ifx.gitops.Source
---@field kind string            'GitRepository', 'repo' …, in the words of the controller
---@field name string|nil
---@field url string|nil
---@field revision string|nil    tag or commit that it is pinned to; nil: whatever is newest
---@field tree boolean|nil       it is the tree itself
---@field taken string|nil       why it is only taken to be the tree: nothing says so
---@field path string            folder or file in it; '' is its root

---What a plugin reads from an object that is an entry point.
---@class ifx.gitops.Parameters
---@field cluster string|nil     the cluster into which it renders, in the words of the controller; nil: where it is itself
---@field source ifx.gitops.Source|nil
---@field parameters table       data: what decides about the result, for people and for plugins
---@field depends { kind: string?, namespace: string?, name: string }[]|nil  must be ready before, in the same cluster
---@field suspended boolean|nil
---@field default_namespace string|nil  of objects that say none; nil: default
---@field marks { labels: table<string, string>?, annotations: table<string, string>? }|nil  what the controller adds to each
---object when it applies it, to know it again
---@field problems ifx.gitops.Problem[]|nil  of the definition itself
---@field why string|nil         why it cannot be rendered here
---@field why_at string[]|nil    the field that this is about, { 'spec', 'path' }

---Something about an entry point that a person should know.
---@class ifx.gitops.Problem
---@field kind string            'missing-object', 'missing-dependency', 'dependency-cycle', 'not-checkable', 'encrypted' …
---@field message string
---@field severity 'error'|'warning'  error: the controller would refuse, or the result is not the whole truth
---@field file string|nil
---@field line integer|nil
---@field hint string|nil
---@field object { kind: string, namespace: string?, name: string }|nil

---What comes out of an entry point.
---@class ifx.gitops.Rendered
---@field objects ifx.gitops.Object[]  in the order in which the controller has them
---@field warnings string[]|nil
---@field problems ifx.gitops.Problem[]|nil
---@field opaque string|nil      why the objects are not known; `objects` is empty then

---An entry point in its cluster, with its result.
---@class ifx.gitops.Entry: ifx.gitops.Parameters
---@field id string              'CLUSTER:KIND.GROUP/NAMESPACE/NAME'
---@field plugin string
---@field type string            name of the contribution
---@field kind string
---@field group string
---@field namespace string
---@field name string
---@field home string            the cluster in which it is itself
---@field cluster string         the cluster into which it renders
---@field object ifx.gitops.Object  the definition that counts: a rendered one before that of a file
---@field parents string[]       ids of the entry points that render it; its own among them when it owns itself
---@field objects ifx.gitops.Object[]
---@field warnings string[]
---@field problems ifx.gitops.Problem[]
---@field opaque string|nil
---@field failed table|nil       the error that rendering raised

---@class ifx.gitops.Result
---@field entries ifx.gitops.Entry[]  those that nobody renders first, what they render behind them
---@field by_id table<string, ifx.gitops.Entry>
---@field clusters string[]
---@field repositories ifx.gitops.Repositories
---@field partial ifx.gitops.Object[]  of files: no entry points as they stand there
---@field context ifx.repo.Context

---@class ifx.gitops.Options
---@field registry ifx.Registry
---@field repositories string[]|nil  'URL=DIR[@REV]': which checkout stands for which address
---@field parts string[]|nil         further ones, whose own entry points count as those of the tree do
---@field helm boolean|nil           may the program helm run?

---Everything that controllers make of a tree. Reads, and writes nothing. Raises 'argument' for a repository that cannot be
---opened; what is wrong with an entry point stands in it.
---@param tree ifx.repo.Tree
---@param options ifx.gitops.Options
---@return ifx.gitops.Result
function gitops.walk(tree, options)
  local words = list.append(list.append({}, options.repositories or {}), options.parts or {})
  local repositories = require 'ifx.gitops.repositories'.open(tree, words)
  return require 'ifx.gitops.walk'.run(tree, repositories, options)
end

return gitops

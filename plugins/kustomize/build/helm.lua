-- helm.lua: objects of Helm charts, which the program helm renders. SPDX-License-Identifier: Apache-2.0

---@param chart table  an entry of helmCharts, with helmGlobals
---@param env kustomize.Env
---@return kustomize.Resource[]
return function(chart, env)
  if not env.build.options.enable_helm then
    err.raise { kind = 'unsupported', message = ('must specify --enable-helm: the chart %s is rendered by the program helm')
      :format(chart.name or '?'), hint = 'ifx build --enable-helm, where helm is installed' }
  end
  err.raise { kind = 'unsupported', message = ('the chart %s is rendered by the program helm'):format(chart.name or '?'),
    hint = 'render it with helm template and keep the result in the tree' }
end

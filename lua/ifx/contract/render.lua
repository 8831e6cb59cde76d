-- render.lua: the shape of renderers. SPDX-License-Identifier: Apache-2.0
return require('ifx.contract.names').functions 'render'

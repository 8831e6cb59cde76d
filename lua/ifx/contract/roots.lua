-- roots.lua: the shape of what finds the folders that renderers build. SPDX-License-Identifier: Apache-2.0
return require('ifx.contract.names').functions 'roots'

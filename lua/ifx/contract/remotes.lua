-- remotes.lua: the shape of what finds remote references. SPDX-License-Identifier: Apache-2.0
return require('ifx.contract.names').functions 'remotes'

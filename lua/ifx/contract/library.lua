-- library.lua: the shape of functions for other plugins. SPDX-License-Identifier: Apache-2.0
return require('ifx.contract.names').functions 'library'

-- transform.lua: the shape of transforms. SPDX-License-Identifier: Apache-2.0
return require('ifx.contract.names').functions 'transform'

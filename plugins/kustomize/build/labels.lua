-- labels.lua: labels, also those of selectors and templates. SPDX-License-Identifier: Apache-2.0
return require './build/entries' 'labels'

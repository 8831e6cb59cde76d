-- annotations.lua: annotations, also those of templates. SPDX-License-Identifier: Apache-2.0
return require './build/entries' 'annotations'

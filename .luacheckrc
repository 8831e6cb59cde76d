std = 'lua54'
max_line_length = 130
cache = false
ignore = { '211/_.*' } -- to-be-closed variables that are only held
exclude_files = { 'build*', 'lua/meta', 'tests/fixtures' }
files['tests/lua'] = { std = '+busted' }
files['tests/sim'] = { std = '+busted' }
files['plugins/*/tests'] = { std = '+busted' }
-- What the host puts into the environment of a plugin or recipe by its name.
local granted = { read_globals = {
  'config', 'ifx', 'list', 'yaml', 'json', 'hcl', 'node', 'subst', 'hash', 'regex', 'err', 'task', 'fs', 'proc', 'path', 'log', 'text', 'require',
} }
files['plugins'] = granted
files['recipes'] = granted
files['plugins/*/facts'] = { max_line_length = false } -- rows of tables

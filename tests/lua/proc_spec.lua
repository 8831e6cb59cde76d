-- proc_spec.lua: child processes from Lua. SPDX-License-Identifier: Apache-2.0
local failure = dofile 'tests/lua/support/failure.lua'
local proc = require 'proc'
local err = require 'err'
local fs = require 'fs'
local task = require 'task'
local host = require 'host'

local function took(f, ...)
  local from = host.clock()
  pcall(f, ...)
  return host.clock() - from
end

-- A zombie that init has not reaped yet is dead.
local function alive(pid)
  local stat = fs.try_read('/proc/' .. pid .. '/stat')
  return stat ~= nil and stat:match '.*%) (%a)' ~= 'Z'
end

describe('proc.run', function()
  it('returns output and status', function()
    local r = proc.run({ 'sh', '-c', 'echo out; echo err >&2; exit 3' }, { check = false })
    assert.same({ status = 3, stdout = 'out\n', stderr = 'err\n' }, r)
    r = proc.run({ 'sh', '-c', 'kill -9 $$' }, { check = false })
    assert.same({ status = 137, signal = 9, stdout = '', stderr = '' }, r)
  end)

  it('begins in a session of its own, with no signal ignored or blocked and nothing open but the streams', function()
    local status = proc.run({ 'cat', '/proc/self/status' }).stdout
    assert.matches('\nSigIgn:\t%x+0000000\n', status) -- above are those of the C library itself
    assert.matches('\nSigBlk:\t0+\n', status)
    local id, _, group, session = proc.run({ 'cat', '/proc/self/stat' }).stdout:match '^(%d+) %(cat%) %a (%d+) (%d+) (%d+)'
    assert.same({ id, id }, { group, session })
    assert.equal('0\n1\n2\n3\n', proc.run({ 'ls', '/proc/self/fd' }).stdout) -- 3: the folder that ls reads
  end)

  it("gives a script without '#!' to the shell", function()
    local dir = fs.tempdir 'ifx-proc'
    local script = fs.join(dir, 'script')
    fs.write(script, 'echo "$0: $1,$2"\n', { mode = 448 })
    assert.equal(script .. ': a,b c\n', proc.run({ script, 'a', 'b c' }).stdout)
    fs.remove_tree(dir)
  end)

  it('passes arguments, input, folder and environment as they are', function()
    assert.equal('$HOME;a b\n', proc.run({ 'printf', '%s;%s\n', '$HOME', 'a b' }).stdout)
    assert.equal('in\0put', proc.run({ 'cat' }, { stdin = 'in\0put' }).stdout)
    assert.equal('', proc.run({ 'cat' }).stdout)
    assert.equal('/usr\n', proc.run({ 'pwd' }, { cwd = '/usr' }).stdout)
    local script = 'echo $A,${HOME-unset},${PATH:+path}'
    assert.equal('1,unset,path\n', proc.run({ 'sh', '-c', script }, { env = { A = '1', HOME = false } }).stdout)
    assert.equal(5 << 20, #proc.run({ 'cat' }, { stdin = ('x'):rep(5 << 20) }).stdout)
  end)

  it('raises what a program that fails has said', function()
    local e = failure(proc.run, { 'sh', '-c', 'for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 4' })
    assert.equal('process', e.kind)
    assert.equal(4, e.status)
    assert.equal('line 3\nline 4\nline 5\nline 6\nline 7', e.message)
    assert.equal('sh -c for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 4', e.op)
    assert.equal('exit status 1', failure(proc.run, { 'false' }).message)
    assert.equal('ended by signal 15', failure(proc.run, { 'sh', '-c', 'kill $$' }).message)
  end)

  it('tells a missing program from a missing folder', function()
    local e = failure(proc.run, { 'no-such-program' })
    assert.equal('not_found', e.kind)
    assert.is_truthy(e.hint:find 'install no%-such%-program')
    e = failure(proc.run, { 'true' }, { cwd = '/no/such' })
    assert.equal('not_found', e.kind)
    assert.equal('/no/such', e.file)
    assert.equal('permission', failure(proc.run, { '/etc' }).kind)
  end)

  it('refuses wrong arguments', function()
    for _, argv in ipairs { {}, { '' }, { 'a\0b' }, { 'echo', 1 } } do
      assert.equal('argument', failure(proc.run, argv).kind)
    end
    for _, opts in ipairs { { env = { ['A=B'] = 'x' } }, { env = { A = 1 } }, { env = 'A=B' }, { cwd = 1 }, { timeout = -1 },
      { stderr = 'drop' }, { on_stdout = 'x' }, { max_output = 0 }, { env = { A = 'a\0b' } } } do
      assert.equal('argument', failure(proc.run, { 'true' }, opts).kind)
    end
  end)

  it('streams output to the calling task, which may wait', function()
    local bytes = 0
    local r = proc.run({ 'seq', '100000' }, { on_stdout = function(chunk)
      bytes = bytes + #chunk
      task.sleep(0)
    end })
    assert.equal(588895, bytes)
    assert.equal('', r.stdout)
    -- The second word comes only when the first has been heard.
    local dir, heard = fs.tempdir 'ifx-proc', {}
    local wait = 'echo a; while [ ! -e "$1" ]; do sleep 0.01; done; echo b'
    proc.run({ 'sh', '-c', wait, 'sh', dir .. '/heard' }, { timeout = 60, on_stdout = function(chunk)
      heard[#heard + 1] = chunk
      task.sleep(0)
      fs.write(dir .. '/heard', '')
    end })
    fs.remove_tree(dir)
    assert.same({ 'a\n', 'b\n' }, heard)
    local e = failure(proc.run, { 'sh', '-c', 'echo x; sleep 20' }, { on_stdout = function() err.raise { kind = 'stale' } end })
    assert.equal('stale', e.kind)
  end)

  it('is stopped with its whole group at the end of its time', function()
    local script = 'sleep 50 & echo $!; echo $$; wait'
    local pids = {}
    local e = failure(proc.run, { 'sh', '-c', script }, { timeout = 0.3, on_stdout = function(chunk)
      for pid in chunk:gmatch '%d+' do pids[#pids + 1] = pid end
    end })
    assert.equal('timeout', e.kind)
    assert.equal('did not end within 0.3 s, and was stopped', e.message)
    assert.equal(2, #pids)
    assert.is_false(alive(pids[1]))
    assert.is_false(alive(pids[2]))
    assert.is_true(took(proc.run, { 'sh', '-c', "trap '' TERM; while :; do sleep 0.05; done" }, { timeout = 0.1 }) < 4)
  end)

  it('is stopped when its task is cancelled', function()
    local pid
    local e = failure(task.deadline, 0.3, proc.run, { 'sh', '-c', 'echo $$; exec sleep 50' },
      { on_stdout = function(chunk) pid = chunk:match '%d+' end })
    assert.equal('timeout', e.kind)
    assert.is_false(alive(pid))
  end)

  it('holds no more than it may', function()
    local e = failure(proc.run, { 'cat', '/dev/zero' }, { max_output = 1 << 20 })
    assert.equal('limit', e.kind)
    assert.equal('wrote more than 1048576 bytes, and was stopped', e.message)
  end)

  it('runs many at once', function()
    local list = {}
    for i = 1, 60 do list[i] = i end
    local out = task.map(list, function(i) return proc.run({ 'echo', tostring(i) }).stdout end, { limit = 20 })
    assert.equal('60\n', out[60])
  end)
end)

describe('proc.find', function()
  it('finds programs on PATH only', function()
    assert.is_truthy(proc.find('sh'):find '^/.*/sh$')
    assert.is_nil(proc.find 'no-such-program')
    assert.is_nil(proc.find '../sh')
  end)
end)

describe('proc.spawn', function()
  it('talks line by line and by exact sizes', function()
    local p <close> = proc.spawn { 'cat' }
    p:write 'one\ntwo\nthree'
    assert.equal('one', p:line())
    assert.equal('tw', p:read(2))
    assert.equal('', p:read(0))
    p:close_input()
    assert.equal('o\nthr', p:read(5))
    assert.equal('io', failure(p.read, p, 3).kind)
    assert.equal('ee', p:line())
    assert.is_nil(p:line())
    assert.is_nil(p:read(1))
    assert.equal('', p:read_all())
    assert.same({ status = 0, stderr = '' }, p:wait())
    assert.same({ status = 0, stderr = '' }, p:wait())
    assert.equal('process', failure(p.write, p, 'more').kind)
    assert.is_false(p:kill())
  end)

  it('answers ten thousand questions quickly', function()
    local p <close> = proc.spawn { 'cat' }
    local from = host.clock()
    task.scope(function(s)
      s:go(function()
        for i = 1, 10000 do p:write(('%d blob 20\n%s'):format(i, ('x'):rep(20))) end
      end)
      for i = 1, 10000 do
        assert.equal(i .. ' blob 20', p:line())
        assert.equal(20, #p:read(20))
      end
    end)
    assert.is_true(host.clock() - from < 5)
  end)

  it('holds the program back while nobody reads, and loses nothing', function()
    local p <close> = proc.spawn { 'seq', '1000000' }
    task.sleep(0.1)
    assert.equal('1', p:line())
    assert.equal(6888894, #p:read_all())
  end)

  it('reads on while it waits for the end', function()
    local p <close> = proc.spawn { 'sh', '-c', 'seq 500000; echo late >&2; exit 5' }
    assert.same({ status = 5, stderr = 'late\n' }, p:wait())
    assert.equal('1', p:line())
  end)

  it('refuses two readers, and any use after close', function()
    local p = proc.spawn { 'cat' }
    local e
    task.scope(function(s)
      s:go(function() assert.equal('x', p:line()) end)
      s:go(function()
        e = failure(p.line, p)
        p:write 'x\n'
      end)
    end)
    assert.equal('conflict', e.kind)
    do local _ <close> = p end
    assert.equal('argument', failure(p.line, p).kind)
    do local _ <close> = p end
  end)

  it('stops the group on close, by signal, and at the end of its time', function()
    local pid
    do
      local p <close> = proc.spawn { 'sh', '-c', 'echo $$; exec sleep 50' }
      pid = p:line()
      assert.is_true(alive(pid))
    end
    assert.is_false(alive(pid))
    local p <close> = proc.spawn { 'sleep', '50' }
    assert.is_true(p:kill 'INT')
    assert.equal(2, p:wait().signal)
    assert.equal('argument', failure(p.kill, p, 'NOPE').kind)
    local late <close> = proc.spawn({ 'sh', '-c', 'printf half; exec sleep 50' }, { timeout = 0.2 })
    assert.equal('timeout', failure(late.line, late).kind)
    assert.equal('timeout', failure(late.wait, late).kind)
  end)

  it('is stopped and reaped when its task is cancelled', function()
    local pid
    failure(task.deadline, 0.2, function()
      local p <close> = proc.spawn { 'sh', '-c', 'echo $$; exec sleep 50' }
      pid = p:line()
      p:line()
    end)
    assert.is_false(alive(pid))
  end)

  it('leaves a reader its bytes when only the reading is cancelled', function()
    local p <close> = proc.spawn { 'sh', '-c', 'printf ab; read x; printf "c\\n"' }
    assert.equal('timeout', failure(task.deadline, 0.2, p.line, p).kind)
    p:write '\n'
    assert.equal('abc', p:line())
  end)

  it('is closed under a reader', function()
    local p = proc.spawn { 'cat' }
    task.scope(function(s)
      s:go(function() assert.is_nil(p:line()) end)
      s:go(function() do local _ <close> = p end end)
    end)
  end)

  it('that nobody closes is stopped by the collector', function()
    local before = host.open().handles
    local pid = proc.spawn({ 'sh', '-c', 'echo $$; exec sleep 50' }):line()
    collectgarbage()
    collectgarbage()
    for _ = 1, 200 do
      if host.open().handles <= before then break end
      task.sleep(0.02)
    end
    assert.equal(before, host.open().handles)
    assert.is_false(alive(pid))
  end)
end)

-- Record what a step of an open external task gave; what was recorded first stays.
-- KEYS 1: state, 2: recorded results. ARGV: number of the task, key, blob, how many a task may have
-- Answers: OK blob (what is recorded now) | NONE (no such task) | FULL

local number, key, blob, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if call('HEXISTS', KEYS[1], 'x' .. number) == 0 then return { 'NONE' } end
local found = call('HGET', KEYS[2], key)
if not found and call('HLEN', KEYS[2]) >= most then return { 'FULL' } end
-- Also when it is there: a write, so that WAIT has something of this connection to wait for.
call('HSET', KEYS[2], key, found or blob)
return { 'OK', found or blob }

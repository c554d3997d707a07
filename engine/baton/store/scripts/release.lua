-- Give a lease back without a commit. ARGV: id, lease, when to look again
-- Answers: OK | FENCED

if call('HGET', KEYS[1], '~l') ~= ARGV[2] then return { 'FENCED' } end
call('HSET', KEYS[1], '~u', 0)
call('ZADD', KEYS[3], ARGV[3], ARGV[1])
call('PUBLISH', 'baton:due', ARGV[1])
return { 'OK' }

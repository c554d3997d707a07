-- Start timers that are due: claim each, and look again after `retry_at` if the claimer dies.
-- KEYS 1: timers, 2: bodies. ARGV: now, retry at, limit
-- Answers: [member, due, body] of each, and when the next is due ('' for none)

local found = {}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #due, 2 do
  redis.call('ZADD', KEYS[1], ARGV[2], due[i])
  found[#found + 1] = { due[i], due[i + 1], redis.call('HGET', KEYS[2], due[i]) or '' }
end
local later = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { found, later[2] or '' }

-- Take what must be sent, and look again after `retry_at` if the sender dies.
-- KEYS: outbox, bodies (pairs). ARGV: now, retry at, limit
-- Answers: for each: outbox key, id, body

local found = {}
for pair = 1, #KEYS, 2 do
  local left = tonumber(ARGV[3]) - #found
  if left <= 0 then break end
  for _, id in ipairs(call('ZRANGEBYSCORE', KEYS[pair], '-inf', ARGV[1], 'LIMIT', 0, left)) do
    local body = call('HGET', KEYS[pair + 1], id)
    if body then
      call('ZADD', KEYS[pair], ARGV[2], id)
      found[#found + 1] = { KEYS[pair], id, body }
    else
      call('ZREM', KEYS[pair], id)
    end
  end
end
return found

-- Which instances need attention. KEYS: agendas. ARGV: now, limit
-- Answers: ids, and the next moment one will ('' for none)

local due, upcoming = {}, ''
local left = tonumber(ARGV[2])
for _, agenda in ipairs(KEYS) do
  if left > 0 then
    for _, id in ipairs(call('ZRANGEBYSCORE', agenda, '-inf', ARGV[1], 'LIMIT', 0, left)) do
      due[#due + 1] = id
      left = left - 1
    end
  end
  local later = call('ZRANGEBYSCORE', agenda, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if later[2] and (upcoming == '' or tonumber(later[2]) < tonumber(upcoming)) then upcoming = later[2] end
end
return { due, upcoming }

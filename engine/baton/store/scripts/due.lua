-- Which instances need attention. KEYS: agendas. ARGV: now, limit
-- Answers: ids, and the next moment one will ('' for none)

local due, upcoming = {}, ''
local now, left = tonumber(ARGV[1]), tonumber(ARGV[2])

local function look_ahead(found)
  if found[2] and (upcoming == '' or tonumber(found[2]) < tonumber(upcoming)) then upcoming = found[2] end
end

for _, agenda in ipairs(KEYS) do
  -- Of most agendas nothing is due: one look is enough.
  local first = call('ZRANGE', agenda, 0, 0, 'WITHSCORES')
  if not first[2] or tonumber(first[2]) > now then
    look_ahead(first)
  else
    if left > 0 then
      for _, id in ipairs(call('ZRANGEBYSCORE', agenda, '-inf', ARGV[1], 'LIMIT', 0, left)) do
        due[#due + 1] = id
        left = left - 1
      end
    end
    look_ahead(call('ZRANGEBYSCORE', agenda, '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 1))
  end
end
return { due, upcoming }

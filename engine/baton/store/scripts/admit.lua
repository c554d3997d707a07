-- Room for locks of a limited topic. KEYS 1: held, 2: pace
-- ARGV: now, wanted, locks at once (0: any number), milliseconds from one lock to the next (0: none), until, owner
-- Answers: how many may be locked; so many places are held as '<owner>:<n>'

local now, granted, most, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if most > 0 then
  call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
  granted = math.min(granted, most - call('ZCARD', KEYS[1]))
end
local at = math.max(tonumber(call('GET', KEYS[2]) or '0'), now)
if interval > 0 then
  -- What a second allows, or one lock where that is less, may be used at once.
  granted = math.min(granted, math.floor((now + math.max(1000, interval) - at) / interval))
end
if granted <= 0 then return 0 end
if most > 0 then
  for place = 1, granted do call('ZADD', KEYS[1], ARGV[5], ARGV[6] .. ':' .. place) end
end
if interval > 0 then
  at = at + granted * interval
  call('SET', KEYS[2], string.format('%.0f', at), 'PX', string.format('%.0f', at - now + 60000))
end
return granted

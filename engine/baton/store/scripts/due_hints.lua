-- What is due soon is hinted to loops that rest; all else they find when they look again by themselves, after at most
-- LONGEST_MS of workers/rest.py, which is not longer.

local call = redis.call
local SOON_MS = 2000

local function set_due(agenda, moment, id, now)
  call('ZADD', agenda, moment, id)
  if tonumber(moment) - tonumber(now) < SOON_MS then call('PUBLISH', 'baton:due', id) end
end

-- Attempts of workers at external tasks, for the scripts that lock them.

-- A row of the locks: fence, until, worker, queue key, and since attempts may be limited: how long one may take in ms,
-- when the present one has failed (0: never, below 0: it has, and that is recorded), how far its worker says it is (a blob, or nothing).
local function begin_attempt(row, now, till, worker, queue)
  local limit = row[5] or 0
  local deadline = limit > 0 and now + limit or 0
  if deadline > 0 then till = math.min(till, deadline) end
  return { row[1] + 1, till, worker, queue, limit, deadline, '' }
end

local function is_late(row, now)
  return row[3] ~= '' and (row[6] or 0) > 0 and row[6] <= now
end

local function format_moment(moment)
  return string.format('%.0f', moment)
end

-- Have the turn of an instance taken at the moment an attempt has failed. While somebody holds the turn, its commit
-- does that from `~d`.
local function watch_attempt(state, agenda, id, moment, now)
  if moment == 0 then return end
  local row = call('HMGET', state, '~d', '~l', '~u')
  if not row[1] or tonumber(row[1]) > moment then call('HSET', state, '~d', format_moment(moment)) end
  if row[2] and tonumber(row[3]) > now then return end
  local due = call('ZSCORE', agenda, id)
  if not due or tonumber(due) > moment then set_due(agenda, format_moment(moment), id, now) end
end


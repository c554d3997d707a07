-- Change the lock of one external task. KEYS 1: state, 2: locks
-- ARGV: what (extend, unlock, lock), task id, number, now, worker, until, queue key
-- Answers: OK | NONE | FREE | OTHER worker | EXPIRED | OPERATOR (no retries left, suspended)

local what, member, number, now, worker, till, queue = unpack(ARGV)
if redis.call('HEXISTS', KEYS[1], 'x' .. number) == 0 then return { 'NONE' } end
local raw = redis.call('HGET', KEYS[2], number)
local row = raw and cmsgpack.unpack(raw) or { 0, 0, '', queue }
local held = row[3] ~= '' and row[2] > tonumber(now)

local function set(until_, by)
  row[2], row[3] = until_, by
  redis.call('HSET', KEYS[2], number, cmsgpack.pack(row))
  local score = redis.call('ZSCORE', row[4], member)
  if score and score ~= 'inf' then redis.call('ZADD', row[4], string.format('%.0f', math.max(until_, 0)), member) end
  return { 'OK' }
end

if what == 'unlock' then return set(tonumber(now), '') end
if what == 'extend' then
  if row[3] == '' then return { 'FREE' } end
  if row[3] ~= worker then return { 'OTHER', row[3] } end
  if not held then return { 'EXPIRED' } end
  return set(tonumber(till), worker)
end
if held and row[3] ~= worker then return { 'OTHER', row[3] } end
if redis.call('ZSCORE', queue, member) == 'inf' then return { 'OPERATOR' } end
row[1], row[4] = row[1] + 1, queue
return set(tonumber(till), worker)

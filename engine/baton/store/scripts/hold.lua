-- Change the lock of one external task. KEYS 1: state, 2: locks, 3: agenda
-- ARGV: what (extend, unlock, lock), task id, number, now, worker, until, queue key, progress (a blob, or nothing)
-- Answers: OK until | NONE | FREE | OTHER worker | EXPIRED | LATE limit | OPERATOR (no retries left, suspended)

local what, member, number, _, worker, _, queue, progress = unpack(ARGV)
local now, till = tonumber(ARGV[4]), tonumber(ARGV[6])
if call('HEXISTS', KEYS[1], 'x' .. number) == 0 then return { 'NONE' } end
local raw = call('HGET', KEYS[2], number)
local row = raw and cmsgpack.unpack(raw) or { 0, 0, '', queue }
local held = row[3] ~= '' and row[2] > now
local instance = string.match(member, '^(.-)%.%d+$')

local function store(changed)
  call('HSET', KEYS[2], number, cmsgpack.pack(changed))
  local score = call('ZSCORE', changed[4], member)
  if score and score ~= 'inf' then call('ZADD', changed[4], format_moment(math.max(changed[2], 0)), member) end
  return { 'OK', format_moment(changed[2]) }
end

if what == 'unlock' then
  row[2], row[3] = now, ''
  if row[5] then row[6], row[7] = 0, '' end
  return store(row)
end
if what == 'extend' then
  if row[3] == '' then return { 'FREE' } end
  if row[3] ~= worker then return { 'OTHER', row[3] } end
  if is_late(row, now) or (row[6] or 0) < 0 then return { 'LATE', row[5] } end
  if not held then return { 'EXPIRED' } end
  local deadline = row[6] or 0
  row[2] = deadline > 0 and math.min(till, deadline) or till
  if progress ~= '' then row[5], row[6], row[7] = row[5] or 0, deadline, progress end
  return store(row)
end
if held and row[3] ~= worker then return { 'OTHER', row[3] } end
if call('ZSCORE', queue, member) == 'inf' then return { 'OPERATOR' } end
if is_late(row, now) then
  watch_attempt(KEYS[1], KEYS[3], instance, now, now)
  return { 'LATE', row[5] }
end
local attempt = begin_attempt(row, now, till, worker, queue)
if held and (row[6] or 0) > 0 then
  -- Locked again by its own worker: the same attempt goes on.
  attempt[6], attempt[2] = row[6], math.min(till, row[6])
end
watch_attempt(KEYS[1], KEYS[3], instance, attempt[6], now)
return store(attempt)

-- All that a turn decided, or nothing. KEYS 5: history, 6: live stream.
-- ARGV: one msgpack map; its names are those of baton.store.plan.
-- Answers: OK | MORE … commands … | ALREADY | FENCED | STALE task number | CLAIMED instance id

local turn = cmsgpack.unpack(ARGV[1])

-- Whether a command of this turn is waiting, or was answered.
local function known_already()
  for _, answer in ipairs(turn.answers) do
    if call('EXISTS', answer[1]) == 1 then return true end
  end
  return false
end

local held = call('HMGET', KEYS[1], '~l', '~v', '~n', '~d', '~x')

-- Of an instance to be: whether nothing of it has come before.
local function is_first()
  return not held[2] and call('EXISTS', KEYS[1], KEYS[2]) == 0 and not known_already()
end

-- Without a lease: whether nobody has one or has lost one, nothing waits, and the state and the locks are those that
-- the turn relied on.
local function is_undisturbed()
  local relied = turn.unleased
  if held[1] or held[3] or held[2] ~= relied.version then return false end
  if call('EXISTS', KEYS[2]) == 1 or known_already() then return false end
  for _, guard in ipairs(turn.guards) do
    local row = lock_row(guard[1])
    if not row or row[3] ~= relied.worker then return false end
  end
  return true
end

local may_commit
if turn.unleased then
  may_commit = is_undisturbed()
elseif turn.fresh == 1 and held[1] ~= turn.lease then
  may_commit = is_first()
else
  may_commit = held[1] == turn.lease
end
if not may_commit then
  -- The lease is the commit's id: after an unknown outcome the repeat finds its own version.
  if held[2] ~= turn.lease then return { 'FENCED' } end
  -- A write, so that WAIT has something of this connection to wait for.
  call('HSET', KEYS[1], '~v', turn.lease)
  return { 'ALREADY' }
end

local claim = turn.claim
if claim then
  local holder = call('HGET', claim.key, claim.name)
  if holder and holder ~= turn.id then
    for _, running in ipairs(claim.running) do
      if call('ZSCORE', running, holder) then return { 'CLAIMED', holder } end
    end
  end
  call('HSET', claim.key, claim.name, turn.id)
end

for _, guard in ipairs(turn.unleased and {} or turn.guards) do
  local row = lock_row(guard[1])
  local fence = row and row[1] or 0
  if guard[2] == 0 then fence = row and row[3] ~= '' and row[1] or 0 end
  if fence ~= guard[2] then
    call('HSET', KEYS[1], '~u', 0)
    set_due(KEYS[3], turn.now, turn.id, turn.now)
    return { 'STALE', guard[1] }
  end
end

-- By which plan variables are indexed: by this process, and of this instance until now.
local plan, indexed_by = turn.plan or '', held[5] or ''
if not held[2] or plan ~= indexed_by then keep_plan(string.match(KEYS[3], '^{[^}]*}'), plan) end

local function in_slices(command, key, values)
  for first = 1, #values, 400 do
    call(command, key, unpack(values, first, math.min(first + 399, #values)))
  end
end

in_slices('HDEL', KEYS[1], turn.drop)
in_slices('HSET', KEYS[1], turn.put)
call('HSET', KEYS[1], '~v', turn.lease)
if plan ~= indexed_by then call('HSET', KEYS[1], '~x', held[2] and '?' or plan) end
if turn.lost > 0 then
  call('HSET', KEYS[1], '~n', turn.lost)
elseif held[3] then
  call('HDEL', KEYS[1], '~n')
end
if turn.chunk ~= '' then
  call('RPUSH', KEYS[5], turn.chunk)
  local entry = { 'i', turn.id, 'e', turn.chunk, 'h', turn.header }
  if turn.status ~= '' then
    entry[7], entry[8] = 's', turn.status
  end
  call('XADD', KEYS[6], 'MAXLEN', '~', turn.live_length, '*', unpack(entry))
end
apply(turn.ops)
call('LTRIM', KEYS[2], turn.consumed, -1)
for _, answer in ipairs(turn.answers) do
  call('SET', answer[1], answer[2], 'PX', answer[3])
  if answer[4] ~= '' then call('PUBLISH', answer[4], answer[5]) end
end
for _, channel in ipairs(turn.wake) do call('PUBLISH', channel, turn.id) end

-- When the first of the attempts at open tasks has failed that are not done by then.
local function find_deadline()
  local found
  local rows = call('HGETALL', KEYS[4])
  for i = 1, #rows, 2 do
    local row = cmsgpack.unpack(rows[i + 1])
    local deadline = row[3] ~= '' and row[6] or 0
    if deadline > 0 and (not found or deadline < found) and call('HEXISTS', KEYS[1], 'x' .. rows[i]) == 1 then
      found = deadline
    end
  end
  return found
end

if held[4] then
  local deadline = find_deadline()
  if deadline then
    call('HSET', KEYS[1], '~d', string.format('%.0f', deadline))
  else
    call('HDEL', KEYS[1], '~d')
  end
  if deadline and turn.watches == 1 and (turn.due == '' or deadline < tonumber(turn.due)) then
    turn.due = string.format('%.0f', deadline)
  end
end

if call('LLEN', KEYS[2]) == 0 then
  call('HDEL', KEYS[1], '~l', '~u')
  if turn.due == '' then
    call('ZREM', KEYS[3], turn.id)
  else
    set_due(KEYS[3], turn.due, turn.id, turn.now)
  end
  return { 'OK' }
end
if turn.more == 0 then
  call('HDEL', KEYS[1], '~l', '~u')
  set_due(KEYS[3], turn.now, turn.id, turn.now)
  return { 'OK' }
end
local lease = next_lease(turn.lease, '', turn.owner)
call('HSET', KEYS[1], '~l', lease, '~u', turn.till)
call('ZADD', KEYS[3], turn.till, turn.id)
return { 'MORE', { lease, turn.lease, 1, {}, call('HGETALL', KEYS[4]), turn.lost }, waiting(turn.batch) }

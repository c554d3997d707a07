-- Shared by the scripts that follow it. KEYS 1 to 4 of a script on one instance: state, mailbox, agenda, locks.

local function number_of(lease)
  return tonumber(string.match(lease or '', '^(%d+):')) or 0
end

-- A lease is '<fence>:<owner>'; the version is the lease that committed last, so fences never repeat.
local function next_lease(lease, version, owner)
  return string.format('%d:%s', math.max(number_of(lease or nil), number_of(version or nil)) + 1, owner)
end

local function waiting(batch)
  return call('LRANGE', KEYS[2], 0, tonumber(batch) - 1)
end

local function taken(lease, version, known, lost)
  local state = {}
  local same = version ~= '' and version == known
  if not same then state = call('HGETALL', KEYS[1]) end
  return { lease, version, same and 1 or 0, state, call('HGETALL', KEYS[4]), lost }
end

-- Give the lease to `owner` unless another holds it; asking again with the same owner finds the same lease.
local function grant(id, now, owner, till, known, batch)
  local row = call('HMGET', KEYS[1], '~l', '~u', '~v', '~n')
  local lease, version, lost = row[1], row[3] or '', tonumber(row[4] or 0)
  local mine = lease and string.match(lease, ':(.*)$') == owner
  if lease and not mine and tonumber(row[2]) > tonumber(now) then
    return { 'HELD', row[2] }
  end
  if lease and not mine and row[2] ~= '0' then
    -- It ran out: its holder died, or took too long. One that was given back ends at 0.
    lost = lost + 1
    call('HSET', KEYS[1], '~n', lost)
  end
  if not mine then lease = next_lease(lease, version, owner) end
  call('HSET', KEYS[1], '~l', lease, '~u', till)
  call('ZADD', KEYS[3], till, id)
  return { 'TAKEN', taken(lease, version, known, lost), waiting(batch) }
end

local function lock_row(number)
  local row = call('HGET', KEYS[4], number)
  return row and cmsgpack.unpack(row)
end

-- Operations on indexes: a Redis command as it is, or one of these functions.
local index_ops = {}

-- registry, its score, name, key, score, member: a sorted set that is listed in a registry while it is not empty
function index_ops.register(op)
  call('ZADD', op[6], op[7], op[8])
  call('ZADD', op[3], op[4], op[5])
end

-- registry, name, key, member
function index_ops.unregister(op)
  call('ZREM', op[5], op[6])
  if call('EXISTS', op[5]) == 0 then call('ZREM', op[3], op[4]) end
end

-- number, release, score, now, queue key, registry, queue name, priority, task id: when the task may be locked next
-- A worker that reports a failure gives its lock up (release), but stays its last holder until another locks the task.
function index_ops.schedule(op)
  local number, release, score, now, queue = op[3], op[4], op[5], tonumber(op[6]), op[7]
  local row = lock_row(number)
  if row then
    if release == 1 then
      row[2] = 0
      -- Below 0: it has timed out.
      if row[5] then row[6], row[7] = row[6] > 0 and row[6] <= now and -row[6] or 0, '' end
    elseif row[2] > now and score ~= 'inf' then
      score = string.format('%.0f', math.max(row[2], tonumber(score)))
    end
    row[4] = queue
    call('HSET', KEYS[4], number, cmsgpack.pack(row))
  end
  index_ops.register({ '', '', op[8], op[10], op[9], queue, score, op[11] })
end

-- number, queue key, ms: how long an attempt at a new task may take
function index_ops.limit(op)
  call('HSET', KEYS[4], op[3], cmsgpack.pack({ 0, 0, '', op[4], op[5], 0, '' }))
end

-- number: an external task is over: its lock goes, and what its steps gave
function index_ops.end_task(op)
  call('HDEL', KEYS[4], op[3])
  local results = string.gsub(KEYS[4], ':k:', ':o:', 1)
  call('DEL', results .. '.' .. op[3])
end

-- sorted set, member, another sorted set, score: the member goes into the other one if it is in the first
function index_ops.add_if_there(op)
  if call('ZSCORE', op[3], op[4]) then call('ZADD', op[5], op[6], op[4]) end
end

-- The index of variables (see variable_keys.py). A partition is indexed by one plan, as long as all that is written in
-- it is written by that plan; '' is none.
local function keep_plan(prefix, plan)
  local name = prefix .. ':vx'
  local found = call('GET', name)
  if found and (plan == '' or string.sub(found, 2, 1 + #plan) ~= plan) then call('DEL', name) end
end

local function remove_variables(state, prefix, id)
  if call('HEXISTS', state, '~x') == 0 then return end
  for _, field in ipairs(call('HKEYS', state)) do
    if string.sub(field, 1, 2) == '~x' then
      local mark = call('HGET', state, field)
      if field ~= '~x' then call('ZREM', prefix .. ':vx:' .. string.sub(field, 3), mark .. '\0' .. id) end
      call('HDEL', state, field)
    end
  end
end

-- state, prefix, instance id, name, mark of its value or '': a variable has another value, or none
function index_ops.variable(op)
  local state, set, id, field, mark = op[3], op[4] .. ':vx:' .. op[6], op[5], '~x' .. op[6], op[7]
  local before = call('HGET', state, field)
  if before == mark then return end
  if before then call('ZREM', set, before .. '\0' .. id) end
  if mark ~= '' then
    call('ZADD', set, 0, mark .. '\0' .. id)
    call('HSET', state, field, mark)
  elseif before then
    call('HDEL', state, field)
  end
end

-- state, prefix, instance id, plan or '', then name and mark of each variable: all that the index has of an instance
function index_ops.variables(op)
  local state, prefix, id, plan = op[3], op[4], op[5], op[6]
  if call('EXISTS', state) == 0 then return end
  remove_variables(state, prefix, id)
  for at = 7, #op, 2 do
    call('ZADD', prefix .. ':vx:' .. op[at], 0, op[at + 1] .. '\0' .. id)
    call('HSET', state, '~x' .. op[at], op[at + 1])
  end
  if plan ~= '' then call('HSET', state, '~x', plan) end
  keep_plan(prefix, plan)
end

-- prefix, plan or '': something that is indexed by it has come into the partition
function index_ops.keep_plan(op)
  keep_plan(op[3], op[4])
end

-- state, prefix, instance id: the instance is about to be removed
function index_ops.forget_variables(op)
  remove_variables(op[3], op[4], op[5])
end

-- The hash of an hour holds what happened in it, and in each of its minutes; the last 24 hours, the first of which has
-- begun before, are kept.
local function count(prefix, at, name, by)
  local moment = tonumber(at)
  local key = string.format('%s:rate:%d', prefix, math.floor(moment / 3600000))
  call('HINCRBY', key, name, by)
  call('HINCRBY', key, name .. math.floor(moment % 3600000 / 60000), by)
  call('EXPIRE', key, 90000)
end

-- prefix, moment: an instance has started
function index_ops.count_start(op)
  count(op[3], op[4], 's', 1)
end

-- prefix, moment, ms that it took: an instance has ended
function index_ops.count_end(op)
  count(op[3], op[4], 'e', 1)
  count(op[3], op[4], 't', op[5])
end

local function apply(ops)
  for _, op in ipairs(ops) do
    if op[1] == 'index' then
      index_ops[op[2]](op)
    else
      call(unpack(op))
    end
  end
end

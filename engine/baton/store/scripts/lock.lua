-- Lock external tasks for a worker: KEYS: the topic registries of the partitions.
-- ARGV: msgpack map: now, worker, max, by_priority, topics = [[name, until, with state], …], tags, only = [task id, …]
-- Answers: tasks [id, fence, until, row, topic index, trace of the instance if it has one], states [instance id, fields, …]

local ask = cmsgpack.unpack(ARGV[1])
local tasks, states, seen = {}, {}, {}

-- The queues of the topics asked for that are not empty: [priority, tag, topic index], the highest priority first.
local function queues()
  local wanted, list = {}, {}
  for index, topic in ipairs(ask.topics) do wanted[topic[1]] = index end
  for place, tag in ipairs(ask.tags) do
    local scored = call('ZRANGE', tag .. ':topics', 0, -1, 'WITHSCORES')
    for i = 1, #scored, 2 do
      local index = wanted[string.match(scored[i], '^%-?%d+:(.*)$')]
      if index then list[#list + 1] = { tonumber(scored[i + 1]), place, index } end
    end
  end
  table.sort(list, function(a, b)
    if a[1] ~= b[1] then return a[1] > b[1] end
    if a[2] ~= b[2] then return a[2] < b[2] end
    return a[3] < b[3]
  end)
  return list
end

local function take(tag, queue, member, index)
  local topic = ask.topics[index]
  local id, number = string.match(member, '^(.-)%.(%d+)$')
  local state, locks = tag .. ':i:' .. id, tag .. ':k:' .. id
  local row = call('HGET', state, 'x' .. number)
  if not row then
    call('ZREM', queue, member)
    return
  end
  local lock = call('HGET', locks, number)
  local before = lock and cmsgpack.unpack(lock) or { 0, 0, '', queue }
  if is_late(before, ask.now) then
    -- A turn has to record that this attempt has failed, before there is another.
    call('ZADD', queue, format_moment(ask.now + 1000), member)
    watch_attempt(state, tag .. ':agenda', id, ask.now, ask.now)
    return
  end
  local attempt = begin_attempt(before, ask.now, topic[2], ask.worker, queue)
  call('HSET', locks, number, cmsgpack.pack(attempt))
  call('ZADD', queue, format_moment(attempt[2]), member)
  watch_attempt(state, tag .. ':agenda', id, attempt[6], ask.now)
  tasks[#tasks + 1] = { member, attempt[1], attempt[2], row, index - 1, call('HGET', state, 'w') or nil }
  if topic[3] == 1 and not seen[id] then
    seen[id] = true
    states[#states + 1] = id
    states[#states + 1] = call('HGETALL', state)
  end
end

local function fetch()
  for _, one in ipairs(queues()) do
    if #tasks >= ask.max then return end
    local tag, index = ask.tags[one[2]], one[3]
    local queue = string.format('%s:q:%d:%s', tag, one[1], ask.topics[index][1])
    local due = call('ZRANGEBYSCORE', queue, '-inf', ask.now, 'LIMIT', 0, ask.max - #tasks)
    for _, member in ipairs(due) do take(tag, queue, member, index) end
  end
end

-- Tasks that the caller has chosen: [tag, queue key, task id, topic index]; those not due (any more) are left out.
local function pick()
  for _, one in ipairs(ask.only) do
    if #tasks >= ask.max then return end
    local score = call('ZSCORE', one[2], one[3])
    if score and tonumber(score) <= ask.now then take(one[1], one[2], one[3], one[4]) end
  end
end

if #ask.only > 0 then pick() else fetch() end
return { tasks, states }

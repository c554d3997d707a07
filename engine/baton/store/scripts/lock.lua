-- Lock external tasks for a worker: KEYS: the topic registries of the partitions.
-- ARGV: msgpack map: now, worker, max, by_priority, topics = [[name, until, with state], …], tags, only = [task id, …]
-- Answers: tasks [id, fence, until, row, topic index], states [instance id, fields, …]

local ask = cmsgpack.unpack(ARGV[1])
local tasks, states, seen = {}, {}, {}

local function levels()
  local found, list = {}, {}
  for _, tag in ipairs(ask.tags) do
    for _, range in ipairs({ { '(0', '+inf' }, { '-inf', '(0' } }) do
      local scored = call('ZRANGEBYSCORE', tag .. ':topics', range[1], range[2], 'WITHSCORES')
      for i = 2, #scored, 2 do
        if not found[scored[i]] then
          found[scored[i]] = true
          list[#list + 1] = tonumber(scored[i])
        end
      end
    end
  end
  list[#list + 1] = 0
  table.sort(list, function(a, b) return a > b end)
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
  local fence = (lock and cmsgpack.unpack(lock)[1] or 0) + 1
  call('HSET', locks, number, cmsgpack.pack({ fence, topic[2], ask.worker, queue }))
  call('ZADD', queue, string.format('%.0f', topic[2]), member)
  tasks[#tasks + 1] = { member, fence, topic[2], row, index - 1 }
  if topic[3] == 1 and not seen[id] then
    seen[id] = true
    states[#states + 1] = id
    states[#states + 1] = call('HGETALL', state)
  end
end

local function probe(level, tag, index)
  local queue = string.format('%s:q:%d:%s', tag, level, ask.topics[index][1])
  local due = call('ZRANGEBYSCORE', queue, '-inf', ask.now, 'LIMIT', 0, ask.max - #tasks)
  for _, member in ipairs(due) do take(tag, queue, member, index) end
end

local function fetch()
  for _, level in ipairs(levels()) do
    for _, tag in ipairs(ask.tags) do
      for index = 1, #ask.topics do
        if #tasks >= ask.max then return end
        probe(level, tag, index)
      end
    end
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

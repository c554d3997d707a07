-- An ended instance leaves the store, if it is exactly what the archive has of it.
-- KEYS 1: state, 2: history, 3: comments, 4: attachments, 5: their contents, 6: mailbox, 7: agenda, 8: removal times.
-- ARGV: msgpack map: id; hashes = the flat content of KEYS 1, 3, 4, 5; history = list; removal = score or '';
-- names of keys that go too, ops
-- Answers: OK | CHANGED

local ask = cmsgpack.unpack(ARGV[1])

local function is_same_hash(key, flat)
  if call('HLEN', key) * 2 ~= #flat then return false end
  for at = 1, #flat, 2 do
    if call('HGET', key, flat[at]) ~= flat[at + 1] then return false end
  end
  return true
end

local function is_same_list(key, items)
  local found = call('LRANGE', key, 0, -1)
  if #found ~= #items then return false end
  for at, item in ipairs(items) do
    if found[at] ~= item then return false end
  end
  return true
end

if call('EXISTS', KEYS[1]) == 0 or call('EXISTS', KEYS[6]) == 1 or call('ZSCORE', KEYS[7], ask.id) then
  return { 'CHANGED' }
end
for at, place in ipairs({ 1, 3, 4, 5 }) do
  if not is_same_hash(KEYS[place], ask.hashes[at]) then return { 'CHANGED' } end
end
if not is_same_list(KEYS[2], ask.history) or (call('ZSCORE', KEYS[8], ask.id) or '') ~= ask.removal then
  return { 'CHANGED' }
end
call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
call('ZREM', KEYS[8], ask.id)
for _, name in ipairs(ask.names) do call('DEL', name) end
apply(ask.ops)
return { 'OK' }

-- What the archive has of an instance goes into the store, if it is not there.
-- KEYS 1: state, 2: history, 3: comments, 4: attachments, 5: their contents, 6, 7: unused, 8: removal times.
-- ARGV: msgpack map: id; hashes = the flat content of KEYS 1, 3, 4, 5; history = list; removal = score or ''; ops
-- Answers: OK | THERE

if call('EXISTS', KEYS[1]) == 1 then return { 'THERE' } end
local ask = cmsgpack.unpack(ARGV[1])

local function put(command, key, items)
  for first = 1, #items, 400 do
    call(command, key, unpack(items, first, math.min(first + 399, #items)))
  end
end

call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for at, place in ipairs({ 1, 3, 4, 5 }) do put('HSET', KEYS[place], ask.hashes[at]) end
put('RPUSH', KEYS[2], ask.history)
if ask.removal ~= '' then call('ZADD', KEYS[8], ask.removal, ask.id) end
apply(ask.ops)
return { 'OK' }

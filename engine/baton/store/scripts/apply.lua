-- Index operations on keys of one slot, if what was read before still holds.
-- KEYS 1: any key of the slot. ARGV: msgpack map: expect = [[key, field, value or ''], …], ops,
-- fewer = [[hash, count that its fields must be below], …]
-- Answers: OK | CHANGED

local ask = cmsgpack.unpack(ARGV[1])
for _, one in ipairs(ask.expect) do
  local found
  if one[2] == '' then found = call('GET', one[1]) else found = call('HGET', one[1], one[2]) end
  if (found or '') ~= one[3] then return { 'CHANGED' } end
end
for _, one in ipairs(ask.fewer or {}) do
  if call('HLEN', one[1]) >= one[2] then return { 'CHANGED' } end
end
apply(ask.ops)
return { 'OK' }

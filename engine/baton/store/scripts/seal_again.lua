-- Replace blobs by the same, sealed with another key, where nobody has written since they were read.
-- KEYS 1: any key of the slot. ARGV: msgpack list of [key, 'hash' | 'string' | 'list', field or index, before, after]
-- Answers: OK how many

local replaced = 0
for _, one in ipairs(cmsgpack.unpack(ARGV[1])) do
  local key, kind, place, before, after = one[1], one[2], one[3], one[4], one[5]
  if kind == 'hash' and call('HGET', key, place) == before then
    call('HSET', key, place, after)
    replaced = replaced + 1
  elseif kind == 'string' and call('GET', key) == before then
    call('SET', key, after, 'KEEPTTL')
    replaced = replaced + 1
  elseif kind == 'list' and call('LINDEX', key, place) == before then
    call('LSET', key, place, after)
    replaced = replaced + 1
  end
end
return { 'OK', replaced }

-- KEYS: sorted sets. Answers: a msgpack list of how many members each has.

local sizes = {}
for place, key in ipairs(KEYS) do sizes[place] = call('ZCARD', key) end
return cmsgpack.pack(sizes)

-- KEYS: hash tags of partitions, of one slot. ARGV: what names of sorted sets have behind the tag.
-- Answers: a msgpack list of how many members each has, those of one partition after those of the other.

local sizes = {}
for _, tag in ipairs(KEYS) do
  for _, ending in ipairs(ARGV) do sizes[#sizes + 1] = call('ZCARD', tag .. ending) end
end
return cmsgpack.pack(sizes)

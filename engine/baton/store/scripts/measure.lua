-- KEYS: those of one instance. Answers: the bytes of memory that they take, without what is small in each.

local sum = 0
for _, key in ipairs(KEYS) do sum = sum + (call('MEMORY', 'USAGE', key, 'SAMPLES', 0) or 0) end
return sum

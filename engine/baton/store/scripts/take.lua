-- Take the turn of an instance.
-- ARGV: id, now, owner, until, known version, batch, only if due
-- Answers: TAKEN … | HELD until | NOT_DUE | NONE

if call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  call('ZREM', KEYS[3], ARGV[1])
  return { 'NONE' }
end
if ARGV[7] == '1' then
  local due = call('ZSCORE', KEYS[3], ARGV[1])
  if not due or tonumber(due) > tonumber(ARGV[2]) then return { 'NOT_DUE' } end
end
return grant(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])

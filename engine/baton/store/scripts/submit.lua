-- Put a command into the mailbox and, if nobody holds the instance, take the turn.
-- KEYS 5: answer. ARGV: id, now, owner, until, known version, batch, command, answer's time to live, create, take
-- Answers: ANSWERED answer | NONE | TAKEN … | HELD until | QUEUED

local known = call('GET', KEYS[5])
if known and known ~= '' then return { 'ANSWERED', known } end
if not known then
  if ARGV[9] == '0' and call('EXISTS', KEYS[1], KEYS[2]) == 0 then return { 'NONE' } end
  call('SET', KEYS[5], '', 'PX', ARGV[8])
  call('RPUSH', KEYS[2], ARGV[7])
end
if ARGV[10] == '1' then
  return grant(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
end
local lease = call('HMGET', KEYS[1], '~l', '~u')
if not lease[1] or tonumber(lease[2]) <= tonumber(ARGV[2]) then
  set_due(KEYS[3], ARGV[2], ARGV[1], ARGV[2])
end
return { 'QUEUED' }

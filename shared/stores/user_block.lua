-- @include rooms
-- Never matched again, never reached again, both ways. ARGV guest, other; returns 1, -1 where there is no such guest, -2 own session ended
local guest, other, at = ARGV[1], ARGV[2], now()
if not alive(guest, at) then return -2 end
if not alive(other, at) then return -1 end
redis.call('SADD', K.blocks .. guest, other)
redis.call('SADD', K.blockedBy .. other, guest)
local ends = redis.call('HGET', K.session .. guest, 'endsAt')
redis.call('PEXPIREAT', K.blocks .. guest, ends)
redis.call('PEXPIREAT', K.blockedBy .. other, redis.call('HGET', K.session .. other, 'endsAt'))
local pair = redis.call('HGET', K.session .. guest, 'pair')
if pair and redis.call('HEXISTS', K.members .. pair, other) == 1 then closePair(pair, 'blocked', true) end
local call = callJoinedBy(guest)
local c = call and callOf(call)
local p = c and personOf(c, other)
if p and p.state ~= 'left' then -- in a group's call they do not meet again either
  dropPerson(c, p, 'left')
  settleCall(c, 'hangup', guest)
end
return 1

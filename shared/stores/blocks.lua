-- @include rooms
-- Never matched again, never reached again, both ways; a pair of the two ends for `reason`.
local function block(guest, other, reason)
  redis.call('SADD', K.blocks .. guest, other)
  redis.call('SADD', K.blockedBy .. other, guest)
  redis.call('PEXPIREAT', K.blocks .. guest, redis.call('HGET', K.session .. guest, 'endsAt'))
  redis.call('PEXPIREAT', K.blockedBy .. other, redis.call('HGET', K.session .. other, 'endsAt'))
  local pair = redis.call('HGET', K.session .. guest, 'pair')
  if pair and redis.call('HEXISTS', K.members .. pair, other) == 1 then closePair(pair, reason, true) end
  local call = callJoinedBy(guest)
  local c = call and callOf(call)
  local p = c and personOf(c, other)
  if p and p.state ~= 'left' then -- in a group's call they do not meet again either
    dropPerson(c, p, 'left')
    settleCall(c, 'hangup', guest)
  end
end

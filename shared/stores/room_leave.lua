-- @include groups
-- Out of a room: of a group oneself, of a pair both, for it ends. ARGV room, guest, connection that asks
-- returns 1, 0 a pair, over by now, -1 no such room, -2 not a member
local room, guest = ARGV[1], ARGV[2]
if leaveGroup(room, guest, ARGV[3]) then return 1 end
if redis.call('HGET', K.room .. room, 'kind') ~= 'pair' or redis.call('HEXISTS', K.members .. room, guest) == 0 then
  return redis.call('EXISTS', K.room .. room) == 1 and -2 or -1
end
closePair(room, 'left', true)
return 0

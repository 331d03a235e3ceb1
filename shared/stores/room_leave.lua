-- @include groups
-- Out of a group. ARGV room, guest, node that asks; returns {1, name, members left} | {0, of a pair that is over} | {-1 no such room | -2 not a member}
local left = leaveGroup(ARGV[1], ARGV[2], ARGV[3])
if left then return left end
if redis.call('HGET', K.room .. ARGV[1], 'kind') == 'pair' and redis.call('HEXISTS', K.members .. ARGV[1], ARGV[2]) == 1 then return { 0 } end
return { redis.call('EXISTS', K.room .. ARGV[1]) == 1 and -2 or -1 }

-- @include common rooms
-- A node has told more of this log than there is. ARGV room, epoch, seq; returns 1 renewed, 0 not so
local m = redis.call('HMGET', K.room .. ARGV[1], 'epoch', 'seq')
if not m[1] or m[1] ~= ARGV[2] or tonumber(m[2]) >= tonumber(ARGV[3]) then return 0 end
renewEpoch(ARGV[1], m[1])
return 1

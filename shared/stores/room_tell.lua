-- @include common
-- Something that is not kept (typing), for the other members' nodes. ARGV room, guest, node, event, payload
-- returns 1, 0 where the room is too large for it, or -1 no such room, -2 not a member, -3 closed
local m = redis.call('HMGET', K.room .. ARGV[1], 'state', 'nodes', 'kind')
if not m[1] then return -1 end
if redis.call('HEXISTS', K.members .. ARGV[1], ARGV[2]) == 0 then return -2 end
if m[1] ~= 'open' then return -3 end
if isLarge(ARGV[1], m[3]) then return 0 end
tellRoom(ARGV[1], m[2], ARGV[3], 'op', 'event', 'room', ARGV[1], 'event', ARGV[4], 'payload', ARGV[5])
return 1

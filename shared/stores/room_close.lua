-- @include groups
-- Ends a group for all: its members are told, and it is forgotten at once. ARGV room, reason; returns 1, or 0 where there is no such group
local room = ARGV[1]
local m = redis.call('HMGET', K.room .. room, 'kind', 'nodes')
if m[1] ~= 'group' then return 0 end
endCallIn(room) -- told before the end of its room is
for _, guest in ipairs(redis.call('HKEYS', K.members .. room)) do redis.call('SREM', K.rooms .. guest, room) end
tellRoom(room, m[2], '', 'op', 'closed', 'room', room, 'reason', ARGV[2])
forgetGroup(room)
return 1

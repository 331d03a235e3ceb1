-- @include bans groups
-- Into a group by its id, once. ARGV room, guest, connection that asks, most groups a guest is in
-- returns 1, 0 was in, -1 no such room, -2 somebody else's pair, -3 closed, -6 full, -7 in too many, -8 session ended
local room, guest = ARGV[1], ARGV[2]
if not alive(guest, now()) or bannedUntil(now(), guest) then return -8 end
local m = redis.call('HMGET', K.room .. room, 'kind', 'state', 'capacity')
if not m[1] then return -1 end
local name = redis.call('HGET', K.members .. room, guest)
if m[1] == 'pair' and not name then return -2 end
if m[2] ~= 'open' then return -3 end
if name then return 0 end
if redis.call('HLEN', K.members .. room) >= tonumber(m[3]) then return -6 end
local s = redis.call('HMGET', K.session .. guest, 'username', 'pair')
if redis.call('SCARD', K.rooms .. guest) - (s[2] and 1 or 0) >= tonumber(ARGV[4]) then return -7 end
enterGroup(room, guest, s[1], ARGV[3])
tellCallTo(guest, room)
return 1

-- @include bans groups
-- A group with its creator in it. ARGV guest, room, epoch, name, visibility, capacity, most groups a guest is in
-- returns {createdAt} | {-7 in too many} | {-8 session ended}
local guest, room, at = ARGV[1], ARGV[2], now()
if not alive(guest, at) or bannedUntil(at, guest) then return { -8 } end
local s = redis.call('HMGET', K.session .. guest, 'username', 'pair')
if redis.call('SCARD', K.rooms .. guest) - (s[2] and 1 or 0) >= tonumber(ARGV[7]) then return { -7 } end
redis.call('HSET', K.room .. room, 'kind', 'group', 'state', 'open', 'epoch', ARGV[3], 'run', redis.call('GET', K.run) or '', 'seq', 0, 'first', 1,
  'capacity', ARGV[6], 'createdAt', at, 'name', ARGV[4], 'visibility', ARGV[5], 'nodes', '')
redis.call('ZADD', K.groupRooms, at, room)
enterGroup(room, guest, s[1], '')
return { at }

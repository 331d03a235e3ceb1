-- @include common
-- The body leaves the log; a stub keeps its place in the order. ARGV room, guest, connection that asks, epoch, seq, payload
-- returns 1 gone, 0 was gone, -1 no such room, -2 not a member or not theirs, -4 no such message
local room, guest, seq = ARGV[1], ARGV[2], ARGV[5]
local m = redis.call('HMGET', K.room .. room, 'epoch', 'nodes')
if not m[1] then return -1 end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return -2 end
if m[1] ~= ARGV[4] then return -4 end
local marks = K.marks .. room
if redis.call('HEXISTS', marks, 'x' .. seq) == 1 then return 0 end
local entry = redis.call('XRANGE', K.log .. room, seq .. '-0', seq .. '-0')[1]
if not entry then return -4 end
local body = cjson.decode(entry[2][4])
if body.sender.id ~= guest then return -2 end
redis.call('XDEL', K.log .. room, seq .. '-0')
redis.call('HDEL', marks, 'r' .. seq)
redis.call('HSET', marks, 'x' .. seq, cjson.encode({ at = tonumber(entry[2][2]), clientMessageId = body.clientMessageId, sender = body.sender, kind = body.kind }))
redis.call('PEXPIRE', marks, redis.call('PTTL', K.room .. room))
tellRoom(room, m[2], '', 'op', 'event', 'asks', ARGV[3], 'room', room, 'event', 'message:deleted', 'payload', ARGV[6])
return 1

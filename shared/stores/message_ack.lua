-- @include common
-- Receipts only rise, and never beyond the log. ARGV room, guest, node, deliveredSeq, readSeq
-- returns {-1 | -2} or {epoch, lastSeq, deliveredSeq, readSeq, to be told? 1|0}
local room, guest = ARGV[1], ARGV[2]
local m = redis.call('HMGET', K.room .. room, 'epoch', 'seq', 'nodes', 'kind')
if not m[1] then return { -1 } end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return { -2 } end
local last, key = tonumber(m[2]), K.receipts .. room
local had = redis.call('HMGET', key, 'd:' .. guest, 'r:' .. guest)
local hadDelivered, hadRead = tonumber(had[1] or 0), tonumber(had[2] or 0)
local read = math.max(hadRead, math.min(tonumber(ARGV[5]), last))
local delivered = math.max(hadDelivered, read, math.min(tonumber(ARGV[4]), last))
if delivered == hadDelivered and read == hadRead then return { m[1], last, delivered, read, 0 } end
redis.call('HSET', key, 'd:' .. guest, delivered, 'r:' .. guest, read)
if not had[1] then redis.call('PEXPIRE', key, redis.call('PTTL', K.room .. room)) end
if isLarge(room, m[4]) then return { m[1], last, delivered, read, 0 } end
local payload = string.format('{"roomId":"%s","userId":"%s","deliveredSeq":%d,"readSeq":%d}', room, guest, delivered, read)
tellRoom(room, m[3], ARGV[3], 'op', 'event', 'room', room, 'event', 'message:acked', 'payload', payload)
return { m[1], last, delivered, read, 1 }

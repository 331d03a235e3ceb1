-- @include uploads
-- A slot for one file in a room. ARGV id, room, guest, formMs, slotMs, ttlMs, field, value, …
-- returns {expiresAt of the file, createdAt} | {-1 no such room | -2 not a member | -3 closed}
local id, room, guest, at = ARGV[1], ARGV[2], ARGV[3], now()
local state = redis.call('HGET', K.room .. room, 'state')
if not state then return { -1 } end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return { -2 } end
if state ~= 'open' then return { -3 } end
local expires, left = at + tonumber(ARGV[6]), redis.call('PTTL', K.room .. room)
redis.call('HSET', K.upload .. id, 'room', room, 'owner', guest, 'state', 'pending', 'expiresAt', expires, unpack(ARGV, 7))
redis.call('PEXPIREAT', K.upload .. id, expires + 3600000) -- a backstop: the sweep comes first
redis.call('ZADD', K.uploadsDue, math.min(expires, at + tonumber(ARGV[5])), id) -- not complete by then: gone
redis.call('ZADD', K.uploadsOpen, at + tonumber(ARGV[4]), id)
for _, index in ipairs({ K.uploadsIn .. room, K.uploadsOf .. guest }) do
  redis.call('SADD', index, id)
  if left > 0 then redis.call('PEXPIRE', index, math.max(left, redis.call('PTTL', index))) end
end
return { expires, at }

-- @include uploads
-- What the check found. ARGV id, 'complete' | 'pending' (no bytes yet) | 'refused', field, value, …
-- returns the fields, or {} where the upload went meanwhile: then its bytes are the caller's to delete
local id, verdict, at = ARGV[1], ARGV[2], now()
local u = liveUpload(id, at)
if not u then return {} end
if verdict == 'refused' then
  dropUpload(id, at)
elseif verdict == 'pending' then
  redis.call('HDEL', K.upload .. id, 'checking')
else
  redis.call('HSET', K.upload .. id, 'state', 'complete', unpack(ARGV, 3))
  redis.call('HDEL', K.upload .. id, 'checking')
  redis.call('ZADD', K.uploadsDue, u.expiresAt, id)
  redis.call('ZADD', K.uploadsKept, 0, id)
end
return redis.call('HGETALL', K.upload .. id)

-- @include common
-- ARGV guest, username, folded username, interests, language, ttlMs, maxMs
-- returns expiresAt, or 0 where the name is taken
local guest, at = ARGV[1], now()
local name, ends = K.name .. ARGV[3], at + tonumber(ARGV[7])
if not redis.call('SET', name, guest, 'NX', 'PXAT', ends) then return 0 end
local expires = math.min(at + tonumber(ARGV[6]), ends)
redis.call('HSET', K.session .. guest, 'username', ARGV[2], 'nameKey', name, 'interests', ARGV[4], 'language', ARGV[5], 'createdAt', at, 'endsAt', ends)
redis.call('PEXPIREAT', K.session .. guest, ends + 300000) -- a backstop: the reaper comes first
redis.call('ZADD', K.sessions, expires, guest)
redis.call('INCR', K.total)
return expires

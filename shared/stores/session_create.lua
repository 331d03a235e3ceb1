-- @include bans
-- ARGV guest, username, folded username, interests, language, ttlMs, maxMs, then their address' pseudonyms, newest first
-- returns expiresAt, 0 where the name is taken, or -until where the address is banned
local guest, at = ARGV[1], now()
local banned = bannedUntil(at, unpack(ARGV, 8))
if banned then return -banned end
local name, ends = K.name .. ARGV[3], at + tonumber(ARGV[7])
if not redis.call('SET', name, guest, 'NX', 'PXAT', ends) then return 0 end
local expires = math.min(at + tonumber(ARGV[6]), ends)
redis.call('HSET', K.session .. guest, 'username', ARGV[2], 'nameKey', name, 'interests', ARGV[4], 'language', ARGV[5], 'createdAt', at, 'endsAt', ends)
if ARGV[8] then redis.call('HSET', K.session .. guest, 'madeFrom', ARGV[8]) end
redis.call('PEXPIREAT', K.session .. guest, ends + 300000) -- a backstop: the reaper comes first
redis.call('ZADD', K.sessions, expires, guest)
redis.call('INCR', K.total)
return expires

-- @include common
-- The session lives on (sliding, 24 h at most) and its guest was active. ARGV guest, ttlMs
-- returns {} where it has ended, else {username, interests, language, createdAt, expiresAt}
local guest, at = ARGV[1], now()
if not alive(guest, at) then return {} end
local s = redis.call('HMGET', K.session .. guest, 'username', 'interests', 'language', 'createdAt', 'endsAt')
if not s[1] then return {} end
local expires = math.min(at + tonumber(ARGV[2]), tonumber(s[5]))
redis.call('ZADD', K.sessions, 'XX', 'GT', expires, guest)
redis.call('ZADD', K.active, at, guest)
return { s[1], s[2], s[3], s[4], redis.call('ZSCORE', K.sessions, guest) }

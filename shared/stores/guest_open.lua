-- @include bans rooms
-- A guest's socket on this node. ARGV guest, node, leaseMs, sessionTtlMs, pairLeaseMs, then their address' pseudonyms, newest first
-- returns {} where the session has ended, {until} where guest or address is banned, else {username, pair or '', ticket? 1|0, room, room, …}
local guest, node, at = ARGV[1], ARGV[2], now()
local ends = bannedUntil(at, guest, unpack(ARGV, 6))
if ends then return { ends } end
if not alive(guest, at) then return {} end
local s = redis.call('HMGET', K.session .. guest, 'username', 'pair', 'endsAt')
if not s[1] then return {} end
if ARGV[6] then redis.call('HSET', K.session .. guest, 'seenFrom', ARGV[6]) end
redis.call('ZADD', K.where .. guest, at + ARGV[3], node)
redis.call('PEXPIRE', K.where .. guest, ARGV[3] * 2)
redis.call('ZADD', K.sessions, 'XX', 'GT', math.min(at + tonumber(ARGV[4]), tonumber(s[3])), guest)
redis.call('ZADD', K.active, at, guest)
local was = redis.call('ZSCORE', K.online, guest)
redis.call('ZADD', K.online, at + ARGV[3], guest)
if not was then comeBack(guest) end
if s[2] then
  redis.call('ZADD', K.pairs, 'XX', at + ARGV[5], s[2] .. '|' .. guest)
  redis.call('ZREM', K.offers, s[2] .. '|' .. guest) -- the welcome tells
end
local rooms = redis.call('SMEMBERS', K.rooms .. guest)
for _, room in ipairs(rooms) do
  if redis.call('EXISTS', K.room .. room) == 1 then addNode(room, node) end
end
return { s[1], s[2] or '', redis.call('EXISTS', K.ticket .. guest), unpack(rooms) }

-- @include bans rooms
-- Guests' sockets, a turn's at once. ARGV leaseMs, sessionTtlMs, pairLeaseMs, then for each: guest, node, how many pseudonyms their
-- address has, these, newest first
-- returns for each {} where the session has ended, {until} where guest or address is banned, else {username, pair or '', ticket? 1|0, room, room, …}
local lease, ttl, pairLease, at = ARGV[1], ARGV[2], ARGV[3], now()

local function open(guest, node, ...)
  local ends = bannedUntil(at, guest, ...)
  if ends then return { ends } end
  if not alive(guest, at) then return {} end
  local s = redis.call('HMGET', K.session .. guest, 'username', 'pair', 'endsAt')
  if not s[1] then return {} end
  local from = ...
  if from then redis.call('HSET', K.session .. guest, 'seenFrom', from) end
  redis.call('ZADD', K.where .. guest, at + lease, node)
  redis.call('PEXPIRE', K.where .. guest, lease * 2)
  redis.call('ZADD', K.sessions, 'XX', 'GT', math.min(at + tonumber(ttl), tonumber(s[3])), guest)
  redis.call('ZADD', K.active, at, guest)
  local was = redis.call('ZSCORE', K.online, guest)
  redis.call('ZADD', K.online, at + lease, guest)
  if not was then comeBack(guest) end
  if s[2] then
    redis.call('ZADD', K.pairs, 'XX', at + pairLease, s[2] .. '|' .. guest)
    redis.call('ZREM', K.offers, s[2] .. '|' .. guest) -- the welcome tells
  end
  local rooms = redis.call('SMEMBERS', K.rooms .. guest)
  for _, room in ipairs(rooms) do
    if redis.call('EXISTS', K.room .. room) == 1 then addNode(room, node) end
  end
  return { s[1], s[2] or '', redis.call('EXISTS', K.ticket .. guest), unpack(rooms) }
end

local out, i = {}, 4
while ARGV[i] do
  local last = i + 2 + ARGV[i + 2]
  out[#out + 1] = open(ARGV[i], ARGV[i + 1], unpack(ARGV, i + 3, last))
  i = last + 1
end
return out

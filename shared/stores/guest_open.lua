-- @include bans rooms
-- Guests' sockets, a turn's at once. ARGV leaseMs, sessionTtlMs, pairLeaseMs, most handshakes in a window, the window in ms, then for
-- each: guest, node, a handshake? 1|0 (else it has been let in before), how many pseudonyms their address has, these, newest first
-- returns for each {} where the session has ended, until where guest or address is banned, {ms} until the next handshake where there
-- were too many, else {username, pair or '', ticket? 1|0, room, room, …}
local lease, ttl, pairLease, most, windowMs, at = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], now()

-- Beyond the limit: ms until it is over.
local function shakeHands(guest)
  local hands = K.handshakes .. guest
  local count = redis.call('INCR', hands)
  if count == 1 then redis.call('PEXPIRE', hands, windowMs) end
  return count > most and redis.call('PTTL', hands)
end

local function open(guest, node, handshake, ...)
  local ends = bannedUntil(at, guest, ...)
  if ends then return ends end
  if not alive(guest, at) then return {} end
  local leftMs = handshake == '1' and shakeHands(guest)
  if leftMs then return { leftMs } end
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

local out, i = {}, 6
while ARGV[i] do
  local last = i + 3 + ARGV[i + 3]
  out[#out + 1] = open(ARGV[i], ARGV[i + 1], ARGV[i + 2], unpack(ARGV, i + 4, last))
  i = last + 1
end
return out

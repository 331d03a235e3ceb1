-- @include common calls uploads
local LINGER_MS, RECENT_MS, RECENT_MOST, DAY_MS = 600000, 600000, 20, 86400000
local ROOM_KEYS = { 'room', 'members', 'log', 'seen', 'marks', 'receipts', 'voices', 'uploadsIn' }

local function expireRoom(room, ms)
  for _, name in ipairs(ROOM_KEYS) do redis.call('PEXPIRE', K[name] .. room, ms) end
end

local function forgetRoom(room)
  for _, name in ipairs(ROOM_KEYS) do redis.call('DEL', K[name] .. room) end
end

-- A log that was or may have been rolled back (a crash of Redis, a failover): from here on it is another log, so that no
-- cursor of the old one passes for one of this. Receipts counted the old one.
local function renewEpoch(room, epoch)
  local renewed = string.sub(redis.sha1hex(epoch .. now()), 1, 16)
  redis.call('HSET', K.room .. room, 'epoch', renewed)
  redis.call('DEL', K.receipts .. room)
  return renewed
end

-- Recent partners stand on both sides or on neither, so that a guest who goes can be forgotten on both (S4).
local function remember(guest, other, at)
  local mine = K.recent .. guest
  redis.call('ZADD', mine, at, other)
  redis.call('PEXPIRE', mine, DAY_MS)
  for _, dropped in ipairs({ redis.call('ZRANGEBYSCORE', mine, '-inf', at - RECENT_MS), redis.call('ZRANGE', mine, 0, -RECENT_MOST - 1) }) do
    for _, partner in ipairs(dropped) do
      redis.call('ZREM', mine, partner)
      redis.call('ZREM', K.recent .. partner, guest)
    end
  end
end

-- Ends a pair, once: both are free, both are told, and its log lingers for a last pull. `met` = remember them as recent partners.
local function closePair(room, reason, met)
  local meta = K.room .. room
  if redis.call('HGET', meta, 'state') ~= 'open' then return false end
  local at = now()
  endCallIn(room) -- told before the end of its room is
  redis.call('HSET', meta, 'state', 'closed', 'reason', reason)
  redis.call('ZREM', K.pairRooms, room)
  local members = redis.call('HKEYS', K.members .. room)
  for _, guest in ipairs(members) do
    if redis.call('HGET', K.session .. guest, 'pair') == room then redis.call('HDEL', K.session .. guest, 'pair') end
    redis.call('ZREM', K.pairs, room .. '|' .. guest)
    redis.call('ZREM', K.offers, room .. '|' .. guest)
    redis.call('SREM', K.rooms .. guest, room)
    redis.call('ZADD', K.past .. guest, at, room)
    redis.call('ZREMRANGEBYSCORE', K.past .. guest, '-inf', at - LINGER_MS) -- what stands here is undone in one step when the session ends
    redis.call('PEXPIRE', K.past .. guest, LINGER_MS)
    for _, other in ipairs(members) do
      if met and other ~= guest then remember(guest, other, at) end
    end
    tellGuest(guest, 'op', 'ended', 'user', guest, 'room', room, 'reason', reason)
  end
  dropUploads(K.uploadsIn .. room)
  expireRoom(room, LINGER_MS)
  return true
end

-- A line for a guest's rooms: what changed about them. In a pair nobody is offline: it ends with the grace.
local function tellPresence(guest, status)
  for _, room in ipairs(redis.call('SMEMBERS', K.rooms .. guest)) do
    local m = redis.call('HMGET', K.room .. room, 'nodes', 'kind')
    if m[1] and (status ~= 'offline' or m[2] == 'group') and not isLarge(room, m[2]) then
      tellRoom(room, m[1], '', 'op', 'presence', 'room', room, 'user', guest, 'status', status)
    end
  end
end

local function statusOf(guest, kind, at)
  local lease = redis.call('ZSCORE', K.online, guest)
  if lease and tonumber(lease) > at then return 'online' end
  local grace = kind == 'group' and redis.call('ZSCORE', K.away, guest)
  return (kind == 'pair' or lease or grace and tonumber(grace) > at) and 'away' or 'offline'
end

-- Without a socket anywhere: away, and in their groups offline once the grace is over.
local function goAway(guest, at, grace)
  tellPresence(guest, 'away')
  local pair = redis.call('HEXISTS', K.session .. guest, 'pair')
  if redis.call('SCARD', K.rooms .. guest) > pair then redis.call('ZADD', K.away, at + grace, guest) end
end

local function comeBack(guest)
  redis.call('ZREM', K.away, guest)
  tellPresence(guest, 'online')
end

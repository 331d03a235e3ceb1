-- @include common calls uploads
local LINGER_MS, RECENT_MS, RECENT_MOST, DAY_MS = 600000, 600000, 20, 86400000
local ROOM_KEYS = { 'room', 'members', 'log', 'seen', 'marks', 'receipts' }

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

-- A line for a guest's rooms: what changed about them.
local function tellPresence(guest, status)
  for _, room in ipairs(redis.call('SMEMBERS', K.rooms .. guest)) do
    local nodes = redis.call('HGET', K.room .. room, 'nodes')
    if nodes then tellRoom(room, nodes, '', 'op', 'presence', 'room', room, 'user', guest, 'status', status) end
  end
end

-- Redis' own clock, ms: nodes' clocks may differ.
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- An entry (field, value, …) for one node. A node whose inbox is gone is dead: false. Nothing is trimmed here, or an entry would be
-- lost and nobody know: the reaper takes away an inbox that nobody reads.
local function tellNode(node, ...)
  return redis.call('XADD', K.inbox .. node, 'NOMKSTREAM', '*', ...)
end

-- … for every node that holds a socket of that guest.
local function tellGuest(guest, ...)
  for _, node in ipairs(redis.call('ZRANGE', K.where .. guest, 0, -1)) do
    if not tellNode(node, ...) then redis.call('ZREM', K.where .. guest, node) end
  end
end

local function tellOthers(guest, except, ...)
  for _, node in ipairs(redis.call('ZRANGE', K.where .. guest, 0, -1)) do
    if node ~= except then tellNode(node, ...) end
  end
end

-- `nodes` of a room's meta is "node node …": those that hold a member's socket.
local function addNode(room, node)
  local nodes = redis.call('HGET', K.room .. room, 'nodes') or ''
  if not string.find(' ' .. nodes .. ' ', ' ' .. node .. ' ', 1, true) then
    redis.call('HSET', K.room .. room, 'nodes', nodes .. ' ' .. node)
  end
end

local function dropNode(room, gone)
  local nodes, left = redis.call('HGET', K.room .. room, 'nodes'), {}
  if not nodes then return end
  for node in string.gmatch(nodes, '%S+') do
    if node ~= gone then left[#left + 1] = node end
  end
  redis.call('HSET', K.room .. room, 'nodes', table.concat(left, ' '))
end

-- … for every node of a room but one (which tells its own sockets itself).
local function tellRoom(room, nodes, except, ...)
  for node in string.gmatch(nodes, '%S+') do
    if node ~= except and not tellNode(node, ...) then dropNode(room, node) end
  end
end

-- Beyond this many members a room is told of messages and reactions, not of each one's coming, going, reading and typing:
-- what a thousand do at once would be a million events.
local LARGE = 100
local function isLarge(room, kind)
  return kind == 'group' and redis.call('HLEN', K.members .. room) > LARGE
end

-- Where it is kept which message a clientMessageId became: key, member. In a group by guest, so that theirs can be found again (S4).
local function seenIn(room, kind, guest, id)
  if kind == 'group' then return K.said .. room .. '|' .. guest, id end
  return K.seen .. room, guest .. ':' .. id
end

-- Counts events of a guest on the key that the limiter uses for the others. Beyond the limit: how many, and ms until it is over.
local function countEvents(guest, points, windowMs, limit)
  if points == '0' then return end
  local key = K.limit .. 'events:' .. guest
  local counted = redis.call('INCRBY', key, points)
  if counted == tonumber(points) then redis.call('PEXPIRE', key, windowMs) end
  if counted > limit then return counted, redis.call('PTTL', key) end
end

-- Is the session alive? The score is when it expires.
local function alive(guest, at)
  local expires = redis.call('ZSCORE', K.sessions, guest)
  return expires and tonumber(expires) > at
end

-- Has the guest blocked anybody, or anybody them?
local function hasBlocks(guest)
  return redis.call('EXISTS', K.blocks .. guest, K.blockedBy .. guest) > 0
end

-- Of a group: the members whom this guest's messages must not reach, 'guest,guest'.
local function apartFrom(room, guest)
  if not hasBlocks(guest) then return '' end
  local apart, members = {}, redis.call('HKEYS', K.members .. room)
  for _, set in ipairs({ K.blocks .. guest, K.blockedBy .. guest }) do
    for n, is in ipairs(redis.call('SMISMEMBER', set, unpack(members))) do
      if is == 1 then apart[#apart + 1] = members[n] end
    end
  end
  return table.concat(apart, ',')
end

-- Either way: neither reaches the other.
local function isBlocked(guest, other)
  return redis.call('SISMEMBER', K.blocks .. guest, other) == 1 or redis.call('SISMEMBER', K.blockedBy .. guest, other) == 1
end

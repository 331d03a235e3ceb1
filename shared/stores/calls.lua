-- @include common
local CALL_TTL_MS = 86400000

-- A call is one JSON value; each of its transitions is one script, which tells all of the room's nodes what it has become.
-- Its `people` are the contract's participants, with the connection that carries each; those who joined stand in the order of joining.
local function callOf(id)
  local text = redis.call('GET', K.call .. id)
  return text and cjson.decode(text)
end

-- What clients see of it.
local function callView(c)
  local people = {}
  for _, p in ipairs(c.people) do
    people[#people + 1] = { userId = p.userId, state = p.state, audio = p.audio, video = p.video, screen = p.screen, direct = p.direct }
  end
  return cjson.encode({ id = c.id, roomId = c.roomId, media = c.media, state = c.state, startedBy = c.startedBy, participants = people, startedAt = c.startedAt, endedReason = c.endedReason })
end

-- To every connection of the room, the one that asked included: all of them hear of the changes in one order.
local function tellCall(c, from, rings, except)
  local nodes = redis.call('HGET', K.room .. c.roomId, 'nodes') or ''
  tellRoom(c.roomId, nodes, '', 'op', 'call', 'room', c.roomId, 'from', from, 'rings', rings and 1 or 0, 'except', except or '',
    'call', callView(c))
end

local function personOf(c, guest)
  for i, p in ipairs(c.people) do if p.userId == guest then return p, i end end
  return nil
end

local function countOf(c, state)
  local n = 0
  for _, p in ipairs(c.people) do if p.state == state then n = n + 1 end end
  return n
end

-- As long as its room at most.
local function saveCall(c)
  local left = redis.call('PTTL', K.room .. c.roomId)
  redis.call('SET', K.call .. c.id, cjson.encode(c), 'PX', left > 0 and left or CALL_TTL_MS)
  if c.state == 'active' and countOf(c, 'ringing') == 0 then redis.call('ZREM', K.callsDue, c.id) end -- nobody is waited for
end

-- The call this guest is joined in, if it still lives.
local function callJoinedBy(guest)
  local id = redis.call('HGET', K.session .. guest, 'call')
  return id and redis.call('EXISTS', K.call .. id) == 1 and id or nil
end

-- Into the call over this connection, as the last of those who joined.
local function addPerson(c, guest, connection, node, lease)
  local before, i = personOf(c, guest)
  if i then table.remove(c.people, i) end
  c.people[#c.people + 1] = { userId = guest, state = 'joined', audio = true, video = c.media == 'video', screen = false, direct = before ~= nil and before.direct, connection = connection, node = node }
  redis.call('HSET', K.session .. guest, 'call', c.id)
  redis.call('ZADD', K.callsDue, now() + lease, c.id .. '|' .. guest)
end

-- Out of it, into that state.
local function dropPerson(c, p, state)
  if p.state == 'joined' then
    if redis.call('HGET', K.session .. p.userId, 'call') == c.id then redis.call('HDEL', K.session .. p.userId, 'call') end
    redis.call('ZREM', K.callsDue, c.id .. '|' .. p.userId)
  end
  p.state, p.audio, p.video, p.screen, p.direct, p.connection, p.node = state, false, false, false, false, '', ''
end

-- Over for all. Told while its room still has its nodes.
local function endCall(c, reason, from)
  c.state, c.endedReason = 'ended', reason
  for _, p in ipairs(c.people) do if p.state ~= 'declined' then dropPerson(c, p, 'left') end end
  redis.call('DEL', K.call .. c.id, K.signals .. c.id)
  redis.call('ZREM', K.callsDue, c.id)
  if redis.call('HGET', K.room .. c.roomId, 'call') == c.id then redis.call('HDEL', K.room .. c.roomId, 'call') end
  tellCall(c, from)
end

-- After somebody went: it ends where nobody is left to talk to, or to wait for.
local function settleCall(c, reason, from)
  local joined, ringing = countOf(c, 'joined'), countOf(c, 'ringing')
  if joined == 0 or c.state == 'active' and joined == 1 or c.state == 'ringing' and reason == 'declined' and ringing == 0 then
    return endCall(c, reason, from)
  end
  saveCall(c)
  tellCall(c, from)
end

-- The room is over, and its call with it.
local function endCallIn(room)
  local id = redis.call('HGET', K.room .. room, 'call')
  local c = id and callOf(id)
  if c then endCall(c, 'room-closed', '') end
end

-- One who comes into the room learns of its call.
local function tellCallTo(guest, room)
  local id = redis.call('HGET', K.room .. room, 'call')
  local c = id and callOf(id)
  if c then tellGuest(guest, 'op', 'call', 'room', room, 'user', guest, 'from', '', 'rings', 0, 'call', callView(c)) end
end

-- A guest is no longer in the room: nor in its call, which forgets them; it is then the call of whoever stands first in it.
local function dropCaller(room, guest)
  local id = redis.call('HGET', K.room .. room, 'call')
  local c = id and callOf(id)
  local p, i = nil, nil
  if c then p, i = personOf(c, guest) end
  if not p then return end
  local state = p.state
  dropPerson(c, p, 'left')
  if countOf(c, 'joined') > 0 then
    table.remove(c.people, i)
    if c.startedBy == guest then
      for _, other in ipairs(c.people) do
        if other.state == 'joined' then c.startedBy = other.userId break end
      end
    end
    for _, count in ipairs(redis.call('HKEYS', K.signals .. id)) do
      if string.find(count, guest, 1, true) then redis.call('HDEL', K.signals .. id, count) end
    end
  end
  settleCall(c, state == 'ringing' and 'declined' or 'hangup', guest)
end

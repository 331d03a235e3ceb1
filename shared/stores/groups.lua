-- @include rooms
-- Groups: who is in, what is listed, how long one without members lives, and what is forgotten of a guest who goes.
local EMPTY_MS, GROUP_TTL_MS, SAID_MOST, NOBODY = 3600000, 93600000, 3000, 'usr_0000000000000000'

-- Listed are public groups with somebody in them: the fullest first, then the newest, in one number (no time reaches 2^41 ms before 2039).
local function list(room, members)
  local m = redis.call('HMGET', K.room .. room, 'visibility', 'createdAt')
  if m[1] == 'public' and members > 0 then
    redis.call('ZADD', K.publicRooms, members * 2 ^ 41 + tonumber(m[2]), room)
  else
    redis.call('ZREM', K.publicRooms, room)
  end
end

-- Lets the guest in, who is not in yet. Every node is told, the one that asked too: its reply may be lost. `asks` is the connection
-- that asked, and has the ack. A member's session ends within a day of this and an
-- empty group within an hour of that: so long its keys stand, should the reaper not come first.
local function enterGroup(room, guest, name, asks)
  redis.call('HSET', K.members .. room, guest, name)
  redis.call('SADD', K.rooms .. guest, room)
  redis.call('PEXPIRE', K.rooms .. guest, GROUP_TTL_MS)
  redis.call('ZREM', K.emptyRooms, room)
  expireRoom(room, GROUP_TTL_MS)
  for _, node in ipairs(redis.call('ZRANGE', K.where .. guest, 0, -1)) do addNode(room, node) end
  local members, m = redis.call('HLEN', K.members .. room), redis.call('HMGET', K.room .. room, 'nodes', 'epoch', 'seq')
  list(room, members)
  tellRoom(room, m[1] or '', '', 'op', 'joined', 'asks', asks, 'room', room, 'user', guest, 'name', name, 'members', members, 'epoch', m[2], 'seq', m[3])
end

-- Out of a group; false where it is none, or not theirs. What they said stays for as long as their session does.
local function leaveGroup(room, guest, asks)
  local m = redis.call('HMGET', K.room .. room, 'kind', 'nodes')
  if m[1] == 'pair' then return false end
  redis.call('SREM', K.rooms .. guest, room)
  local name = redis.call('HGET', K.members .. room, guest)
  if not m[1] or not name then return false end
  dropCaller(room, guest)
  redis.call('HDEL', K.members .. room, guest)
  redis.call('HDEL', K.receipts .. room, 'd:' .. guest, 'r:' .. guest)
  local members = redis.call('HLEN', K.members .. room)
  if members == 0 then redis.call('ZADD', K.emptyRooms, now() + EMPTY_MS, room) end
  list(room, members)
  tellRoom(room, m[2], '', 'op', 'left', 'asks', asks, 'room', room, 'user', guest, 'name', name, 'members', members)
  return true
end

-- A message or reaction of a guest in a group, kept by guest so that it can be found when they are to be forgotten. The newest
-- SAID_MOST are more than a log holds of messages and reactions together.
local function noteVoice(room, guest, mark, seq)
  local said = K.said .. room .. '|' .. guest
  redis.call('ZADD', said, seq, mark)
  local count = redis.call('ZCARD', said)
  if count == 1 then
    local left = redis.call('PTTL', K.room .. room)
    redis.call('SADD', K.voices .. room, guest)
    redis.call('SADD', K.spoke .. guest, room)
    redis.call('PEXPIRE', said, left)
    redis.call('PEXPIRE', K.voices .. room, left)
    redis.call('PEXPIRE', K.spoke .. guest, GROUP_TTL_MS)
  elseif count > SAID_MOST + 100 then
    redis.call('ZREMRANGEBYRANK', said, 0, -SAID_MOST - 1)
  end
end

local function forgetReaction(room, guest, seq)
  local field = 'r' .. seq
  local had = redis.call('HGET', K.marks .. room, field)
  if not had then return end
  local all = {}
  for emoji, guests in pairs(cjson.decode(had)) do
    local others = {}
    for _, one in ipairs(guests) do if one ~= guest then others[#others + 1] = one end end
    if #others > 0 then all[emoji] = others end
  end
  if next(all) then redis.call('HSET', K.marks .. room, field, cjson.encode(all)) else redis.call('HDEL', K.marks .. room, field) end
end

-- Nothing of the guest stays in that group (S4): their messages become deleted ones, of nobody, so that the order keeps its places.
-- Takes at most that many of their messages and reactions; returns how many, and whether that was all.
local function forgetVoice(room, guest, most)
  local said, log, marks = K.said .. room .. '|' .. guest, K.log .. room, K.marks .. room
  local m = redis.call('HMGET', K.room .. room, 'first', 'epoch', 'nodes')
  local all = m[1] and redis.call('ZRANGE', said, m[1], '+inf', 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES') or {}
  local seqs, ids, reactions, stubs = {}, {}, {}, {}
  for i = 1, #all, 2 do
    local mark, seq = all[i], all[i + 1]
    redis.call('ZREM', said, mark)
    if string.sub(mark, 1, 1) == '~' then
      forgetReaction(room, guest, seq)
    else
      local entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
      local stub = not entry and redis.call('HGET', marks, 'x' .. seq)
      local sentAt = entry and tonumber(entry[2][2]) or stub and cjson.decode(stub).at or now()
      seqs[#seqs + 1], ids[#ids + 1], reactions[#reactions + 1] = seq, seq .. '-0', 'r' .. seq
      stubs[#stubs + 1] = 'x' .. seq
      stubs[#stubs + 1] = cjson.encode({ at = sentAt, clientMessageId = 'forgotten.' .. seq, sender = { id = NOBODY, username = 'forgotten' }, kind = 'text' })
    end
  end
  if #seqs > 0 then
    redis.call('XDEL', log, unpack(ids))
    redis.call('HDEL', marks, unpack(reactions))
    redis.call('HSET', marks, unpack(stubs))
    redis.call('PEXPIRE', marks, redis.call('PTTL', K.room .. room))
    tellRoom(room, m[3], '', 'op', 'forgotten', 'room', room, 'epoch', m[2], 'seqs', table.concat(seqs, ','))
  end
  if #all == 2 * most then return most, false end
  redis.call('DEL', said)
  redis.call('SREM', K.voices .. room, guest)
  redis.call('SREM', K.spoke .. guest, room)
  return #all / 2, true
end

-- A piece of what a guest who is gone said in groups, a room being a little work too. Returns what is left of `most`: nothing, and there may be more.
local function forgetSome(guest, most)
  for _, room in ipairs(redis.call('SMEMBERS', K.spoke .. guest)) do
    local count, all = forgetVoice(room, guest, most)
    most = most - count - 1
    if not all or most <= 0 then return 0 end
  end
  redis.call('DEL', K.spoke .. guest)
  redis.call('SREM', K.forgetting, guest)
  return most
end

local function forgetGroup(room)
  for _, guest in ipairs(redis.call('SMEMBERS', K.voices .. room)) do
    redis.call('DEL', K.said .. room .. '|' .. guest)
    redis.call('SREM', K.spoke .. guest, room)
  end
  dropUploads(K.uploadsIn .. room)
  forgetRoom(room)
  for _, index in ipairs({ K.groupRooms, K.publicRooms, K.emptyRooms, K.logsDue }) do redis.call('ZREM', index, room) end
end

-- A message is gone before it is a day old; by the minute, so that a log is not trimmed for each of its messages.
local function trimOld(room, at)
  local m, log, marks = redis.call('HMGET', K.room .. room, 'first', 'seq'), K.log .. room, K.marks .. room
  local first, last = tonumber(m[1] or '1'), tonumber(m[2] or '0')
  local keep, oldest = first, nil
  while keep <= last and not oldest do
    local stop, sentAt = math.min(keep + 99, last), {}
    for _, entry in ipairs(redis.call('XRANGE', log, keep .. '-0', stop .. '-0')) do
      sentAt[tonumber(string.match(entry[1], '^%d+'))] = tonumber(entry[2][2])
    end
    for seq = keep, stop do
      local stub = not sentAt[seq] and redis.call('HGET', marks, 'x' .. seq)
      local sent = sentAt[seq] or stub and cjson.decode(stub).at or 0
      if sent > at - DAY_MS + 60000 then
        oldest = sent
        break
      end
      redis.call('HDEL', marks, 'r' .. seq, 'x' .. seq)
      keep = seq + 1
    end
  end
  if keep > first then
    redis.call('XTRIM', log, 'MINID', keep .. '-0')
    redis.call('HSET', K.room .. room, 'first', keep)
  end
  if oldest then redis.call('ZADD', K.logsDue, oldest + DAY_MS, room) else redis.call('ZREM', K.logsDue, room) end
end

-- @include common rooms
local OFFER_MS, TAKEN_MS, RECENT_MS, NEAR_MS, MOST, PAGE, FAR = 3000, 15000, 600000, 1000, 4, 16, 512

local function ticketOf(guest)
  local t = redis.call('HMGET', K.ticket .. guest, 'since', 'level', 'interests', 'language', 'media', 'node', 'taken')
  if not t[1] then return nil end
  return { since = tonumber(t[1]), level = tonumber(t[2]), interests = t[3], language = t[4], media = t[5], node = t[6], taken = t[7] }
end

-- Has the guest a socket anywhere? Only then may they stand in the queue.
local function isOnline(guest, at)
  local lease = redis.call('ZSCORE', K.online, guest)
  return lease and tonumber(lease) > at
end

-- The indexes a ticket stands in: every one in which somebody compatible may look for it.
local function indexes(t)
  local list = {}
  for interest in string.gmatch(t.interests, '[^\n]+') do list[#list + 1] = K.queueInterest .. redis.sha1hex(interest) end
  if t.level >= 1 then
    list[#list + 1] = K.queueLanguage .. (t.language == '' and '-' or t.language)
    list[#list + 1] = K.queueLanguage .. '*'
  end
  if t.level >= 2 then list[#list + 1] = K.queueAnyone end
  return list
end

-- The last join's wishes, as wide as can be: they outlive the ticket.
local function lastWishes(guest)
  local wish = redis.call('HMGET', K.session .. guest, 'wishInterests', 'wishLanguage', 'wishMedia')
  return { interests = wish[1] or '', language = wish[2] or '', media = wish[3] or 'text', level = 2, node = '' }
end

-- Out of the queue; returns the ticket they stood there with, or nil. It may have lapsed before the place did: then as it was.
local function unqueue(guest)
  local since = redis.call('ZSCORE', K.queue, guest)
  if not since then return nil end
  local t = ticketOf(guest) or lastWishes(guest)
  t.since = tonumber(since)
  redis.call('ZREM', K.queue, guest)
  redis.call('ZREM', K.queueLease, guest)
  redis.call('ZREM', K.queueWiden, guest)
  for _, index in ipairs(indexes(t)) do redis.call('ZREM', index, guest) end
  return t
end

local function writeTicket(guest, t, conf)
  redis.call('HSET', K.ticket .. guest, 'since', t.since, 'level', t.level, 'interests', t.interests, 'language', t.language, 'media', t.media, 'node', t.node)
  redis.call('HDEL', K.ticket .. guest, 'taken')
  redis.call('PEXPIRE', K.ticket .. guest, conf.lease)
end

local function enqueue(guest, t, lease, conf)
  writeTicket(guest, t, conf)
  redis.call('ZADD', K.queue, t.since, guest)
  redis.call('ZADD', K.queueLease, lease, guest)
  for _, index in ipairs(indexes(t)) do redis.call('ZADD', index, t.since, guest) end
  if t.level < 2 then redis.call('ZADD', K.queueWiden, t.since + conf.widen[t.level + 1], guest) end
end

-- How wide a search of that age is. Without interests (or language) there is nothing to hold out for.
local function levelAt(t, at, conf)
  local waited = at - t.since
  if t.interests ~= '' and waited < conf.widen[1] then return 0 end
  if (t.interests ~= '' or t.language ~= '') and waited < conf.widen[2] then return 1 end
  return 2
end

-- Of an index, oldest first, up to `most` whom I may meet at all; `fresh`: and have not met lately. The others go to `recent`.
local function collect(index, me, at, most, fresh, recent)
  local offset, taken = 0, 0
  while offset < FAR do
    local page = redis.call('ZRANGE', index, offset, offset + PAGE - 1, 'WITHSCORES')
    for i = 1, #page, 2 do
      local other = page[i]
      local lease = other ~= me and redis.call('ZSCORE', K.queueLease, other)
      if lease and tonumber(lease) > at and redis.call('SISMEMBER', K.blocks .. me, other) == 0
        and redis.call('SISMEMBER', K.blocks .. other, me) == 0 then
        local met = redis.call('ZSCORE', K.recent .. me, other)
        if met and tonumber(met) > at - RECENT_MS then
          recent[#recent + 1] = other
        else
          fresh[#fresh + 1] = { guest = other, since = tonumber(page[i + 1]) }
          taken = taken + 1
          if taken >= most then return end
        end
      end
    end
    if #page < 2 * PAGE then return end
    offset = offset + PAGE
  end
end

-- Does anybody wait whom this guest may meet and has not met lately? Then that is whom they wait for (M2).
local function hopes(guest, at)
  local fresh = {}
  collect(K.queue, guest, at, 1, fresh, {})
  return #fresh > 0
end

-- Oldest first; among those who came within a second of the oldest, the same media and then the same node.
local function choose(found, t)
  if #found == 1 then return found[1].guest end
  table.sort(found, function(a, b) return a.since < b.since end)
  local best, bestScore
  for _, one in ipairs(found) do
    if one.since > found[1].since + NEAR_MS then break end
    local other = redis.call('HMGET', K.ticket .. one.guest, 'media', 'node')
    local score = (other[1] == t.media and 2 or 0) + (other[2] == t.node and 1 or 0)
    if not best or score > bestScore then best, bestScore = one.guest, score end
  end
  return best
end

-- A partner for me (who is not in the queue just now), or nil: shared interests, else language, else anyone, as wide as both sides are by now.
local function search(me, t, at)
  local fresh, recent = {}, {}
  local function look(index) collect(index, me, at, MOST, fresh, recent) end
  for interest in string.gmatch(t.interests, '[^\n]+') do look(K.queueInterest .. redis.sha1hex(interest)) end
  if #fresh == 0 and t.level >= 1 then
    if t.language == '' then
      look(K.queueLanguage .. '*')
    else
      look(K.queueLanguage .. t.language)
      look(K.queueLanguage .. '-')
    end
  end
  if #fresh == 0 and t.level >= 2 then look(K.queueAnyone) end
  if #fresh > 0 then return choose(fresh, t) end
  if #recent > 0 and not hopes(me, at) then
    for _, other in ipairs(recent) do if not hopes(other, at) then return other end end
  end
  return nil
end

local function sharedOf(a, b)
  local mine, shared = {}, {}
  for interest in string.gmatch(a, '[^\n]+') do mine[interest] = true end
  for interest in string.gmatch(b, '[^\n]+') do if mine[interest] then shared[#shared + 1] = interest end end
  return table.concat(shared, '\n')
end

-- Makes the pair: both out of the queue, into one room, both to be told. Their tickets stay, dormant, until the offer has run out.
local function makePair(me, mine, other, at, conf)
  local theirs = unqueue(other)
  local hash = redis.sha1hex(conf.seed .. me .. other .. at)
  local room, epoch = 'room_' .. string.sub(hash, 1, 24), string.sub(redis.sha1hex(hash), 1, 16)
  redis.call('HSET', K.room .. room, 'kind', 'pair', 'state', 'open', 'epoch', epoch, 'seq', 0, 'first', 1, 'capacity', 2, 'createdAt', at, 'nodes', '')
  local sides = { { me, mine, other }, { other, theirs, me } }
  local names = {}
  for _, side in ipairs(sides) do
    local guest = side[1]
    names[guest] = redis.call('HGET', K.session .. guest, 'username')
    redis.call('HSET', K.members .. room, guest, names[guest])
    redis.call('HSET', K.session .. guest, 'pair', room)
    redis.call('SADD', K.rooms .. guest, room)
    redis.call('PEXPIRE', K.rooms .. guest, conf.roomTtl)
    redis.call('ZADD', K.pairs, at + conf.pairLease, room .. '|' .. guest)
    redis.call('ZADD', K.offers, at + OFFER_MS, room .. '|' .. guest)
    redis.call('HSET', K.ticket .. guest, 'taken', room)
    redis.call('PEXPIRE', K.ticket .. guest, TAKEN_MS)
    for _, node in ipairs(redis.call('ZRANGE', K.where .. guest, 0, -1)) do addNode(room, node) end
  end
  redis.call('ZADD', K.pairRooms, at, room)
  expireRoom(room, conf.roomTtl)
  local shared = sharedOf(mine.interests, theirs.interests)
  for _, side in ipairs(sides) do
    local guest, t, partner = side[1], side[2], side[3]
    tellGuest(guest, 'op', 'found', 'user', guest, 'name', names[guest], 'room', room, 'epoch', epoch, 'at', at, 'partner', partner,
      'partnerName', names[partner], 'shared', shared, 'waited', at - t.since, 'level', t.level, 'wished', t.interests ~= '' and 0 or (t.language ~= '' and 1 or 2))
  end
  local mean = tonumber(redis.call('GET', K.wait) or '0')
  redis.call('SET', K.wait, math.floor(0.9 * mean + 0.05 * (at - mine.since + at - theirs.since)))
  return room
end

-- One search for a guest who is not in the queue: the room, or nil and now they wait (until `lease`).
local function seek(guest, t, at, lease, conf)
  local other = search(guest, t, at)
  if not other then
    enqueue(guest, t, lease, conf)
    return nil
  end
  writeTicket(guest, t, conf)
  return makePair(guest, t, other, at, conf)
end

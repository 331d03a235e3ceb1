-- @include match_queue rooms
-- Who is matched with whom, and what a match is.
local OFFER_MS, TAKEN_MS, NEAR_MS, MOST, PAGE, FAR = 3000, 15000, 1000, 4, 16, 512

local function isRecent(guest, other, at)
  local met = redis.call('ZSCORE', K.recent .. guest, other)
  return met and tonumber(met) > at - RECENT_MS
end

-- Of an index, oldest first, up to `most` whom I may meet and have not met lately: to `fresh`. Those I met on the way: to `recent`.
local function collect(index, me, picky, at, most, fresh, recent)
  local offset, taken = 0, 0
  while offset < FAR do
    local page = redis.call('ZRANGE', index, offset, offset + PAGE - 1, 'WITHSCORES')
    for i = 1, #page, 2 do
      local other = page[i]
      local lease = other ~= me and redis.call('ZSCORE', K.queueLease, other)
      if lease and tonumber(lease) > at and not (picky and isBlocked(me, other)) then
        if picky and isRecent(me, other, at) then
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
  collect(K.queue, guest, true, at, 1, fresh, {})
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

-- A partner for me, or nil: shared interests, else language, else anyone, as wide as both sides are by now.
local function search(me, t, at)
  local fresh, recent = {}, {}
  -- Most have met and blocked nobody: then nobody is asked about.
  local picky = redis.call('EXISTS', K.blocks .. me, K.blockedBy .. me, K.recent .. me) > 0
  local function look(index) collect(index, me, picky, at, MOST, fresh, recent) end
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
  conf.made = conf.made + 1
  local hash = redis.sha1hex(conf.seed .. conf.made)
  local room, epoch = 'room_' .. string.match(conf.seed, '^[^|]*') .. string.sub(hash, 1, 24), string.sub(redis.sha1hex(hash), 1, 16)
  local name, otherName = redis.call('HGET', K.session .. me, 'username'), redis.call('HGET', K.session .. other, 'username')
  local sides = {
    { guest = me, t = mine, name = name, partner = other, partnerName = otherName },
    { guest = other, t = theirs, name = otherName, partner = me, partnerName = name },
  }
  local nodes, shared = {}, sharedOf(mine.interests, theirs.interests)
  for _, side in ipairs(sides) do
    local guest, t = side.guest, side.t
    redis.call('HSET', K.session .. guest, 'pair', room)
    redis.call('SADD', K.rooms .. guest, room)
    redis.call('PEXPIRE', K.rooms .. guest, conf.roomTtl)
    writeTicket(guest, t, room, TAKEN_MS)
    for _, node in ipairs(redis.call('ZRANGE', K.where .. guest, 0, -1)) do
      local told = tellNode(node, 'op', 'found', 'user', guest, 'name', side.name, 'room', room, 'epoch', epoch, 'at', at, 'partner', side.partner,
        'partnerName', side.partnerName, 'shared', shared, 'waited', at - t.since, 'level', t.level, 'wished', t.interests ~= '' and 0 or (t.language ~= '' and 1 or 2))
      if told then nodes[node] = true else redis.call('ZREM', K.where .. guest, node) end
    end
  end
  local names = {}
  for node in pairs(nodes) do names[#names + 1] = node end
  redis.call('HSET', K.room .. room, 'kind', 'pair', 'state', 'open', 'epoch', epoch, 'run', redis.call('GET', K.run) or '', 'seq', 0, 'first', 1, 'capacity', 2, 'createdAt', at, 'nodes', table.concat(names, ' '))
  redis.call('HSET', K.members .. room, me, name, other, otherName)
  redis.call('PEXPIRE', K.room .. room, conf.roomTtl)
  redis.call('PEXPIRE', K.members .. room, conf.roomTtl)
  local one, two = room .. '|' .. me, room .. '|' .. other
  redis.call('ZADD', K.pairRooms, at, room)
  redis.call('ZADD', K.pairs, at + conf.pairLease, one, at + conf.pairLease, two)
  redis.call('ZADD', K.offers, at + OFFER_MS, one, at + OFFER_MS, two)
  local mean = tonumber(redis.call('GET', K.wait) or '0')
  redis.call('SET', K.wait, math.floor(0.9 * mean + 0.05 * (at - mine.since + at - theirs.since)))
  return room
end

-- One search for a guest who is not in the queue: the room, or nil and now they wait (until `lease`).
local function seek(guest, t, at, lease, conf)
  local other = search(guest, t, at)
  if other then return makePair(guest, t, other, at, conf) end
  enqueue(guest, t, lease, conf)
  return nil
end

-- @include common
-- The queue: tickets, the indexes they stand in, how wide they search.

-- ARGV seed, widen1, widen2, leaseMs, pairLeaseMs, roomTtlMs; the seed is "cell-|random" or "|random", so that room ids are unguessable
local function readConf()
  return { seed = ARGV[1], made = 0, widen = { tonumber(ARGV[2]), tonumber(ARGV[3]) }, lease = tonumber(ARGV[4]), pairLease = tonumber(ARGV[5]), roomTtl = tonumber(ARGV[6]) }
end

-- `taken`: the room, while the ticket lies dormant because its guest was matched; else ''.
local function ticketOf(guest)
  local t = redis.call('HMGET', K.ticket .. guest, 'since', 'level', 'interests', 'language', 'media', 'node', 'taken')
  if not t[1] then return nil end
  return { since = tonumber(t[1]), level = tonumber(t[2]), interests = t[3], language = t[4], media = t[5], node = t[6], taken = t[7] }
end

local function writeTicket(guest, t, taken, ms)
  redis.call('HSET', K.ticket .. guest, 'since', t.since, 'level', t.level, 'interests', t.interests, 'language', t.language, 'media', t.media, 'node', t.node, 'taken', taken)
  redis.call('PEXPIRE', K.ticket .. guest, ms)
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
  return { interests = wish[1] or '', language = wish[2] or '', media = wish[3] or 'text', level = 2, node = '', taken = '' }
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

local function enqueue(guest, t, lease, conf)
  writeTicket(guest, t, '', conf.lease)
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

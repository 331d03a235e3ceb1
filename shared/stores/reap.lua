-- @include sessions
-- What ran out; any node may run it, each entry is taken once. ARGV activeMs, graceMs, how much is forgotten at once
local at, UNREAD_MOST = now(), 10000
local function due(index) return redis.call('ZRANGEBYSCORE', index, '-inf', at, 'LIMIT', 0, 100) end

for _, guest in ipairs(due(K.online)) do -- a node died with this guest on it
  redis.call('ZREM', K.online, guest)
  goAway(guest, at, tonumber(ARGV[2]))
end
for _, guest in ipairs(due(K.away)) do
  redis.call('ZREM', K.away, guest)
  tellPresence(guest, 'offline')
end
for _, entry in ipairs(due(K.pairs)) do
  local room, guest = string.match(entry, '^(.-)|(.+)$')
  redis.call('ZREM', K.pairs, entry)
  closePair(room, alive(guest, at) and 'lost' or 'session-ended', true)
end
for _, guest in ipairs(due(K.sessions)) do endSession(guest, 'expired') end
local most = tonumber(ARGV[3])
for _, guest in ipairs(redis.call('SRANDMEMBER', K.forgetting, 100)) do
  if most > 0 then most = forgetSome(guest, most) end
end
for _, room in ipairs(due(K.emptyRooms)) do forgetGroup(room) end
for _, room in ipairs(due(K.logsDue)) do trimOld(room, at) end
for _, who in ipairs(due(K.bans)) do
  redis.call('ZREM', K.bans, who)
  redis.call('HDEL', K.banNotes, who)
end
for _, node in ipairs(due(K.nodes)) do
  redis.call('ZREM', K.nodes, node)
  redis.call('DEL', K.node .. node, K.inbox .. node)
end
-- One that is too far behind to catch up: as after a lost inbox its guests come in anew, and the welcome says how things are.
for _, node in ipairs(redis.call('ZRANGE', K.nodes, 0, -1)) do
  if redis.call('XLEN', K.inbox .. node) > UNREAD_MOST then redis.call('UNLINK', K.inbox .. node) end
end
redis.call('ZREMRANGEBYSCORE', K.reports, '-inf', at - 86400000)
redis.call('ZREMRANGEBYSCORE', K.active, '-inf', at - ARGV[1])
redis.call('ZREMRANGEBYSCORE', K.pairRooms, '-inf', at - 90000000)
return 1

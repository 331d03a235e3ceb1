-- @include common rooms groups matching
-- Out of the queue and of every room.
local function leaveAll(guest)
  unqueue(guest)
  for _, room in ipairs(redis.call('SMEMBERS', K.rooms .. guest)) do
    if not leaveGroup(room, guest, '') then
      dropCaller(room, guest)
      closePair(room, 'session-ended', false)
    end
  end
end

-- Ends a session and forgets all that is left of it. Everything that names the guest goes, in others' sets too (S4); only what
-- they said in groups, which may be thousands of messages, goes piece by piece (forgetSome), so that Redis is not held up.
local function endSession(guest, reason)
  local session = K.session .. guest
  local name = redis.call('HGET', session, 'nameKey')
  tellGuest(guest, 'op', 'close', 'user', guest, 'reason', reason)
  leaveAll(guest)
  dropUploads(K.uploadsOf .. guest)
  if redis.call('EXISTS', K.spoke .. guest) == 1 then redis.call('SADD', K.forgetting, guest) end
  for _, room in ipairs(redis.call('ZRANGE', K.past .. guest, 0, -1)) do
    for _, other in ipairs(redis.call('HKEYS', K.members .. room)) do redis.call('ZREM', K.past .. other, room) end
    forgetRoom(room)
  end
  for _, other in ipairs(redis.call('ZRANGE', K.recent .. guest, 0, -1)) do redis.call('ZREM', K.recent .. other, guest) end
  for _, other in ipairs(redis.call('SMEMBERS', K.blocks .. guest)) do redis.call('SREM', K.blockedBy .. other, guest) end
  for _, other in ipairs(redis.call('SMEMBERS', K.blockedBy .. guest)) do redis.call('SREM', K.blocks .. other, guest) end
  for _, index in ipairs({ K.sessions, K.online, K.active, K.away, K.bans }) do redis.call('ZREM', index, guest) end
  redis.call('HDEL', K.banNotes, guest)
  if name then redis.call('DEL', name) end
  for _, prefix in ipairs({ K.session, K.ticket, K.where, K.handshakes, K.rooms, K.past, K.recent, K.blocks, K.blockedBy }) do redis.call('DEL', prefix .. guest) end
end

-- @include matching
-- What time does to the queue; any node may run it, as often as it likes.
-- ARGV seed, widen1, widen2, leaseMs, pairLeaseMs, roomTtlMs
local conf = { seed = ARGV[1], widen = { tonumber(ARGV[2]), tonumber(ARGV[3]) }, lease = tonumber(ARGV[4]), pairLease = tonumber(ARGV[5]), roomTtl = tonumber(ARGV[6]) }
local at = now()

-- Waiting without a lease: gone.
for _, guest in ipairs(redis.call('ZRANGEBYSCORE', K.queueLease, '-inf', at, 'LIMIT', 0, 100)) do
  unqueue(guest)
  redis.call('DEL', K.ticket .. guest)
end

-- Matched but never told: that pair is off, and whoever was told is back at the front, since their ticket keeps its time.
for _, offer in ipairs(redis.call('ZRANGEBYSCORE', K.offers, '-inf', at, 'LIMIT', 0, 100)) do
  local room, absent = string.match(offer, '^(.-)|(.+)$')
  local told = {}
  for _, guest in ipairs(redis.call('HKEYS', K.members .. room)) do
    if not redis.call('ZSCORE', K.offers, room .. '|' .. guest) then told[#told + 1] = guest end
  end
  redis.call('ZREM', K.offers, offer)
  redis.call('DEL', K.ticket .. absent)
  if closePair(room, 'lost', false) then
    for _, guest in ipairs(told) do
      local t = ticketOf(guest)
      if t and t.taken == room and alive(guest, at) then
        t.level = levelAt(t, at, conf)
        if not seek(guest, t, at, at + conf.lease, conf) then tellGuest(guest, 'op', 'queued', 'user', guest) end
      end
    end
  end
end

-- Wider with time.
for _, guest in ipairs(redis.call('ZRANGEBYSCORE', K.queueWiden, '-inf', at, 'LIMIT', 0, 100)) do
  redis.call('ZREM', K.queueWiden, guest)
  local lease = redis.call('ZSCORE', K.queueLease, guest) -- not renewed by this: only the guest's node does that
  local t = unqueue(guest)
  if t then
    t.level = levelAt(t, at, conf)
    if not seek(guest, t, at, lease, conf) then tellGuest(guest, 'op', 'queued', 'user', guest) end
  end
end

-- Two alone may meet again (M2 holds only "while others wait"): nobody arrives to bring it about, so look here.
if redis.call('ZCARD', K.queue) == 2 then
  local guest = redis.call('ZRANGE', K.queue, 0, 0)[1]
  local lease = redis.call('ZSCORE', K.queueLease, guest)
  local t = unqueue(guest)
  seek(guest, t, at, lease, conf)
end
return redis.call('ZCARD', K.queue)

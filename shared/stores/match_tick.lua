-- @include matching
-- What time does to the queue; any node may run it, as often as it likes.
-- ARGV as readConf
local conf, at, FEW = readConf(), now(), 20

-- Searches again for somebody who waits; the lease is not renewed by it: only the guest's node does that.
local function again(guest)
  local lease = redis.call('ZSCORE', K.queueLease, guest)
  if not lease or tonumber(lease) <= at then return 'gone' end
  local t = unqueue(guest)
  t.level = levelAt(t, at, conf)
  return seek(guest, t, at, lease, conf) and 'paired' or 'waits'
end

-- Waiting without a lease: gone.
for _, guest in ipairs(redis.call('ZRANGEBYSCORE', K.queueLease, '-inf', at, 'LIMIT', 0, 500)) do
  unqueue(guest)
  redis.call('DEL', K.ticket .. guest)
  tellGuest(guest, 'op', 'lapsed', 'user', guest) -- here after all, with a node that was late? Then it queues them anew
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
        if not isOnline(guest, at) then
          writeTicket(guest, t, '', conf.lease) -- dropped meanwhile: the place is held for their return
        elseif not seek(guest, t, at, at + conf.lease, conf) then
          tellGuest(guest, 'op', 'queued', 'user', guest)
        end
      end
    end
  end
end

-- Wider with time.
for _, guest in ipairs(redis.call('ZRANGEBYSCORE', K.queueWiden, '-inf', at, 'LIMIT', 0, 100)) do
  if again(guest) == 'waits' then tellGuest(guest, 'op', 'queued', 'user', guest) end
end

-- While few wait, look again: two recent partners meet once neither has anybody else to wait for, and one whose lease was
-- renewed late may have been passed over; nobody arrives to bring either about. Among many there is always somebody else.
local waiting = redis.call('ZRANGE', K.queue, 0, FEW)
if #waiting <= FEW then
  for _, guest in ipairs(waiting) do again(guest) end
end
return redis.call('ZCARD', K.queue)

-- @include common
-- Guests who wait have just shown that they are there. ARGV leaseMs, then guests
local lease, at = ARGV[1], now()
for i = 2, #ARGV do
  local place = redis.call('ZSCORE', K.queueLease, ARGV[i])
  if place and tonumber(place) > at then -- one that has lapsed may have been passed over: it is given anew
    redis.call('ZADD', K.queueLease, at + lease, ARGV[i])
    redis.call('PEXPIRE', K.ticket .. ARGV[i], lease)
  end
end

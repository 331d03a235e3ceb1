-- @include matching
-- Ends a pair. ARGV guest, reason, room; returns 1, or 0 where it is not the guest's pair (any more)
if redis.call('HGET', K.session .. ARGV[1], 'pair') ~= ARGV[3] then return 0 end
return closePair(ARGV[3], ARGV[2], true) and 1 or 0

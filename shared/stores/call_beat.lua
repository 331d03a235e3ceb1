-- @include calls
-- The connections of a node that carry a call live. ARGV leaseMs, then id, guest, connection for each
local at = now()
for i = 2, #ARGV, 3 do
  local c = callOf(ARGV[i])
  local p = c and personOf(c, ARGV[i + 1])
  if p and p.connection == ARGV[i + 2] then redis.call('ZADD', K.callsDue, 'XX', at + ARGV[1], ARGV[i] .. '|' .. ARGV[i + 1]) end
end
return 1

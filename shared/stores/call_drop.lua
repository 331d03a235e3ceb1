-- @include calls
-- The connection that carried the call is gone: it is kept for the grace (C4). ARGV id, guest, connection, graceMs
local c = callOf(ARGV[1])
local p = c and personOf(c, ARGV[2])
if not p or p.state ~= 'joined' or p.connection ~= ARGV[3] then return 0 end
p.connection, p.node = '', ''
redis.call('ZADD', K.callsDue, 'XX', now() + ARGV[4], c.id .. '|' .. ARGV[2])
saveCall(c)
return 1

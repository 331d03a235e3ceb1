-- @include common
-- ARGV node, leaseMs, stats
local at = now()
redis.call('ZADD', K.nodes, at + ARGV[2], ARGV[1])
redis.call('SET', K.node .. ARGV[1], ARGV[3], 'PX', ARGV[2])
local inbox = K.inbox .. ARGV[1]
if redis.call('EXISTS', inbox) == 0 then redis.call('XADD', inbox, 'MAXLEN', 0, '*', 'op', 'open') end
redis.call('PEXPIRE', inbox, ARGV[2] * 2)
-- returns Redis' clock, and when the oldest entry came that the node has not read (0: none)
local oldest = redis.call('XRANGE', inbox, '-', '+', 'COUNT', 1)[1]
return { at, oldest and tonumber(string.match(oldest[1], '^%d+')) or 0 }

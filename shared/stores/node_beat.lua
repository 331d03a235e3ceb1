-- @include common
-- ARGV node, leaseMs, stats
local at = now()
redis.call('ZADD', K.nodes, at + ARGV[2], ARGV[1])
redis.call('SET', K.node .. ARGV[1], ARGV[3], 'PX', ARGV[2])
local inbox = K.inbox .. ARGV[1]
local made = redis.call('EXISTS', inbox) == 0
if made then redis.call('XADD', inbox, 'MAXLEN', 0, '*', 'op', 'open') end
redis.call('PEXPIRE', inbox, ARGV[2] * 2)
-- returns Redis' clock, when the oldest entry came that the node has not read (0: none), and whether it had no inbox until now
local oldest = redis.call('XRANGE', inbox, '-', '+', 'COUNT', 1)[1]
return { at, oldest and tonumber(string.match(oldest[1], '^%d+')) or 0, made and 1 or 0 }

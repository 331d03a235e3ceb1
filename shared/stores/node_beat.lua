-- @include common
-- ARGV node, leaseMs, stats
local at = now()
redis.call('ZADD', K.nodes, at + ARGV[2], ARGV[1])
redis.call('SET', K.node .. ARGV[1], ARGV[3], 'PX', ARGV[2])
local inbox = K.inbox .. ARGV[1]
if redis.call('EXISTS', inbox) == 0 then redis.call('XADD', inbox, 'MAXLEN', 0, '*', 'op', 'open') end
redis.call('PEXPIRE', inbox, ARGV[2] * 2)
return at

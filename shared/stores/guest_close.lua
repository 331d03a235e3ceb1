-- @include matching
-- A guest's last socket on this node is gone. ARGV guest, node, graceMs
-- Without any other node: away; a pair is kept for the grace; a place in the queue for what is left of its lease, out of reach meanwhile.
local guest, node, at = ARGV[1], ARGV[2], now()
local where = K.where .. guest
redis.call('ZREM', where, node)
redis.call('ZREMRANGEBYSCORE', where, '-inf', at)
if redis.call('ZCARD', where) > 0 then return 0 end
if redis.call('ZREM', K.online, guest) == 0 then return 0 end
unqueue(guest)
local pair = redis.call('HGET', K.session .. guest, 'pair')
if pair then redis.call('ZADD', K.pairs, 'XX', at + ARGV[3], pair .. '|' .. guest) end
goAway(guest, at, tonumber(ARGV[3]))
return 1

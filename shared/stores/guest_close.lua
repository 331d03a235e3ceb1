-- @include matching
-- A guest's last socket on this node is gone. ARGV guest, node, graceMs
-- Of their pair the node is told no more, unless the partner is there too: who moves about would have every message go wherever they were.
-- Without any other node: away; a pair is kept for the grace; a place in the queue for what is left of its lease, out of reach meanwhile.
local guest, node, at = ARGV[1], ARGV[2], now()
local where = K.where .. guest
redis.call('ZREM', where, node)
local pair, partner = redis.call('HGET', K.session .. guest, 'pair'), false
for _, member in ipairs(pair and redis.call('HKEYS', K.members .. pair) or {}) do
  partner = partner or redis.call('ZSCORE', K.where .. member, node)
end
if pair and not partner then dropNode(pair, node) end
redis.call('ZREMRANGEBYSCORE', where, '-inf', at)
if redis.call('ZCARD', where) > 0 then return 0 end
if redis.call('ZREM', K.online, guest) == 0 then return 0 end
unqueue(guest)
if pair then redis.call('ZADD', K.pairs, 'XX', at + ARGV[3], pair .. '|' .. guest) end
goAway(guest, at, tonumber(ARGV[3]))
return 1

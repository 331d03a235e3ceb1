-- @include common
-- ARGV node
redis.call('ZREM', K.nodes, ARGV[1])
redis.call('DEL', K.node .. ARGV[1], K.inbox .. ARGV[1])
return 1

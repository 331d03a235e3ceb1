-- @include uploads
-- Up to so many uploads that are due, or whose deleter died, each to one caller alone; no read finds them any more. ARGV most, leaseMs
local at, most, taken = now(), tonumber(ARGV[1]), {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', K.uploadsDue, '-inf', at, 'LIMIT', 0, most)) do
  dropUpload(id, at)
  redis.call('ZREM', K.uploadsDue, id)
  taken[#taken + 1] = id
end
if #taken < most then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', K.uploadsGoing, '-inf', at, 'LIMIT', 0, most - #taken)) do taken[#taken + 1] = id end
end
for _, id in ipairs(taken) do redis.call('ZADD', K.uploadsGoing, at + tonumber(ARGV[2]), id) end
return taken

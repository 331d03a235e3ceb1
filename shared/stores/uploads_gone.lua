-- @include common
-- Their bytes are deleted. While a form still works somebody may yet put new ones there: then once more afterwards. ARGV id, …
local at = now()
for _, id in ipairs(ARGV) do
  local open = redis.call('ZSCORE', K.uploadsOpen, id)
  if open and tonumber(open) > at then
    redis.call('ZADD', K.uploadsGoing, tonumber(open) + 1000, id)
  else
    redis.call('ZREM', K.uploadsGoing, id)
    redis.call('ZREM', K.uploadsOpen, id)
  end
end
return 1

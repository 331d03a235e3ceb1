-- @include common
-- The record goes at once, and with it every reader's leave; the bytes go with the next sweep, which needs the id alone.
local function dropUpload(id, at)
  local u = redis.call('HMGET', K.upload .. id, 'room', 'owner')
  if u[1] then
    redis.call('SREM', K.uploadsIn .. u[1], id)
    redis.call('SREM', K.uploadsOf .. u[2], id)
    redis.call('DEL', K.upload .. id)
  end
  redis.call('ZREM', K.uploadsKept, id)
  redis.call('ZADD', K.uploadsDue, at, id)
end

-- … of a whole room, or of a whole guest (the key of either's set).
local function dropUploads(index)
  local at = now()
  for _, id in ipairs(redis.call('SMEMBERS', index)) do dropUpload(id, at) end
  redis.call('DEL', index)
end

-- A live upload's fields, or nil: past its time it is gone, whether or not anything was deleted yet (U4).
local function liveUpload(id, at)
  local due = redis.call('ZSCORE', K.uploadsDue, id)
  if not due or tonumber(due) <= at then return nil end
  local all, u = redis.call('HGETALL', K.upload .. id), {}
  if #all == 0 then return nil end
  for i = 1, #all, 2 do u[all[i]] = all[i + 1] end
  return u
end

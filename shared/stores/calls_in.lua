-- @include calls
-- The live calls of these rooms, as JSON. ARGV room, …
local out = {}
for _, room in ipairs(ARGV) do
  local id = redis.call('HGET', K.room .. room, 'call')
  local c = id and callOf(id)
  if c then out[#out + 1] = callView(c) end
end
return out

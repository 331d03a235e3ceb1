-- @include common
-- Where the logs of these rooms end: a node that told less has missed an entry (D8). ARGV room, …; returns epoch, seq ('' = gone) for each
local out = {}
for _, room in ipairs(ARGV) do
  local m = redis.call('HMGET', K.room .. room, 'epoch', 'seq', 'state')
  out[#out + 1] = m[1] and m[3] == 'open' and m[1] or ''
  out[#out + 1] = m[2] or '0'
end
return out

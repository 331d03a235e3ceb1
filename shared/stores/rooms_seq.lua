-- @include common
-- Where the logs of these rooms end: a node that told less has missed an entry (D8), one that is not to be told of them by now is again.
-- ARGV node, room, …; returns epoch, seq ('' = gone) for each
local out = {}
for i = 2, #ARGV do
  local room = ARGV[i]
  local m = redis.call('HMGET', K.room .. room, 'epoch', 'seq', 'state')
  local open = m[1] and m[3] == 'open'
  if open then addNode(room, ARGV[1]) end
  out[#out + 1] = open and m[1] or ''
  out[#out + 1] = m[2] or '0'
end
return out

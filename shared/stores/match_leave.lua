-- @include matching
-- Out of the queue, or out of the pair. ARGV guest, reason, room ('' = whatever pair it is), node that asks
-- returns the room that was ended, or ''
local guest = ARGV[1]
if ARGV[3] == '' then
  if unqueue(guest) then tellOthers(guest, ARGV[4], 'op', 'queued', 'user', guest) end
  redis.call('DEL', K.ticket .. guest)
end
local pair = redis.call('HGET', K.session .. guest, 'pair')
if not pair or (ARGV[3] ~= '' and pair ~= ARGV[3]) then return '' end
return closePair(pair, ARGV[2], true) and pair or ''

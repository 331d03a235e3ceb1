-- @include calls
-- ARGV id, guest, 'hangup' | 'declined'
-- returns {'none' | 'stranger' | 'inside'} | {'ok', call as JSON}
local guest, verb = ARGV[2], ARGV[3]
local c = callOf(ARGV[1])
if not c then return { 'none' } end
if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return { 'stranger' } end
local p = personOf(c, guest)
if p and p.state == 'joined' then
  if verb == 'declined' then return { 'inside' } end -- accepted in another tab meanwhile
  dropPerson(c, p, 'left')
  settleCall(c, 'hangup', guest)
elseif p and p.state == 'ringing' then
  dropPerson(c, p, 'declined')
  settleCall(c, 'declined', guest)
end
return { 'ok', callView(c) }

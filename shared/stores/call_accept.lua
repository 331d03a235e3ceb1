-- @include calls
-- Into the call, over this connection. From another connection of one who is in it already: out and in again, so that
-- peers begin anew with it. The same connection again changes nothing.
-- ARGV id, guest, connection, node, leaseMs, most
-- returns {'none' | 'stranger' | 'gone' | 'blocked' | 'full'} | {'busy', call} | {'ok', call as JSON}
local id, guest, connection = ARGV[1], ARGV[2], ARGV[3]
local c = callOf(id)
if not c then return { 'none' } end
if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return { 'stranger' } end
if not alive(guest, now()) then return { 'gone' } end
local elsewhere = callJoinedBy(guest)
if elsewhere and elsewhere ~= id then return { 'busy', elsewhere } end
local p = personOf(c, guest)
local inside = p and p.state == 'joined'
if inside and p.connection == connection then return { 'ok', callView(c) } end
if inside then
  p.state = 'left'
  -- Not the one who comes in: told after the answer it would be taken for the end of what has just begun.
  tellCall(c, guest, false, connection)
else
  for _, other in ipairs(c.people) do
    if other.state == 'joined' and isBlocked(guest, other.userId) then return { 'blocked' } end
  end
  if countOf(c, 'joined') >= tonumber(ARGV[6]) then return { 'full' } end
end
addPerson(c, guest, connection, ARGV[4], ARGV[5])
if countOf(c, 'joined') > 1 then c.state = 'active' end
saveCall(c)
tellCall(c, guest)
return { 'ok', callView(c) }

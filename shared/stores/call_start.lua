-- @include calls
-- One call a room (C1), one a guest: whoever comes second learns which it is.
-- ARGV room, guest, id, media, connection, node, ringMs, leaseMs, most that are rung
-- returns {-1 no such room | -2 not a member | -3 closed} | {'gone'} | {'busy', call} | {'ok', call as JSON}
local room, guest, id = ARGV[1], ARGV[2], ARGV[3]
local m = redis.call('HMGET', K.room .. room, 'state', 'call')
if not m[1] then return { -1 } end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return { -2 } end
if m[1] ~= 'open' then return { -3 } end
local at = now()
if not alive(guest, at) then return { 'gone' } end
if m[2] and redis.call('EXISTS', K.call .. m[2]) == 1 then return { 'busy', m[2] } end
local elsewhere = callJoinedBy(guest)
if elsewhere then return { 'busy', elsewhere } end

local c = { id = id, roomId = room, media = ARGV[4], state = 'ringing', startedBy = guest, startedAt = at, people = {} }
addPerson(c, guest, ARGV[5], ARGV[6], ARGV[8])
if redis.call('HLEN', K.members .. room) <= ARGV[9] + 1 then -- a crowd is told of it, but not rung
  for _, other in ipairs(redis.call('HKEYS', K.members .. room)) do
    if other ~= guest and not isBlocked(guest, other) then
      c.people[#c.people + 1] = { userId = other, state = 'ringing', audio = false, video = false, screen = false, direct = false, connection = '', node = '' }
    end
  end
end
redis.call('HSET', K.room .. room, 'call', id)
redis.call('ZADD', K.callsDue, at + ARGV[7], id)
saveCall(c)
tellCall(c, guest, true)
return { 'ok', callView(c) }

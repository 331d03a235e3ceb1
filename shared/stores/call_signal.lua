-- @include calls
-- From one participant's connection to another's (C3), as it is where both agreed to show their addresses, else without them (C5).
-- ARGV id, guest, connection, to, candidate? 1|0, most candidates after a description, as it is, without addresses ('' = nothing is left)
-- returns 'none' | 'stranger' | 'outside' | 'elsewhere' | 'apart' (the other is not in it) | 'many' | 'away' | 'ok'
local id, guest, to = ARGV[1], ARGV[2], ARGV[4]
local c = callOf(id)
if not c then return 'none' end
if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return 'stranger' end
local me, other = personOf(c, guest), personOf(c, to)
if not me or me.state ~= 'joined' then return 'outside' end
if me.connection ~= ARGV[3] then return 'elsewhere' end
if to == guest or not other or other.state ~= 'joined' then return 'apart' end

local count = guest .. '|' .. to
if ARGV[5] == '0' then
  redis.call('HDEL', K.signals .. id, count)
elseif redis.call('HINCRBY', K.signals .. id, count, 1) > tonumber(ARGV[6]) then
  return 'many'
end
redis.call('PEXPIRE', K.signals .. id, redis.call('PTTL', K.call .. id))

local data = me.direct and other.direct and ARGV[7] or ARGV[8]
if data == '' then return 'ok' end
if other.connection == '' then return 'away' end
return tellNode(other.node, 'op', 'signal', 'user', to, 'connection', other.connection, 'call', id, 'from', guest, 'data', data) and 'ok' or 'away'

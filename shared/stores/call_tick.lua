-- @include calls
-- What time does to calls; any node may run it, each entry is taken once.
local at = now()
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', K.callsDue, '-inf', at, 'LIMIT', 0, 100)) do
  redis.call('ZREM', K.callsDue, entry)
  local id, guest = string.match(entry, '^([^|]+)|?(.*)$')
  local c = callOf(id)
  if c and guest ~= '' then -- the connection that carried them did not come back (C4)
    local p = personOf(c, guest)
    if p and p.state == 'joined' then
      dropPerson(c, p, 'left')
      settleCall(c, 'lost', guest)
    end
  elseif c and c.state == 'ringing' then -- nobody answered (C2)
    endCall(c, 'timeout', '')
  elseif c then -- it goes on without those who did not answer
    for _, p in ipairs(c.people) do if p.state == 'ringing' then dropPerson(c, p, 'left') end end
    saveCall(c)
    tellCall(c, '')
  end
end
return 1

-- @include common
-- ARGV guest, username ('' = keep), folded username, field, value, … (interests, language)
-- returns 1, 0 (name taken), -1 (session ended)
local guest, at = ARGV[1], now()
local session = K.session .. guest
if not alive(guest, at) then return -1 end
if ARGV[2] ~= '' then
  local old, name = redis.call('HGET', session, 'nameKey'), K.name .. ARGV[3]
  if name ~= old then
    if not redis.call('SET', name, guest, 'NX', 'PXAT', redis.call('HGET', session, 'endsAt')) then return 0 end
    redis.call('DEL', old)
  end
  redis.call('HSET', session, 'username', ARGV[2], 'nameKey', name)
  for _, room in ipairs(redis.call('SMEMBERS', K.rooms .. guest)) do redis.call('HSET', K.members .. room, guest, ARGV[2]) end
  tellGuest(guest, 'op', 'renamed', 'user', guest, 'name', ARGV[2])
end
for i = 4, #ARGV, 2 do redis.call('HSET', session, ARGV[i], ARGV[i + 1]) end
return 1

-- @include groups
-- ARGV room, guest, connection that asks, epoch, seq, emoji, on? 1|0, most different, most in all, payload
-- returns 1 changed, 0 as it was, -1 no such room, -2 not a member, -3 closed, -4 no such message, -5 too many
local room, guest, seq, emoji = ARGV[1], ARGV[2], ARGV[5], ARGV[6]
local m = redis.call('HMGET', K.room .. room, 'state', 'epoch', 'nodes', 'kind')
if not m[1] then return -1 end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return -2 end
if m[1] ~= 'open' then return -3 end
if m[2] ~= ARGV[4] or #redis.call('XRANGE', K.log .. room, seq .. '-0', seq .. '-0') == 0 then return -4 end
local marks, field = K.marks .. room, 'r' .. seq
local all, kinds, guestsIn, found = cjson.decode(redis.call('HGET', marks, field) or '{}'), 0, 0, nil
for name, guests in pairs(all) do
  kinds, guestsIn = kinds + 1, guestsIn + #guests
  if name == emoji then
    for i, one in ipairs(guests) do if one == guest then found = i end end
  end
end
if (ARGV[7] == '1') == (found ~= nil) then return 0 end
if found then
  table.remove(all[emoji], found)
  if #all[emoji] == 0 then all[emoji] = nil end
else
  if guestsIn >= tonumber(ARGV[9]) or not all[emoji] and kinds >= tonumber(ARGV[8]) then return -5 end
  all[emoji] = all[emoji] or {}
  table.insert(all[emoji], guest)
  if m[4] == 'group' then noteVoice(room, guest, '~' .. seq, seq) end
end
if next(all) then redis.call('HSET', marks, field, cjson.encode(all)) else redis.call('HDEL', marks, field) end
redis.call('PEXPIRE', marks, redis.call('PTTL', K.room .. room))
tellRoom(room, m[3], '', 'op', 'event', 'asks', ARGV[3], 'room', room, 'event', 'message:reacted', 'payload', ARGV[10])
return 1

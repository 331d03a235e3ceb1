-- @include calls
-- What a participant sends now, or whether their address may be shown.
-- ARGV id, guest, connection, node, leaseMs, 'media' | 'direct', then 1|0 for each
-- `media` is said first by a page whose connection was lost while its media was not: the new connection carries the call from here on.
-- returns {'none' | 'stranger' | 'outside' | 'elsewhere'} | {'ok', call as JSON}
local guest, connection, what = ARGV[2], ARGV[3], ARGV[6]
local c = callOf(ARGV[1])
if not c then return { 'none' } end
if redis.call('HEXISTS', K.members .. c.roomId, guest) == 0 then return { 'stranger' } end
local p = personOf(c, guest)
if not p or p.state ~= 'joined' then return { 'outside' } end
local before = callView(c)
if what == 'direct' then
  if p.connection ~= connection then return { 'elsewhere' } end
  p.direct = ARGV[7] == '1'
else
  if p.connection ~= connection then
    p.connection, p.node = connection, ARGV[4]
    redis.call('ZADD', K.callsDue, now() + ARGV[5], c.id .. '|' .. guest)
  end
  p.audio, p.video, p.screen = ARGV[7] == '1', ARGV[8] == '1', ARGV[9] == '1'
end
saveCall(c)
local after = callView(c)
if after ~= before then tellCall(c, guest) end
return { 'ok', after }

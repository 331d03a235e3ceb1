-- @include bans rooms
-- A node's heartbeat for a batch of its guests. ARGV node, leaseMs, pairLeaseMs, sessionTtlMs, then guest, active? for each
-- returns for each: '-' the session has ended, '!' and when where the guest is banned, else ''
local node, lease, at, out = ARGV[1], tonumber(ARGV[2]), now(), {}
local anyBan = redis.call('EXISTS', K.bans) == 1
for i = 5, #ARGV, 2 do
  local guest = ARGV[i]
  local s = redis.call('HMGET', K.session .. guest, 'pair', 'endsAt')
  if not s[2] or not alive(guest, at) then
    out[#out + 1] = '-'
  elseif anyBan and bannedUntil(at, guest) then
    out[#out + 1] = '!' .. string.format('%.0f', bannedUntil(at, guest))
  else
    if redis.call('ZADD', K.online, at + lease, guest) == 1 then comeBack(guest) end -- taken for gone: this node was late
    redis.call('ZADD', K.where .. guest, at + lease, node)
    redis.call('PEXPIRE', K.where .. guest, lease * 2)
    redis.call('ZADD', K.sessions, 'XX', 'GT', math.min(at + ARGV[4], tonumber(s[2])), guest)
    if ARGV[i + 1] == '1' then redis.call('ZADD', K.active, at, guest) end
    if s[1] then redis.call('ZADD', K.pairs, 'XX', at + ARGV[3], s[1] .. '|' .. guest) end
    out[#out + 1] = ''
  end
end
return out

-- @include bans
-- May these guests come in from there? ARGV most handshakes in a window, the window in ms, then for each: guest, a handshake? 1|0 (a
-- route is none), how many pseudonyms their address has, these
-- returns for each 1, 0 where the session has ended, -until where guest or address is banned, or {ms} until the next handshake
local most, windowMs, at, out, i = tonumber(ARGV[1]), ARGV[2], now(), {}, 3

local function shakeHands(guest)
  local hands = K.handshakes .. guest
  local count = redis.call('INCR', hands)
  if count == 1 then redis.call('PEXPIRE', hands, windowMs) end
  return count > most and { redis.call('PTTL', hands) } or 1
end

while ARGV[i] do
  local guest, last = ARGV[i], i + 2 + ARGV[i + 2]
  local ends = bannedUntil(at, guest, unpack(ARGV, i + 3, last))
  local verdict = ends and -ends or alive(guest, at) and 1 or 0
  if verdict == 1 and ARGV[i + 1] == '1' then verdict = shakeHands(guest) end
  out[#out + 1] = verdict
  i = last + 1
end
return out

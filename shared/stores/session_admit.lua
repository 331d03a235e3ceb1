-- @include bans
-- May these guests ask from there? ARGV for each: guest, how many pseudonyms their address has, these
-- returns for each 1, 0 where the session has ended, or -until where guest or address is banned
local at, out, i = now(), {}, 1
while ARGV[i] do
  local guest, last = ARGV[i], i + 1 + ARGV[i + 1]
  local ends = bannedUntil(at, guest, unpack(ARGV, i + 2, last))
  out[#out + 1] = ends and -ends or alive(guest, at) and 1 or 0
  i = last + 1
end
return out

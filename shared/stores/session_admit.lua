-- @include bans
-- May this guest come in from there? ARGV guest, then their address' pseudonyms
-- returns 1, 0 where the session has ended, or -until where guest or address is banned
local at = now()
local ends = bannedUntil(at, unpack(ARGV))
if ends then return -ends end
return alive(ARGV[1], at) and 1 or 0

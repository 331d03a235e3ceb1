-- @include bans evict
-- Their address was banned while they were here; unless it has been lifted meanwhile. ARGV guest, address
local ends = bannedUntil(now(), ARGV[2])
if not ends then return 0 end
evict(ARGV[1], string.format('%.0f', ends))
return 1

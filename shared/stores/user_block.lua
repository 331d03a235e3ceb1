-- @include blocks
-- ARGV guest, other; returns 1, -1 where there is no such guest, -2 own session ended
local guest, other, at = ARGV[1], ARGV[2], now()
if not alive(guest, at) then return -2 end
if not alive(other, at) then return -1 end
block(guest, other, 'blocked')
return 1

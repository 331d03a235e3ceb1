-- @include common
-- Of a group's senders: whom they must not reach. ARGV room, guest, guest, …; returns 'guest,guest' for each
local out = {}
for i = 2, #ARGV do out[#out + 1] = apartFrom(ARGV[1], ARGV[i]) end
return out

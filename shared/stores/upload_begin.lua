-- @include uploads
-- One checker at a time. ARGV id, guest, leaseMs
-- returns {'gone'} | {'forbidden'} | {'busy', ms left} | {'complete' | 'begun', field, value, …}
local at = now()
local u = liveUpload(ARGV[1], at)
if not u then return { 'gone' } end
if u.owner ~= ARGV[2] then return { 'forbidden' } end
if u.state == 'pending' then
  local leased = tonumber(u.checking or '0')
  if leased > at then return { 'busy', leased - at } end
  redis.call('HSET', K.upload .. ARGV[1], 'checking', at + tonumber(ARGV[3]))
end
return { u.state == 'pending' and 'begun' or 'complete', unpack(redis.call('HGETALL', K.upload .. ARGV[1])) }

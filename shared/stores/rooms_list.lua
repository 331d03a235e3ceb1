-- @include common
-- Public groups in the index's order. ARGV how many, number and room to go on after ('' = from the start)
-- returns {room, name, capacity, members, createdAt, number}, … : one more than asked for where there is more
local most, after, last, out, offset = tonumber(ARGV[1]), ARGV[2], ARGV[3], {}, 0
while #out <= most do
  local page = redis.call('ZRANGE', K.publicRooms, after == '' and '+inf' or after, '-inf', 'BYSCORE', 'REV', 'LIMIT', offset, most + 1, 'WITHSCORES')
  for i = 1, #page, 2 do
    local room, number = page[i], page[i + 1]
    if #out <= most and (number ~= after or room < last) then -- among equals the index goes from the last name to the first
      local m = redis.call('HMGET', K.room .. room, 'name', 'capacity', 'createdAt')
      if m[1] then out[#out + 1] = { room, m[1], m[2], redis.call('HLEN', K.members .. room), m[3], number } end
    end
  end
  if #page < 2 * (most + 1) then break end
  offset = offset + most + 1
end
return out

-- @include evict
-- Keeps out a guest, addresses, or both: never for a shorter time than they are kept out already.
-- ARGV guest ('' = nobody), this guest too? 1|0, where they were seen too? 1|0, for how many ms, note, then further pseudonyms of addresses
-- returns until when, then who is banned now: guest, addresses
local guest, note, at = ARGV[1], ARGV[5], now()
local ends = string.format('%.0f', at + ARGV[4])
local banned, seen = { ends }, {}
local function ban(who)
  if not who or seen[who] then return end
  seen[who] = true
  redis.call('ZADD', K.bans, 'GT', ends, who)
  redis.call('HSET', K.banNotes, who, note)
  banned[#banned + 1] = who
end

if ARGV[2] == '1' and alive(guest, at) then
  ban(guest)
  evict(guest, ends)
end
local addresses = { unpack(ARGV, 6) }
if ARGV[3] == '1' then
  for _, address in ipairs(redis.call('HMGET', K.session .. guest, 'madeFrom', 'seenFrom')) do addresses[#addresses + 1] = address end
end
for _, address in ipairs(addresses) do
  if address then
    ban(address)
    -- Only a node knows who is there from that address just now.
    for _, node in ipairs(redis.call('ZRANGE', K.nodes, 0, -1)) do tellNode(node, 'op', 'banned', 'address', address, 'until', ends) end
  end
end
return banned

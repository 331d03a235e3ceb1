-- @include common
-- What the server itself knows of what is reported. ARGV room, reporter, reported, then epoch, seq of each chosen message
-- returns {room's epoch or '', reporter is a member 1|0, reported is 1|0, reporter's name, reported's name, their addresses' pseudonyms (2), {seq, at, body}, …}
local room, reporter, reported = ARGV[1], ARGV[2], ARGV[3]
local members = K.members .. room
local epoch = redis.call('HGET', K.room .. room, 'epoch') or ''
local s = redis.call('HMGET', K.session .. reported, 'username', 'madeFrom', 'seenFrom')
local mine = redis.call('HEXISTS', members, reporter)
local out = {
  epoch, mine, redis.call('HEXISTS', members, reported), redis.call('HGET', K.session .. reporter, 'username') or '',
  s[1] or redis.call('HGET', members, reported) or '', s[2] or '', s[3] or '',
}
for i = 4, #ARGV, 2 do
  if mine == 1 and ARGV[i] == epoch then
    local entry = redis.call('XRANGE', K.log .. room, ARGV[i + 1] .. '-0', ARGV[i + 1] .. '-0')[1]
    if entry then out[#out + 1] = { tonumber(ARGV[i + 1]), tonumber(entry[2][2]), entry[2][4] } end
  end
end
return out

-- @include common rooms
-- A member's view of a room: meta, members, receipts and a page of its log; of a large room a hundred members and one's own receipts.
-- Whoever has a group's id may look at it: what it is, and how many are in. Guest '' is a node, which knows whom it may tell.
-- ARGV room, guest, mode (newest | after | before | look), seq, limit, epoch the reader has ('' = none), whole? 1|0
-- returns {'not-found'} | {'forbidden'} | {'ok', meta, members, receipts, page, reactions and deletions, more, gap, how many members}
local room, guest, mode, seq, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local m = redis.call('HMGET', K.room .. room, 'kind', 'state', 'reason', 'epoch', 'seq', 'first', 'capacity', 'createdAt', 'name', 'visibility', 'run')
if not m[1] then return { 'not-found' } end
local count = redis.call('HLEN', K.members .. room)
if guest ~= '' and redis.call('HEXISTS', K.members .. room, guest) == 0 then
  if mode == 'look' and m[1] == 'group' then return { 'ok', m, {}, {}, {}, {}, 0, 0, count } end
  return { 'forbidden' }
end
local last, first = tonumber(m[5]), tonumber(m[6])

-- The reader says to know more than the log. Only where Redis was started anew since the last append may that be so, and then it
-- is said once; else it is not theirs to take the log from the others.
if mode == 'after' and ARGV[6] == m[4] and seq > last then
  local run = redis.call('GET', K.run) or ''
  seq = 0
  if m[11] ~= run then
    m[4] = renewEpoch(room, m[4])
    redis.call('HSET', K.room .. room, 'run', run)
  end
end

local members, receipts = {}, {}
if ARGV[7] == '1' then
  local large, at, all = isLarge(room, m[1]), now(), nil
  if large then
    local own = redis.call('HMGET', K.receipts .. room, 'd:' .. guest, 'r:' .. guest)
    if own[1] then receipts = { 'd:' .. guest, own[1], 'r:' .. guest, own[2] } end
    all = redis.call('HRANDFIELD', K.members .. room, LARGE, 'WITHVALUES')
  else
    receipts = redis.call('HGETALL', K.receipts .. room)
    all = redis.call('HGETALL', K.members .. room)
  end
  for i = 1, #all, 2 do members[#members + 1] = { all[i], all[i + 1], statusOf(all[i], m[1], at) } end
end

local from, to, more, gap
if mode == 'look' then return { 'ok', m, members, {}, {}, {}, 0, 0, count } end
if mode == 'before' then
  to = math.min(seq - 1, last)
  from = math.max(first, to - limit + 1)
  more, gap = from > first, from == first and first > 1
elseif mode == 'newest' then
  from, to = math.max(first, last - limit + 1), last
  more, gap = from > first, false
else
  if ARGV[6] ~= '' and ARGV[6] ~= m[4] then seq = 0 end -- another log: this one from its start
  from = math.max(first, seq + 1)
  to = math.min(last, from + limit - 1)
  more, gap = to < last, seq + 1 < first
end

local page, marks = {}, {}
if from <= to then
  page = redis.call('XRANGE', K.log .. room, from .. '-0', to .. '-0')
  if redis.call('EXISTS', K.marks .. room) == 1 then
    for n = from, to do
      local got = redis.call('HMGET', K.marks .. room, 'r' .. n, 'x' .. n)
      if got[1] or got[2] then marks[#marks + 1] = { n, got[1] or '', got[2] or '' } end
    end
  end
end
if m[1] == 'group' and hasBlocks(guest) then -- of those apart from the reader: the places alone
  for _, entry in ipairs(page) do
    local said = cjson.decode(entry[2][4])
    if isBlocked(guest, said.sender.id) then
      local stub = { clientMessageId = said.clientMessageId, sender = said.sender, kind = said.kind, at = tonumber(entry[2][2]) }
      marks[#marks + 1] = { tonumber(string.match(entry[1], '^%d+')), '', cjson.encode(stub) }
    end
  end
end
return { 'ok', m, members, receipts, page, marks, more and 1 or 0, gap and 1 or 0, count }

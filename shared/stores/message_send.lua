-- @include groups
-- Idempotent, ordered append of a batch of messages, routed to the nodes that hold a member: one entry for each such node.
-- ARGV node, keep, run of Redis, limit of events and its window in ms, then for each, as lines of one argument: room, guest, clientMessageId, digest of the
-- body, epoch and seq that the node has told, epoch and seq replied to, what it counts against the limit (0: counted before), body
-- returns for each {seq, epoch, at[, false, those in the group whom it must not reach]} | {seq, epoch, at, body} (seen before) | {-1 no such room | -2 not a member | -3 closed | -4 no such message to reply to} | {-100, counted, ms left: beyond the limit}
local LINES = '^' .. string.rep('([^\n]*)\n', 9) .. '(.*)$'
local node, keep, run, at, out, told = ARGV[1], tonumber(ARGV[2]), ARGV[3], now(), {}, {}
local atText = string.format('%d', at) -- Lua writes a number that it has to make text of with 17 digits' care, each time
for i = 6, #ARGV do
  local room, guest, mark, digest, toldEpoch, toldSeq, replyEpoch, replySeq, points, body = string.match(ARGV[i], LINES)
  local meta, log, answer = K.room .. room, K.log .. room, nil
  local counted, left = countEvents(guest, points, ARGV[5], tonumber(ARGV[4]))
  local m = not left and redis.call('HMGET', meta, 'state', 'epoch', 'nodes', 'seq', 'run', 'kind', 'first')
  if left then
    answer = { -100, counted, left }
  elseif not m[1] then
    answer = { -1 }
  elseif redis.call('HEXISTS', K.members .. room, guest) == 0 then
    answer = { -2 }
  else
    -- A node that knows more than the log, or a Redis that was started since the last append: its newest may be gone, and
    -- nobody may be there who knew. Members pull the new log, and send again what it lacks of theirs.
    if m[5] ~= run or (toldEpoch == m[2] and tonumber(toldSeq) > tonumber(m[4])) then
      m[2] = renewEpoch(room, m[2])
      redis.call('HSET', meta, 'run', run)
    end
    local group = m[6] == 'group'
    local seen = redis.call('ZSCORE', seenIn(room, m[6], guest, mark))
    if seen then -- before "is it closed": the retry of an accepted message is not refused
      local entry = redis.call('XRANGE', log, seen .. '-0', seen .. '-0')[1]
      answer = { tonumber(seen), m[2], entry and tonumber(entry[2][2]) or at, entry and entry[2][4] or '' }
    elseif m[1] ~= 'open' then
      answer = { -3 }
    elseif replyEpoch ~= '' and (replyEpoch ~= m[2] or tonumber(replySeq) > tonumber(m[4])) then
      answer = { -4 }
    else
      local seq = redis.call('HINCRBY', meta, 'seq', 1)
      local seqText = string.format('%d', seq)
      redis.call('XADD', log, seqText .. '-0', 'at', atText, 'body', body)
      if group then noteVoice(room, guest, mark, seq) else redis.call('ZADD', K.seen .. room, seqText, guest .. ':' .. mark) end
      if seq == tonumber(m[7]) then -- nothing else is in the log; one expiry for all that belongs to the room
        local left = redis.call('PTTL', meta)
        redis.call('PEXPIRE', log, left)
        redis.call('PEXPIRE', K.seen .. room, left)
        if group then redis.call('ZADD', K.logsDue, at + DAY_MS, room) end
      end
      if seq % 100 == 0 and seq > keep then
        redis.call('XTRIM', log, 'MINID', (seq - keep + 1) .. '-0')
        redis.call('HSET', meta, 'first', seq - keep + 1)
        for n = math.max(1, seq - keep - 99), seq - keep do redis.call('HDEL', K.marks .. room, 'r' .. n, 'x' .. n) end
        redis.call('ZREMRANGEBYSCORE', K.seen .. room, '-inf', seq - 10 * keep)
      end
      local apart = group and apartFrom(room, guest) or ''
      for other in string.gmatch(m[3], '%S+') do
        if other ~= node then
          local its = told[other] or { lines = {}, rooms = {} }
          told[other] = its
          its.lines[#its.lines + 1] = table.concat({ room, m[2], seqText, atText, guest, digest, apart, body }, '\n')
          its.rooms[#its.rooms + 1] = room
        end
      end
      answer = apart == '' and { seq, m[2], at } or { seq, m[2], at, false, apart }
    end
  end
  out[#out + 1] = answer
end
for other, its in pairs(told) do
  if not tellNode(other, 'op', 'messages', 'lines', table.concat(its.lines, '\n')) then
    for _, room in ipairs(its.rooms) do dropNode(room, other) end
  end
end
return out

-- @include matching bans
-- What a turn asks of the queue, in the order asked, each in one step: join (take a partner, or wait), skip (end this pair, then
-- join), resume (a connection came back), leave (the queue, or whatever pair it is).
-- ARGV as readConf, then mode, guest, node, interests, language, media, room for each
-- The guest's other nodes are told to look (S3).
-- returns for each {'gone'} | {'away'} | {'idle'} | {'matched', room} | {'queued', since, level, position, meanWaitMs, interests, language, media}
local conf, at, OF_PROFILE = readConf(), now(), '\n'

local function leave(guest, node)
  unqueue(guest)
  redis.call('DEL', K.ticket .. guest)
  local pair = redis.call('HGET', K.session .. guest, 'pair')
  if pair then
    closePair(pair, 'left', true)
  else -- though they stand there no more: who waited where the place lapsed would be put back by another node
    tellOthers(guest, node, 'op', 'queued', 'user', guest)
  end
  return { 'idle' }
end

local function join(mode, guest, node, interests, language, media, left)
  if mode == 'leave' then return leave(guest, node) end
  local session = K.session .. guest
  if not alive(guest, at) or bannedUntil(at, guest) then return { 'gone' } end
  if not isOnline(guest, at) then return { 'away' } end -- the socket closed while this was under way

  local pair = redis.call('HGET', session, 'pair')
  if mode == 'skip' and pair == left then
    closePair(pair, 'skipped', true)
    pair = nil
  end
  if pair then return { 'matched', pair } end

  local t = unqueue(guest) or ticketOf(guest)
  if t and t.taken ~= '' then t = nil end
  if mode == 'join' then
    interests = interests ~= OF_PROFILE and interests or redis.call('HGET', session, 'interests') or ''
    language = language ~= OF_PROFILE and language or redis.call('HGET', session, 'language') or ''
    redis.call('HSET', session, 'wishInterests', interests, 'wishLanguage', language, 'wishMedia', media)
    t = { since = t and t.since, interests = interests, language = language, media = media }
  elseif not t then
    if mode == 'resume' then return { 'idle' } end
    t = lastWishes(guest)
  end
  t.since, t.node = t.since or at, node
  t.level = levelAt(t, at, conf)

  local room = seek(guest, t, at, at + conf.lease, conf)
  if room then return { 'matched', room } end
  tellOthers(guest, node, 'op', 'queued', 'user', guest)
  return { 'queued', t.since, t.level, redis.call('ZRANK', K.queue, guest) + 1, redis.call('GET', K.wait) or '', t.interests, t.language, t.media }
end

local out = {}
for i = 7, #ARGV, 7 do out[#out + 1] = join(unpack(ARGV, i, i + 6)) end
return out

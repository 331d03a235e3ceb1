-- @include matching
-- One atomic step: take a partner, or wait. Also: skip (end this pair, then join) and resume (a connection came back).
-- ARGV mode, guest, node, interests, language, media, room, seed, widen1, widen2, leaseMs, pairLeaseMs, roomTtlMs
-- returns {'gone'} | {'away'} | {'idle'} | {'matched', room} | {'queued', since, level, position, meanWaitMs, interests, language, media}
local mode, guest, node = ARGV[1], ARGV[2], ARGV[3]
local conf = { seed = ARGV[8], widen = { tonumber(ARGV[9]), tonumber(ARGV[10]) }, lease = tonumber(ARGV[11]), pairLease = tonumber(ARGV[12]), roomTtl = tonumber(ARGV[13]) }
local at, session = now(), K.session .. guest
if not alive(guest, at) then return { 'gone' } end
if not isOnline(guest, at) then return { 'away' } end -- the socket closed while this was under way

local pair = redis.call('HGET', session, 'pair')
if mode == 'skip' and pair == ARGV[7] then
  closePair(pair, 'skipped', true)
  pair = nil
end
if pair then return { 'matched', pair } end

local t = unqueue(guest) or ticketOf(guest)
if t and t.taken then t = nil end
if mode == 'join' then
  redis.call('HSET', session, 'wishInterests', ARGV[4], 'wishLanguage', ARGV[5], 'wishMedia', ARGV[6])
  t = { since = t and t.since, interests = ARGV[4], language = ARGV[5], media = ARGV[6] }
elseif not t then
  if mode == 'resume' then return { 'idle' } end
  t = lastWishes(guest)
end
t.since, t.node = t.since or at, node
t.level = levelAt(t, at, conf)

local room = seek(guest, t, at, at + conf.lease, conf)
if room then return { 'matched', room } end
return { 'queued', t.since, t.level, redis.call('ZRANK', K.queue, guest) + 1, redis.call('GET', K.wait) or '', t.interests, t.language, t.media }

-- @include common
-- ARGV guest; returns as match_join does for one
local guest = ARGV[1]
local pair = redis.call('HGET', K.session .. guest, 'pair')
if pair then return { 'matched', pair } end
local t = redis.call('HMGET', K.ticket .. guest, 'since', 'level', 'interests', 'language', 'media', 'taken')
if not t[1] or t[6] ~= '' then return { 'idle' } end
local rank = redis.call('ZRANK', K.queue, guest)
return { 'queued', t[1], t[2], rank and rank + 1 or 0, redis.call('GET', K.wait) or '', t[3], t[4], t[5] }

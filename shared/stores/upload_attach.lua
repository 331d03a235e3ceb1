-- @include uploads
-- Ties an upload to the one message it is sent with; the same message again gets the same. ARGV id, room, guest, clientMessageId, kind
-- returns {'seen'} (the message is in the log) | {'gone' | 'forbidden' | 'pending' | 'used' | 'kind'}
-- | {-1 no such room | -2 not a member | -3 closed} | {'ok', field, value, …}
local id, room, guest, mark = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local m = redis.call('HMGET', K.room .. room, 'state', 'kind')
local state = m[1]
if redis.call('ZSCORE', seenIn(room, m[2], guest, mark)) then return { 'seen' } end
if not state then return { -1 } end
if redis.call('HEXISTS', K.members .. room, guest) == 0 then return { -2 } end
if state ~= 'open' then return { -3 } end
local u = liveUpload(id, now())
if not u then return { 'gone' } end
if u.owner ~= guest or u.room ~= room then return { 'forbidden' } end
if u.state == 'pending' then return { 'pending' } end
if u.kind ~= ARGV[5] then return { 'kind' } end
if u.message and u.message ~= mark then return { 'used' } end
redis.call('HSET', K.upload .. id, 'message', mark)
return { 'ok', unpack(redis.call('HGETALL', K.upload .. id)) }

-- @include uploads
-- The message at that place was deleted by its sender: its file goes too. ARGV room, guest, seq; returns how many went
local stub = redis.call('HGET', K.marks .. ARGV[1], 'x' .. ARGV[3])
if not stub then return 0 end
local message, at, gone = cjson.decode(stub), now(), 0
if message.sender.id ~= ARGV[2] or message.kind == 'text' then return 0 end
for _, id in ipairs(redis.call('SMEMBERS', K.uploadsIn .. ARGV[1])) do
  local u = redis.call('HMGET', K.upload .. id, 'owner', 'message')
  if u[1] == ARGV[2] and u[2] == message.clientMessageId then
    dropUpload(id, at)
    gone = gone + 1
  end
end
return gone

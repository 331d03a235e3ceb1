-- @include blocks
-- Keeps a report, sealed; from here on the two are nothing to each other. ARGV reporter, reported, report, summary, evidence, ttlMs, most
-- returns 1, or -2 where the reporter's session has ended
local reporter, reported, report, at = ARGV[1], ARGV[2], ARGV[3], now()
if not alive(reporter, at) then return -2 end
redis.call('HSET', K.report .. report, 'summary', ARGV[4], 'evidence', ARGV[5])
redis.call('PEXPIRE', K.report .. report, ARGV[6])
redis.call('ZADD', K.reports, at, report)
for _, oldest in ipairs(redis.call('ZRANGE', K.reports, 0, -1 - ARGV[7])) do
  redis.call('ZREM', K.reports, oldest)
  redis.call('DEL', K.report .. oldest)
end
if alive(reported, at) then block(reporter, reported, 'reported') end
return 1

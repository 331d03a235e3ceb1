-- @include sessions
-- ARGV guest, reason
endSession(ARGV[1], ARGV[2])
return 1

-- @include groups
-- Goes on forgetting a guest whose session has ended. ARGV guest, how many messages and reactions at most; returns 1 once nothing is left, else 0
return forgetSome(ARGV[1], tonumber(ARGV[2])) > 0 and 1 or 0

-- @include evict
-- Their address was banned while they were here. ARGV guest, until
evict(ARGV[1], ARGV[2])
return 1

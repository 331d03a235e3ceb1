-- @include common
-- A ban stands in one index, whomever it keeps out: a guest by id, an address by its pseudonym.

-- When does the longest ban of any of these end? nil: none of them is banned.
local function bannedUntil(at, ...)
  if select('#', ...) == 0 then return nil end
  local last
  for _, score in ipairs(redis.call('ZMSCORE', K.bans, ...)) do
    local ends = score and tonumber(score)
    if ends and ends > at and ends > (last or 0) then last = ends end
  end
  return last
end

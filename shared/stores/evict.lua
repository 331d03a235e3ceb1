-- @include sessions
-- A banned guest: their sockets are closed on every node, they leave queue, pair and rooms. The session itself lives on, shut out.
local function evict(guest, ends)
  tellGuest(guest, 'op', 'close', 'user', guest, 'reason', 'banned', 'until', ends)
  leaveAll(guest)
end

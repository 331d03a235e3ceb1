/** Nobody in two pairs, nobody with themselves, no ghosts. */
import type { Lines } from "./row.ts";

export const matching: Lines = {
  "any interleaving of join, leave, skip, end and lost leases": [
    {
      test: "test/matching.property.test.ts",
      title: "[M1][M2][M3][M4][M5] any interleaving by six guests",
      control: "[M1] the checker sees what read-then-write does wrong",
    },
    {
      test: "test/matching.property.test.ts",
      title: "[M1][M2][M3][M4][M5] any interleaving by six guests",
      fault: "who has a partner is given another",
      file: "shared/stores/match_join.lua",
      from: "  if pair then return { 'matched', pair } end",
      to: "",
    },
    {
      test: "test/matching.property.test.ts",
      title: "[M5] whose lease has run out is out of reach",
      fault: "a place in the queue never lapses",
      file: "shared/stores/matching.lua",
      from: "if lease and tonumber(lease) > at and not (picky",
      to: "if lease and not (picky",
    },
    {
      test: "test/matching.test.ts",
      title: "[M1][M3] forty who come at once",
      fault: "who was taken stays in the queue",
      file: "shared/stores/matching.lua",
      from: "local theirs = unqueue(other)",
      to: "local theirs = ticketOf(other)",
    },
    {
      test: "test/matching.test.ts",
      title: "[M2] nobody is matched with somebody they blocked",
      fault: "a block counts for nothing",
      file: "shared/stores/matching.lua",
      from: " and not (picky and isBlocked(me, other)) then",
      to: " then",
    },
    {
      test: "test/matching.test.ts",
      title: "[M1] skipping is one step",
      fault: "a repeated skip ends the next pair",
      file: "shared/stores/match_join.lua",
      from: "if mode == 'skip' and pair == left then",
      to: "if mode == 'skip' and pair then",
    },
  ],
  "a node killed between matched and told": [
    {
      test: "test/matching.faults.test.ts",
      title: "[M3] two hundred whose partners' node was gone",
      fault: "a match that one side never heard of stands",
      file: "shared/stores/match_tick.lua",
      from: "redis.call('ZRANGEBYSCORE', K.offers, '-inf', at,",
      to: "redis.call('ZRANGEBYSCORE', K.offers, '-inf', 0,",
    },
    {
      test: "test/matching.faults.test.ts",
      title: "[M3][M5] a node killed with guests who wait",
      fault: "a match counts as told as soon as it is made",
      file: "shared/stores/matching.lua",
      from: "  redis.call('ZADD', K.offers, at + OFFER_MS, one, at + OFFER_MS, two)",
      to: "",
    },
  ],
  "ghosts gone within the lease": [
    {
      test: "test/matching.faults.test.ts",
      title: "[M5] a ghost, whose host says nothing any more",
      fault: "a link that says nothing is kept for a day",
      file: "socket-tier/node.ts",
      from: "pingInterval: limits.pingIntervalMs,",
      to: "pingInterval: 86_400_000,",
    },
    {
      test: "test/matching.faults.test.ts",
      title: "[M5] a dropped socket is out of reach at once",
      fault: "a closed socket leaves its place in the queue",
      file: "shared/stores/guest_close.lua",
      from: "unqueue(guest)\n",
      to: "",
    },
    {
      test: "test/matching.faults.test.ts",
      title: "[M5] a lapsed place is gone from every index",
      fault: "nobody clears lapsed places away",
      file: "shared/stores/match_tick.lua",
      from: "redis.call('ZRANGEBYSCORE', K.queueLease, '-inf', at,",
      to: "redis.call('ZRANGEBYSCORE', K.queueLease, '-inf', 0,",
    },
  ],
  "the presence count after a kill is that of the live sockets": [
    {
      test: "test/presence.test.ts",
      title: "[M5] after a node was killed the numbers equal the live sockets",
      fault: "a connection's lease never runs out",
      file: "shared/stores/guest_open.lua",
      from: "redis.call('ZADD', K.online, at + lease, guest)",
      to: "redis.call('ZADD', K.online, at + lease * 1000, guest)",
    },
    {
      test: "test/presence.test.ts",
      title: "[M5] the numbers count guests, not sockets",
      fault: "a guest who goes is counted on",
      file: "shared/stores/guest_close.lua",
      from: "if redis.call('ZREM', K.online, guest) == 0 then return 0 end",
      to: "",
    },
  ],
};

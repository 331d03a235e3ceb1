/** Nothing acked is lost, shown twice or out of order, whatever dies. */
import type { Lines } from "./row.ts";

const checker = {
  test: "test/faults.test.ts",
  control: "forgetful: the same roll-back with clients that emit and hope",
};
const killed = { test: "test/infrastructure.test.ts", title: "killed, back after a second: sending goes on" };
const reducer = { test: "test/client.test.ts", title: "[D3] under loss, repetition and any order" };
const notSeen = {
  fault: "a message that was stored is stored again",
  file: "shared/stores/message_send.lua",
  from: "    if seen then -- before",
  to: "    if false then -- before",
};

/** One counter of the checker stands still. */
const uncounted = (from: string, to: string) => ({
  test: "test/checker.test.ts",
  title: "[D3] the checker counts",
  fault: `the checker does not count ${from.split(/[. ]/)[1]}`,
  file: "test/faults/checker.ts",
  from,
  to,
});

export const delivery: Lines = {
  "zeros that are counted": [
    uncounted("verdict.ackedLost += kept", "void kept"),
    uncounted("verdict.storedTwice += entries", "void entries"),
    uncounted("verdict.unshown += log", "void log"),
    uncounted("verdict.shownTwice += guest.shown", "void guest.shown"),
    uncounted("verdict.outOfOrder += 1", "continue"),
    {
      test: "test/checker.test.ts",
      title: "[D3] a run also fails by who stays away",
      fault: "guests who never came back are no fault of a run",
      file: "test/faults/talk.ts",
      from: " + (figures.offline ?? 0);",
      to: ";",
    },
  ],
  "a random node killed every 3 s": [
    {
      test: "test/recovery.test.ts",
      title: "[D3] a random node is killed every 3 s",
      control: "[D3] the same kills with clients that emit and hope lose messages",
    },
    {
      test: "test/outbox.test.ts",
      title: "[D2] whatever fails in between",
      fault: "a retry goes by a new clientMessageId",
      file: "shared/client/outbox.ts",
      from: "const message = await send(draft);",
      to: "const message = await send({ ...draft, clientMessageId: randomText(16) });",
    },
  ],
  "a rolling deploy": [
    { ...checker, title: "[D3] a rolling deploy, a node every 3 s" },
    {
      test: "test/presence.test.ts",
      title: "[D3] stop() tells guests when to come back",
      fault: "the drain sends guests away for good",
      file: "socket-tier/drain.ts",
      from: "sockets[i]!.conn.close();",
      to: "sockets[i]!.disconnect(true);",
    },
  ],
  "30 % of the sockets cut every 3 s": [
    { ...checker, title: "[D3] 30 % of the sockets cut every 3 s" },
    {
      test: "test/faults.test.ts",
      title: "[D3] 30 % of the sockets cut every 3 s",
      fault: "who is cut comes back in ten minutes",
      file: "shared/client/connection.ts",
      from: "const delay = restMs > 0 ? restMs : waitMs(error, attempt, reconnecting, random);",
      to: "const delay = 600_000;",
    },
  ],
  "nothing that the nodes say arrives for 5 s": [
    { test: "test/faults.test.ts", title: "[D3] five seconds in which nothing", ...notSeen },
  ],
  "Redis killed, back after a second": [
    { ...checker, title: "[D1] Redis killed twice, back after a second" },
    {
      ...killed,
      fault: "what Redis did not take is acked",
      file: "socket-tier/on.ts",
      from: "      ack(socket, id, { ok: false, error",
      to: "      if (isRedisTrouble(error)) return ack(socket, id, { ok: true, data: {} });\n      ack(socket, id, { ok: false, error",
    },
    { ...killed, control: "an ack without its message, or a message that is there twice" },
  ],
  "Redis comes back empty": [
    {
      test: "test/infrastructure.test.ts",
      title: "Redis comes back empty: every guest is told",
      fault: "a session that is over looks like a pause",
      file: "shared/client/connection.ts",
      from: 'options.onState(error ? { state: "ended", error } : { state: "idle" });',
      to: 'options.onState({ state: "idle" });',
    },
    {
      test: "test/infrastructure.test.ts",
      title: "Redis comes back empty: every guest is told",
      fault: "what nobody will send any more looks as if on its way",
      file: "shared/client/wiring.ts",
      from: "        outbox.end(state.error);\n",
      to: "",
    },
  ],
  "the same message sent 1 to 5 times at once through different nodes": [
    { test: "test/messages.test.ts", title: "[D2] one clientMessageId, sent one to five times at once", ...notSeen },
    {
      test: "test/rooms.messages.test.ts",
      title: "[D2] one clientMessageId, sent at once through both nodes",
      ...notSeen,
    },
  ],
  "the client's reducer under any order and repetition": [
    { ...reducer, control: "[D3] the same checker catches a client that trusts what is pushed" },
    {
      ...reducer,
      fault: "a hole is not waited for",
      file: "shared/client/admit.ts",
      from: "for (let message = ahead.get(next); message; message = ahead.get(++next)) {",
      to: "for (const message of [...ahead.values()]) {",
    },
    {
      test: "test/client.test.ts",
      title: "[D2] what is announced as just shown",
      fault: "a pull announces again what a push had shown",
      file: "shared/client/log.ts",
      from: "log.base !== undefined && log.head > lastSeq(log) ? { after: lastSeq(log) } : undefined;",
      to: "log.base !== undefined ? { after: 0 } : undefined;",
    },
  ],
  "away for longer than the log": [
    {
      test: "test/faults.test.ts",
      title: "[D5] away for longer than the log",
      fault: "the client does not say that something is missing",
      file: "shared/client/log.ts",
      from: "  gap: true,",
      to: "  gap: false,",
    },
    {
      test: "test/messages.test.ts",
      title: "[D5] history keeps the newest 1,000",
      fault: "an older cursor gets no gap",
      file: "shared/stores/room_read.lua",
      from: "gap and 1 or 0, count }",
      to: "0, count }",
    },
  ],
  "the log replaced while away": [
    {
      test: "test/faults.test.ts",
      title: "[D5] away while the log was rolled back",
      fault: "a cursor of another log is read as if it were of this one",
      file: "shared/stores/room_read.lua",
      from: "if ARGV[6] ~= '' and ARGV[6] ~= m[4] then seq = 0 end -- another log: this one from its start",
      to: "",
    },
    {
      test: "test/faults.test.ts",
      title: "[D5] away while the log was rolled back",
      fault: "own messages of a log that went are not sent again",
      file: "shared/client/log.ts",
      from: "    lost: [...log.lost, ...ownUndeleted(log, [...log.shown, ...log.held])],",
      to: "    lost: log.lost,",
    },
    {
      test: "test/client-log.test.ts",
      title: "[D2] of another epoch's log only that is announced",
      fault: "what was shown of a log that went is news once more",
      file: "shared/client/rooms.ts",
      from: "known ? shown.filter((message) => !known.has(nameOf(message))) : shown",
      to: "shown",
    },
    { ...checker, title: "[D5] Redis rolled back by half a second" },
    {
      test: "test/recovery.test.ts",
      title: "[D5] a Redis that was started anew goes on with another epoch",
      fault: "a restarted Redis goes on with the same epoch",
      file: "shared/stores/message_send.lua",
      from: "    if m[5] ~= run or (",
      to: "    if (",
    },
    {
      test: "test/messages.rollback.test.ts",
      title: "[D5] a rolled-back log is also known by the cursor",
      fault: "a reader who knows more than the log is not believed",
      file: "shared/stores/room_read.lua",
      from: "  if m[11] ~= run then",
      to: "  if false then",
    },
    {
      test: "test/messages.rollback.test.ts",
      title: "[P3] [D5] who says to know more than the log",
      fault: "whoever says to know more than the log replaces it for all",
      file: "shared/stores/room_read.lua",
      from: "  if m[11] ~= run then",
      to: "  if true then",
    },
    {
      test: "test/client-log.test.ts",
      title: "[D5] another epoch's log takes the place",
      fault: "own messages of a log that went are not sent again",
      file: "shared/client/log.ts",
      from: "    lost: [...log.lost, ...ownUndeleted(log, [...log.shown, ...log.held])],",
      to: "    lost: log.lost,",
    },
  ],
  "the last push lost": [
    {
      test: "test/messages.test.ts",
      title: "[D8] a message whose push was lost arrives",
      fault: "a node does not look for what it was not told",
      file: "socket-tier/beats.ts",
      from: "else if (before?.epoch === told.epoch && before.seq > told.seq) await",
      to: "else if (before && told.seq < 0) await",
    },
    {
      test: "test/client-log.test.ts",
      title: "[D8] an answer that says the log is longer",
      fault: "the client takes no notice of how long the log is",
      file: "shared/client/pages.ts",
      from: "rewind(log, last) : { ...log, head: Math.max(log.head, last) };",
      to: "rewind(log, last) : log;",
    },
  ],
  "two tabs of one guest": [
    { ...checker, title: "[D3] two tabs of one guest, both writing" },
    {
      test: "test/sessions.test.ts",
      title: "[S3] three tabs over two nodes hear the same match",
      fault: "a guest's other tabs are not told of what one of them wrote",
      file: "socket-tier/fan-out.ts",
      from: "const others = (socket: GuestSocket) => socket !== except;",
      to: "const others = (socket: GuestSocket) => socket.data.userId !== except?.data.userId;",
    },
  ],
  "a node falls behind": [
    {
      test: "test/inbox.test.ts",
      title: "[D3] a node that falls too far behind",
      fault: "what a node did not read in time is trimmed, and nobody knows",
      file: "shared/stores/reap.lua",
      from: "redis.call('UNLINK', K.inbox .. node)",
      to: "redis.call('XTRIM', K.inbox .. node, 'MAXLEN', UNREAD_MOST)",
    },
  ],
  "Redis does, and cannot say so": (["joined", "left"] as const).map((op) => ({
    test: "test/inbox.test.ts",
    title: "[S3] [D3] what Redis did and could not say in time",
    fault: `the node that asked hears of it by the reply alone (${op})`,
    file: "shared/stores/groups.lua",
    from: `'', 'op', '${op}', 'asks'`,
    to: `redis.call('ZRANGE', K.where .. guest, 0, 0)[1], 'op', '${op}', 'asks'`,
  })),
  "a tab reloaded with 20 unsent": [
    {
      test: "test/faults.test.ts",
      title: "[D2] a tab reloaded with 20 unsent",
      fault: "a new page begins with an empty outbox",
      file: "shared/client/outbox.ts",
      from: "let items = load();",
      to: "let items: readonly OutboxItem[] = [];",
    },
  ],
};

/** Redis half-open, full, read-only, slow, away; nodes that hang, crash, drain; readers that do not read. */
import type { Lines } from "./row.ts";

const test = "test/infrastructure.test.ts";
const timeouts = {
  fault: "what is asked of Redis waits without end",
  file: "shared/redis.ts",
  from: "  commandTimeout: commandTimeoutMs,\n  socketTimeout: silenceMs.commands,\n",
  to: "",
};

export const infrastructure: Lines = {
  "a message goes to the nodes that hold a member": [
    {
      test: "test/presence.test.ts",
      title: "[M6] a pair goes to the nodes where one of the two is",
      fault: "a pair's messages go wherever one of the two ever was",
      file: "shared/stores/guest_close.lua",
      from: "if pair and not partner then dropNode(pair, node) end",
      to: "",
    },
    {
      test: "test/presence.test.ts",
      title: "[M6] a pair goes to the nodes where one of the two is",
      fault: "the partner who stays there is told no more",
      file: "shared/stores/guest_close.lua",
      from: "if pair and not partner then dropNode",
      to: "if pair then dropNode",
    },
  ],
  "Redis half-open": [
    {
      test,
      title: "half-open for 15 s: every request is answered",
      control: "a client with ioredis' defaults hangs on a half-open link",
    },
    { test, title: "half-open for 15 s: every request is answered", ...timeouts },
    {
      test,
      title: "half-open for good: links that a router forgot",
      fault: "a link that says nothing is believed in for ever",
      file: "shared/redis.ts",
      from: "  socketTimeout: silenceMs.commands,\n",
      to: "",
    },
  ],
  "Redis full": [
    {
      test,
      title: "memory full: no exit, no false ack",
      fault: "a full Redis is a fault of ours",
      file: "shared/redis.ts",
      from: "READONLY|OOM|",
      to: "READONLY|",
    },
  ],
  "Redis read-only": [
    {
      test,
      title: "read-only (a replica of a dead host)",
      fault: "what a replica did not take is acked",
      file: "socket-tier/on.ts",
      from: "      ack(socket, id, { ok: false, error",
      to: "      if (isRedisTrouble(error)) return ack(socket, id, { ok: true, data: {} });\n      ack(socket, id, { ok: false, error",
    },
  ],
  "Redis back to normal": [
    {
      test,
      title: "read-only (a replica of a dead host)",
      fault: "a lost link is opened again after half a minute",
      file: "shared/redis.ts",
      from: "Math.min(1_000, 50 * 2 ** Math.min(attempt, 6)) *",
      to: "30_000 * Math.min(attempt, 1) *",
    },
  ],
  "Redis 200 ms and 2 s away": [{ test, title: "200 ms away everything works; 2 s away", ...timeouts }],
  "Redis away at the start": [
    {
      test: "test/infrastructure.node.test.ts",
      title: "Redis away at the start: alive, not ready",
      fault: "a node without Redis says that it is ready",
      file: "socket-tier/health.ts",
      from: 'redis && ctx.state === "ready" ?',
      to: 'ctx.state !== "draining" ?',
    },
    {
      test: "test/functions-limits.test.ts",
      title: "health stays 200, readiness and the API are 503",
      ...timeouts,
    },
  ],
  "SCRIPT FLUSH under load": [
    {
      test,
      title: "SCRIPT FLUSH under load: nobody notices",
      fault: "a forgotten script is an error",
      file: "shared/stores/scripts.ts",
      from: "if (!isForgotten(error)) throw error;",
      to: "if (isForgotten(error) || error) throw error;",
    },
  ],
  "a write of the adapter that fails": [
    {
      test: "test/infrastructure.node.test.ts",
      title: "what the adapter cannot write is counted and bounded",
      fault: "what waits for Redis is not bounded",
      file: "socket-tier/publish.ts",
      from: "const MOST_WAITING = 1_000;",
      to: "const MOST_WAITING = Infinity;",
    },
    {
      test: "test/infrastructure.node.test.ts",
      title: "a node that is told to stop while it waits for Redis",
      fault: "nobody listens to the answer of the adapter's subscriptions",
      file: "socket-tier/publish.ts",
      from: "ask(...args).catch(() => 0);",
      to: "ask(...args);",
    },
  ],
  "a blocked event loop": [
    {
      test: "test/tier.test.ts",
      title: "a node whose event loop is blocked is killed and replaced",
      fault: "a node may hang for 45 s",
      file: "socket-tier/primary.ts",
      from: "serving: 8,",
      to: "serving: 45,",
    },
    {
      test: "test/tier.test.ts",
      title: "a node whose event loop is blocked is killed and replaced",
      fault: "a step of the wall clock is a node's silence",
      file: "socket-tier/primary.ts",
      from: "  setInterval(() => {\n    for (const [worker, looks] of silentLooks) {\n      silentLooks.set(worker, looks + 1);",
      to: "  let lookedAt = Date.now();\n  setInterval(() => {\n    const passed = (Date.now() - lookedAt) / LOOK_MS;\n    lookedAt = Date.now();\n    for (const [worker, before] of silentLooks) {\n      const looks = before + passed;\n      silentLooks.set(worker, looks);",
    },
    {
      test: "test/tier.test.ts",
      title: "a node whose event loop is blocked is killed and replaced",
      fault: "an answer waits for every node",
      file: "socket-tier/presence.ts",
      from: '"stats:watch": async (socket, { on }) => {',
      to: '"stats:watch": async (socket, { on }) => {\n    await socket.nsp.fetchSockets().catch(() => []);',
    },
  ],
  "a crash loop": [
    {
      test: "test/tier.test.ts",
      title: "a node that keeps exiting is started again with growing pauses",
      fault: "the pauses do not grow",
      file: "socket-tier/primary.ts",
      from: "BACK_OFF_MS.first * 2 ** Math.max(0, crashes.length - 1)",
      to: "BACK_OFF_MS.first",
    },
    {
      test: "test/tier.test.ts",
      title: "nodes that are killed before they ever served",
      fault: "a tier that gave up exits as if all were well",
      file: "socket-tier/primary.ts",
      from: "      return stop(1);",
      to: "      return stop(0);",
    },
  ],
  "a fault of ours": [
    {
      test: "test/tier.test.ts",
      title: "moves the guests away and ends the node with 1",
      fault: "a fault of ours ends the node as if all were well",
      file: "socket-tier/worker.ts",
      from: "    leave(1);",
      to: "    leave(0);",
    },
  ],
  "SIGTERM with 1,000 sockets": [
    {
      test: "test/tier.test.ts",
      title: "[D3] SIGTERM with 1,000 sockets: exit 0",
      fault: "guests are cut off without a word",
      file: "socket-tier/drain.ts",
      from: 'socket.emit("server:draining",',
      to: 'void ("server:draining",',
    },
  ],
  "a drain that is cut short": [
    {
      test: "test/tier.test.ts",
      title: "SIGTERM while Redis hangs, and no time for it",
      fault: "how a node ended is not the tier's end",
      file: "socket-tier/primary.ts",
      from: "exitCode ||= 1;",
      to: "exitCode ||= 0;",
    },
  ],
  "many sockets cut at once": [
    {
      test: "test/backoff.test.ts",
      title: "full jitter: from nothing to base",
      fault: "all come back in the same moment",
      file: "shared/client/backoff.ts",
      from: "  random() * Math.min(capMs,",
      to: "  Math.min(capMs,",
    },
    {
      test,
      title: "2,000 sockets cut at once",
      fault: "a client may wait most of a minute before it tries again",
      file: "shared/client/backoff.ts",
      from: "reconnecting: Backoff = { baseMs: 200, capMs: 5_000 }",
      to: "reconnecting: Backoff = { baseMs: 55_000, capMs: 55_000 }",
    },
    {
      test: "test/tier.test.ts",
      title: "[D3] a node that is alone with its primary and has much to do",
      fault: "a connection a turn",
      file: "socket-tier/door.ts",
      from: "const A_TURN = 16;",
      to: "const A_TURN = 1;",
    },
    {
      test: "test/presence.test.ts",
      title: "[D3] stop() tells guests when to come back",
      fault: "a node that leaves calls all back at the same moment",
      file: "socket-tier/drain.ts",
      from: "Math.random() * spreadMs",
      to: "0.5 * spreadMs",
    },
  ],
  "a slow reader": [
    {
      test: "test/limits.test.ts",
      title: "[A3] a slow reader under a flood is cut",
      control: "[A3] without the cut what is unread only grows",
    },
    {
      test: "test/limits.test.ts",
      title: "[A3] a slow reader under a flood is cut",
      fault: "what is unread is kept, however much it is",
      file: "socket-tier/slow-reader.ts",
      from: "if (waiting < limits.unreadPackets && bytes < limits.unreadBytes) return;",
      to: "if (waiting + bytes >= 0) return;",
    },
    {
      test: "test/limits.test.ts",
      title: "[A3] a slow reader under a flood is cut",
      fault: "who reads slowly holds up all others, 30 ms with each packet that waits",
      file: "socket-tier/slow-reader.ts",
      from: "  waitingBytes.set(this, mine);\n",
      to: "  waitingBytes.set(this, mine);\n  if (waiting > 50) for (const free = Date.now() + 30; Date.now() < free; );\n",
    },
  ],
};

/** However much is asked, by whomever, from wherever. */
import type { Lines } from "./row.ts";

const apart = {
  fault: "each node, each instance counts for itself",
  file: "shared/stores/limits.ts",
  from: 'keyPrefix: key("limit", name),',
  to: 'keyPrefix: key("limit", `${name}${Math.random()}`),',
};
const insurance = {
  test: "test/abuse.test.ts",
  title: "[A1] while Redis is away a stricter limit in the node stands in",
  file: "shared/stores/limits.ts",
  from: "points: Math.max(1, Math.floor(points / INSURANCE_SHARE)),",
};
const hops = { file: "shared/middleware/client-address.ts", from: "chain[Math.min(hops, chain.length - 1)]!" };

export const limits: Lines = {
  "limits over all nodes": [
    { test: "test/abuse.test.ts", title: "[A1] a guest's events are counted over nodes", ...apart },
    {
      test: "test/abuse.test.ts",
      title: "[A1] a message is counted as it is stored",
      fault: "messages are not counted",
      file: "shared/stores/common.lua",
      from: "if counted > limit then return counted, redis.call('PTTL', key) end",
      to: "",
    },
    {
      test: "test/abuse.test.ts",
      title: "[A1] who goes on and on is cut off",
      fault: "nobody is cut off",
      file: "socket-tier/on.ts",
      from: "if (error.consumed > CUT_OFF * error.limit || error.consumed === 0) return void socket.disconnect(true);",
      to: "",
    },
    { test: "test/functions-limits.test.ts", title: "guests are limited by address, over instances", ...apart },
    {
      test: "test/settings.test.ts",
      title: "on one machine everything has a value",
      fault: "a guest may ask ten times as much as promised",
      file: "shared/config.ts",
      from: 'read.integer("EVENTS_PER_MINUTE", 100,',
      to: 'read.integer("EVENTS_PER_MINUTE", 1000,',
    },
    {
      test: "test/bans.operator.test.ts",
      title: "[A1] have a limit of their own: guessing ends soon",
      fault: "a guess is not counted",
      file: "shared/middleware/admin.ts",
      from: "  await limit(res, clientAddress(req, config.trustedProxies));\n",
      to: "",
    },
  ],
  "Redis down: the insurance limiter": [
    { ...insurance, fault: "the insurance lets everything through", to: "points: Number.MAX_SAFE_INTEGER," },
    { ...insurance, fault: "without Redis nobody is let through", to: "points: 0," },
    {
      test: "test/infrastructure.test.ts",
      title: "a client with ioredis' defaults hangs on a half-open link",
      fault: "a limiter whose Redis hangs hangs with it",
      file: "shared/redis.ts",
      from: "    commandTimeout: limiterTimeoutMs,\n    socketTimeout: limiterTimeoutMs,\n",
      to: "    commandTimeout: 60_000,\n    socketTimeout: 60_000,\n",
    },
  ],
  "X-Forwarded-For forged": [
    {
      test: "test/limits.test.ts",
      title: "[A2] sockets per address: the fourth is refused",
      fault: "X-Forwarded-For is believed without TRUSTED_PROXIES",
      ...hops,
      to: "chain[Math.min(Math.max(1, hops), chain.length - 1)]!",
    },
    {
      test: "test/limits.test.ts",
      title: "[A2] behind one trusted proxy the address it saw counts",
      fault: "the address that the client wrote is believed",
      ...hops,
      to: "chain[hops === 0 ? 0 : chain.length - 1]!",
    },
    {
      test: "test/functions-limits.test.ts",
      title: "X-Forwarded-For is believed for exactly TRUSTED_PROXIES hops",
      fault: "one hop more is believed",
      ...hops,
      to: "chain[Math.min(hops + 1, chain.length - 1)]!",
    },
  ],
  "a ban among thousands": [
    {
      test: "test/bans.test.ts",
      title: "is looked for among thousands without holding up the node",
      fault: "all addresses of a node are hashed in one go",
      file: "socket-tier/bans.ts",
      from: "      if (i % BATCH === BATCH - 1) await nextTurn();\n",
      to: "",
    },
  ],
  "requests by the thousand": [
    {
      test: "test/gateway.test.ts",
      title: "is let go of once it is given",
      fault: "each answer is kept until its time would have been up",
      file: "local/gateway.ts",
      from: ".finally(() => clearTimeout(late));",
      to: ";",
    },
  ],
  "handshakes that never end, sockets without end": [
    {
      test: "test/limits.test.ts",
      title: "[A2] who never finishes the handshake",
      fault: "an unfinished handshake is waited for as long as Node does",
      file: "socket-tier/node.ts",
      from: "    headersTimeout: limits.connectTimeoutMs,\n    requestTimeout: limits.connectTimeoutMs,\n",
      to: "",
    },
    {
      test: "test/gateway.test.ts",
      title: "[A2] who never ends the headers",
      fault: "who dribbles is looked at as seldom as Node does",
      file: "local/gateway.ts",
      from: ", connectionsCheckingInterval: 1_000 }",
      to: " }",
    },
    {
      test: "test/gateway.test.ts",
      title: "[A2] who never ends the body",
      fault: "a body may take as long as a file's",
      file: "local/gateway.ts",
      from: "setTimeout(() => req.destroy(), REQUEST_MS.api)",
      to: "setTimeout(() => req.destroy(), REQUEST_MS.upload)",
    },
    {
      test: "test/limits.test.ts",
      title: "[A2] sockets per node: full is full",
      fault: "one that goes makes no room",
      file: "socket-tier/admission.ts",
      from: "this.#sockets -= 1;",
      to: "this.#sockets -= 0;",
    },
    {
      test: "test/limits.test.ts",
      title: "a node whose event loop is late takes nobody new",
      fault: "a late node lets everybody in",
      file: "socket-tier/admission.ts",
      from: 'if (this.#shedding) return ["late", "this node is late"];',
      to: "",
    },
    {
      test: "test/limits.test.ts",
      title: "shedding has hysteresis",
      fault: "one bound for both directions",
      file: "socket-tier/admission.ts",
      from: "(this.#shedding ? LATE_MS.accept : LATE_MS.shed)",
      to: "LATE_MS.shed",
    },
  ],
};

/** Frames that mean harm, and what the log says of anybody. */
import type { Lines } from "./row.ts";

const canaries = {
  test: "test/abuse.test.ts",
  title: "[S4] no name, text, token, interest, address or guest id of a whole conversation",
};

const taken = {
  fault: "a payload is taken as it comes",
  file: "socket-tier/on.ts",
  from: "if (!parsed.success) throw invalid(parsed.error);",
  to: "",
};
const closed = {
  fault: "a closed connection is logged with its guest",
  file: "socket-tier/connection.ts",
  from: "  const last = ctx.guests.remove(socket);",
  to: '  ctx.logger.info({ guest: userId }, "closed");\n  const last = ctx.guests.remove(socket);',
};
const fuzzed = { test: "test/abuse.test.ts", title: "[P3] 20,000 frames at random" };
const wrong = { test: "test/protocol.test.ts", title: "a wrong payload is invalid with fields, or silence" };
const names = { test: "test/protocol.test.ts", title: "[P2] unknown, numeric and inherited event names" };
const endless = {
  fault: "what comes may be as large as it likes",
  file: "socket-tier/node.ts",
  from: "maxHttpBufferSize: limits.frameBytes,",
  to: "maxHttpBufferSize: 1e9,",
};
const requestLog = {
  test: "test/functions-access.test.ts",
  title: "[S4] holds no name, token, id, address, query or body",
  file: "shared/middleware/request-log.ts",
  from: "const lean = { requestId, route,",
};

export const hostile: Lines = {
  "20,000 fuzzed frames": [
    { ...fuzzed, ...taken },
    {
      ...fuzzed,
      fault: "each request leaves 16 kB behind",
      file: "socket-tier/on.ts",
      from: "    take(this, packet).catch(",
      to: "    ((globalThis as { kept?: unknown[] }).kept ??= []).push(Buffer.alloc(16_000, 1));\n    take(this, packet).catch(",
    },
    {
      ...fuzzed,
      fault: "each who knocks takes 25 ms, in which nobody else is served",
      file: "socket-tier/admission.ts",
      from: "  readonly allowRequest = (request: IncomingMessage, decide: Decide): void => {\n",
      to: "  readonly allowRequest = (request: IncomingMessage, decide: Decide): void => {\n    for (const free = Date.now() + 25; Date.now() < free; );\n",
    },
    {
      ...names,
      fault: "an inherited name is an event",
      file: "socket-tier/on.ts",
      from: "Object.hasOwn(requests, event) ?",
      to: "event in requests ?",
    },
    {
      test: "test/protocol.test.ts",
      title: "[P2] an unknown field is named as it was sent",
      fault: "a field called __proto__ is lost on the way",
      file: "socket-tier/on.ts",
      from: '  return new PasserbyError("invalid", undefined, { fields: Object.fromEntries(fields) });',
      to: '  const named: Record<string, string> = {};\n  for (const [name, fault] of fields) named[name] = fault;\n  return new PasserbyError("invalid", undefined, { fields: named });',
    },
    { test: "test/polling.test.ts", title: "[P1] guests whose network blocks websockets", ...endless },
    { test: "test/limits.test.ts", title: "[P2] a frame of more than 64 kB", ...endless },
  ],
  "every event × every JSON type": [
    {
      test: "test/protocol.test.ts",
      title: "[P2] the matrix holds every request",
      fault: "an event is missing from the matrix",
      file: "test/support/matrix.ts",
      from: '  "user:block": { good: ({ partnerId }) => ({ userId: partnerId }), fields: { userId: "id" } },\n',
      to: "",
    },
    { ...wrong, ...taken },
    {
      ...wrong,
      fault: "a payload is merged into an object of ours",
      file: "socket-tier/on.ts",
      from: "      const parsed = requests[name].payload.safeParse(payload);",
      to: `      const merge = (to: any, from: any) => {
        for (const key in from) {
          if (to[key] && typeof from[key] === "object") merge(to[key], from[key]);
          else to[key] = from[key];
        }
      };
      merge({}, payload);
      const parsed = requests[name].payload.safeParse(payload);`,
    },
    {
      test: "test/functions.test.ts",
      title: "POST and PATCH of a guest",
      fault: "names that reach a prototype are let in",
      file: "shared/middleware/sanitise.ts",
      from: 'if (reserved.has(key)) return "is a reserved name";',
      to: "",
    },
  ],
  "canaries in no log, error or metric label": [
    {
      ...canaries,
      fault: "a refused handshake is logged with its token",
      file: "socket-tier/arrival.ts",
      from: '    const body = toErrorBody(error, ctx, "handshake");',
      to: '    const body = toErrorBody(error, ctx, "handshake");\n    ctx.logger.info({ auth: JSON.stringify(socket.handshake.auth) }, "refused");',
    },
    {
      ...canaries,
      fault: "an error is logged with the command's arguments",
      file: "shared/logger.ts",
      from: "{ type: error.name, message: error.message, stack: error.stack }",
      to: "{ ...error, type: error.name, message: error.message, stack: error.stack }",
    },
    {
      ...canaries,
      fault: "who comes in is logged with their address",
      file: "socket-tier/welcome.ts",
      from: "  const { userId, guest, address, cursors = {} } = socket.data;",
      to: '  const { userId, guest, address, cursors = {} } = socket.data;\n  ctx.logger.debug({ address }, "comes in");',
    },
    {
      ...canaries,
      fault: "an unknown event is logged by its name",
      file: "socket-tier/on.ts",
      from: "    if (name) ctx.metrics.requested(name);",
      to: '    if (name) ctx.metrics.requested(name);\n    else ctx.logger.info({ event }, "unknown");',
    },
    { ...canaries, ...closed },
    { ...fuzzed, ...closed },
    {
      ...requestLog,
      fault: "a request is logged with its path",
      to: "const lean = { requestId, path: req.originalUrl, route,",
    },
    {
      ...requestLog,
      fault: "a request is logged with its address",
      to: "const lean = { requestId, from: req.socket.remoteAddress, route,",
    },
    {
      test: "test/forget.test.ts",
      title: "[S4] [U4] a session that was deleted",
      fault: "an upload is logged with its name",
      file: "functions/uploads.ts",
      from: "    const { limit, remaining, resetMs } = await uploads.count(userId);",
      to: '    ctx.logger.info({ file: slot.filename }, "slot");\n    const { limit, remaining, resetMs } = await uploads.count(userId);',
    },
    {
      test: "test/metrics.test.ts",
      title: "a node counts connections, matches, messages",
      fault: "requests are counted by room",
      file: "socket-tier/on.ts",
      from: "    if (name) ctx.metrics.requested(name);",
      to: "    if (name) ctx.metrics.requested(`${name} ${JSON.stringify(payload)}` as RequestName);",
    },
  ],
};

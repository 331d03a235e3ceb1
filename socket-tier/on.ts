/**
 * The only place that hears application events: parse, limit, run, ack, report. One shared function for all sockets
 * and events (a closure per event and socket costs half a kilobyte each); nothing a client sends escapes it.
 */
import { Socket } from "socket.io";
import type { z } from "zod";
import { type ErrorBody, PasserbyError } from "../shared/protocol/errors.ts";
import { type Ack, type Draft, type RequestName, requests } from "../shared/protocol/index.ts";
import { isRedisTrouble } from "../shared/redis.ts";
import { LimitExceeded, pointsPerEvent } from "../shared/stores/limits.ts";
import type { GuestSocket, Handlers, NodeContext } from "./context.ts";
import { encodeAck } from "./frame.ts";
import { inOrder, kindOf } from "./in-order.ts";

/** Beyond this many times the limit in one window, the guest is cut off. */
const CUT_OFF = 2;

/** Stored and counted in one trip to Redis. What has a file takes another trip first, so it is counted before. */
const countedByScript = (name: RequestName, payload: unknown) =>
  name === "message:send" && (payload as Partial<Draft> | undefined)?.kind === "text";

/** At most this many faulty fields are named, each by this much of its name. */
const NAMED = { fields: 20, nameLength: 200 };

export function invalid(error: z.ZodError): PasserbyError {
  const fields = new Map<string, string>();
  const add = (path: PropertyKey[], fault: string) => {
    const name = path.map(String).join(".").slice(0, NAMED.nameLength) || "payload";
    if (fields.size < NAMED.fields && !fields.has(name)) fields.set(name, fault);
  };
  for (const issue of error.issues) {
    if (issue.code === "unrecognized_keys") for (const name of issue.keys) add([...issue.path, name], "is not known");
    else add(issue.path, issue.message);
  }
  // Not by assignment, which a field called __proto__ would not survive.
  return new PasserbyError("invalid", undefined, { fields: Object.fromEntries(fields) });
}

/** What a client may see of any error; what it may not is logged. */
export function toErrorBody(error: unknown, ctx: Pick<NodeContext, "logger" | "metrics">, what: string): ErrorBody {
  const told = tellable(error, ctx, what);
  ctx.metrics.refused(told.code);
  return told.toBody();
}

function tellable(error: unknown, { logger, metrics }: Pick<NodeContext, "logger" | "metrics">, what: string) {
  if (error instanceof PasserbyError) return error;
  if (isRedisTrouble(error)) {
    metrics.redisFailed("stores");
    return new PasserbyError("unavailable", undefined, { retryAfterMs: 1_000 });
  }
  logger.error({ what, err: error }, "request failed");
  return new PasserbyError("internal");
}

const isInvalid = (error: unknown) => error instanceof PasserbyError && error.code === "invalid";
type Handler = (socket: GuestSocket, payload: unknown, uncounted: number) => Promise<unknown>;

/** A packet as Socket.IO has decoded it. Nothing but JSON's types is in it, or bytes. */
interface Heard {
  /** Where the client wants an answer. */
  id?: number;
  data?: unknown[];
}

/** What Socket.IO calls for each event; private in its types. */
interface Hearing {
  onevent(packet: Heard): void;
}

/**
 * Attaches the one function, in place of Socket.IO's own: that makes a closure for the answer, which it searches for binary, and
 * goes on to listeners by the event's name, a turn later.
 */
export function listen(ctx: NodeContext, handlers: Handlers): (socket: GuestSocket) => void {
  async function count({ data }: GuestSocket, points: number): Promise<void> {
    data.counting = (data.counting ?? 0) + 1;
    try {
      await ctx.eventLimit.consume(data.userId, points);
    } finally {
      data.counting -= 1;
    }
  }

  async function answer(socket: GuestSocket, said: unknown[]): Promise<unknown> {
    const [event, payload] = said;
    const name = typeof event === "string" && Object.hasOwn(requests, event) ? (event as RequestName) : undefined;
    if (socket.data.opening) await socket.data.opening;
    if (!socket.connected) return undefined;
    if (name) ctx.metrics.requested(name);
    const points = Math.round(pointsPerEvent * (name ? requests[name].weight : 1));
    const { data } = socket;
    // Not where it would overtake what was asked before it, nor for a guest who was told to stop.
    const byScript =
      name && !data.counting && Date.now() >= (data.guest.overUntilMs ?? 0) && countedByScript(name, payload);
    if (!byScript) await count(socket, points);
    try {
      if (!name) throw new PasserbyError("invalid", "There is no such event", { fields: { event: "is not known" } });
      if (said.length > 2)
        throw new PasserbyError("invalid", "Send one payload", { fields: { payload: "must be one object" } });
      const parsed = requests[name].payload.safeParse(payload);
      if (!parsed.success) throw invalid(parsed.error);
      data.guest.active = true;
      const handle = handlers[name] as Handler;
      return await inOrder(socket, kindOf(name, parsed.data), () => handle(socket, parsed.data, byScript ? points : 0));
    } catch (error) {
      // The script has not counted it: what was refused before, or while Redis is away.
      if (byScript && (isInvalid(error) || isRedisTrouble(error))) await count(socket, points);
      throw error;
    }
  }

  function ack(socket: GuestSocket, id: number | undefined, answer: Ack<unknown>): void {
    if (id === undefined) return;
    const { packet, options } = encodeAck(id, answer);
    socket.conn.write(packet, options);
  }

  async function take(socket: GuestSocket, { id, data = [] }: Heard): Promise<void> {
    try {
      ack(socket, id, { ok: true, data: await answer(socket, data) });
    } catch (error) {
      if (error instanceof LimitExceeded) {
        ctx.limited += 1;
        socket.data.guest.overUntilMs = Date.now() + (error.retryAfterMs ?? 0);
        // Nothing consumed: the limiter no longer even counts, which it does up to three times the limit.
        if (error.consumed > CUT_OFF * error.limit || error.consumed === 0) return void socket.disconnect(true);
      }
      const what = typeof data[0] === "string" ? data[0].slice(0, 40) : "?";
      ack(socket, id, { ok: false, error: toErrorBody(error, ctx, what) });
    }
  }

  function onevent(this: GuestSocket, packet: Heard): void {
    take(this, packet).catch((error: unknown) => ctx.logger.error({ err: error }, "dispatch failed"));
  }
  if (!("onevent" in Socket.prototype)) throw new Error("this release of socket.io hands events over in another way");
  return (socket) => {
    (socket as unknown as Hearing).onevent = onevent;
  };
}

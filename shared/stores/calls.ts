/** Calls. Every transition is one script that also tells the room's nodes, so that a call is in one state whatever the nodes do. */
import { PasserbyError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Call, Checked, Signal } from "../protocol/index.ts";
import { limits } from "../protocol/limits.ts";
import type { StoreContext } from "./index.ts";
import { callLeaseMs } from "./leases.ts";
import { refuse } from "./log.ts";

/** One connection of one guest, on one node. */
export interface Caller {
  userId: string;
  connectionId: string;
  nodeId: string;
}

/** A call as the scripts spell it. */
export function toCall(text: string): Call {
  const { startedAt, ...call } = JSON.parse(text) as Omit<Call, "startedAt"> & { startedAt: number };
  return { ...call, startedAt: new Date(startedAt).toISOString() };
}

const elsewhere = () => new PasserbyError("conflict", "Another connection of yours carries this call");

const refusals: Record<string, () => PasserbyError> = {
  none: () => new PasserbyError("not-found", "There is no such call, or not any more"),
  stranger: () => new PasserbyError("forbidden", "You are not a member of this call's room"),
  gone: () => new PasserbyError("session-ended"),
  blocked: () => new PasserbyError("forbidden", "You cannot join this call"),
  full: () => new PasserbyError("room-full", `This call is full: at most ${limits.callParticipants} can be in it`),
  inside: () => new PasserbyError("conflict", "You are in this call: hang up instead"),
  outside: () => new PasserbyError("forbidden", "You are not in this call"),
  apart: () =>
    new PasserbyError("forbidden", "Signals pass only between two who are in the call", {
      fields: { to: "is not in it" },
    }),
  many: () => new PasserbyError("rate-limited", `At most ${limits.signalCandidates} candidates after a description`),
  away: () => new PasserbyError("unavailable", "Their connection is away just now", { retryAfterMs: 1_000 }),
  elsewhere,
};

/** Throws what the script's verdict means. */
function demand(verdict: string | number, detail = ""): void {
  if (typeof verdict === "number") refuse(verdict);
  if (verdict === "busy") throw new PasserbyError("busy", "There is a call already", { fields: { callId: detail } });
  const error = refusals[verdict];
  if (error) throw error();
}

export function callStore({ run, config }: StoreContext) {
  const leaseMs = callLeaseMs(config.callGraceMs);

  async function step(script: Parameters<typeof run>[0], ...args: (string | number)[]): Promise<Call> {
    const [verdict, detail] = (await run(script, ...args)) as [string | number, string];
    demand(verdict, detail);
    return toCall(detail);
  }
  const bit = (on: boolean) => (on ? 1 : 0);

  return {
    /** Rings all other members. @throws `busy` with the live call's id, `not-found`, `forbidden`, `room-closed` */
    start: (caller: Caller, roomId: string, media: Call["media"]) =>
      step(
        "call_start",
        roomId,
        caller.userId,
        newId("call", config.cell),
        media,
        caller.connectionId,
        caller.nodeId,
        config.callRingMs,
        leaseMs,
        limits.callRings,
      ),

    /** Into the call; where one is in it already, with this connection instead. @throws `busy`, `room-full`, `not-found`, `forbidden` */
    accept: (caller: Caller, callId: string) =>
      step("call_accept", callId, caller.userId, caller.connectionId, caller.nodeId, leaseMs, limits.callParticipants),

    /** @throws `conflict` for one who is in the call, `not-found`, `forbidden` */
    decline: (userId: string, callId: string) => step("call_leave", callId, userId, "declined"),

    /** @throws `not-found`, `forbidden` */
    hangUp: (userId: string, callId: string) => step("call_leave", callId, userId, "hangup"),

    /** What the guest sends now; this connection carries the call from here on. @throws `not-found`, `forbidden` */
    media: (caller: Caller, { callId, audio, video, screen }: Checked<"call:media">) =>
      step(
        "call_set",
        callId,
        caller.userId,
        caller.connectionId,
        caller.nodeId,
        leaseMs,
        "media",
        bit(audio),
        bit(video),
        bit(screen),
      ),

    /** @throws `conflict` over another connection than the one that carries the call, `not-found`, `forbidden` */
    async direct(caller: Caller, { callId, allow }: Checked<"call:direct">): Promise<Call> {
      if (allow && config.relayOnly)
        throw new PasserbyError("forbidden", "On this server all calls go through its relay: no address is ever shown");
      const { userId, connectionId, nodeId } = caller;
      return step("call_set", callId, userId, connectionId, nodeId, leaseMs, "direct", bit(allow));
    },

    /**
     * From one participant to another; the script chooses, since consent may change at any moment (C5).
     * @param relayed the same without addresses; undefined where nothing is left
     * @throws `not-found`, `forbidden`, `conflict`, `rate-limited`, `unavailable`
     */
    async signal(
      { userId, connectionId }: Caller,
      { callId, to, data }: Checked<"call:signal">,
      relayed: Signal | undefined,
    ): Promise<void> {
      const candidate = "candidate" in data;
      const without = relayed ? JSON.stringify(relayed) : "";
      const verdict = await run(
        "call_signal",
        callId,
        userId,
        connectionId,
        to,
        bit(candidate),
        limits.signalCandidates,
        config.relayOnly ? without : JSON.stringify(data),
        without,
      );
      demand(verdict as string);
    },

    /** The connection that carried it is gone. */
    async drop(userId: string, connectionId: string, callId: string): Promise<void> {
      await run("call_drop", callId, userId, connectionId, config.callGraceMs);
    },

    /** Renews the leases of a node's connections that carry a call. */
    async beat(callers: { callId: string; userId: string; connectionId: string }[]): Promise<void> {
      if (callers.length === 0) return;
      await run(
        "call_beat",
        leaseMs,
        ...callers.flatMap(({ callId, userId, connectionId }) => [callId, userId, connectionId]),
      );
    },

    /** The live calls of these rooms. */
    async inRooms(roomIds: string[]): Promise<Call[]> {
      if (roomIds.length === 0) return [];
      return ((await run("calls_in", ...roomIds)) as string[]).map(toCall);
    },

    /** Ends what nobody answered, and takes out those who did not come back. Any node, about twice a second. */
    async tick(): Promise<void> {
      await run("call_tick");
    },
  };
}

/** Calls between talkers, as the tests need them. */
import type { Call, RequestName } from "../../shared/protocol/index.ts";
import { newId } from "../../shared/protocol/ids.ts";
import { expect } from "vitest";
import { type Talker, until } from "./nodes.ts";

/** Every one of them has heard of the call in that state of affairs, last of all. */
export async function heardBy(talkers: Talker[], label: string, holds: (call: Call) => boolean): Promise<void> {
  for (const talker of talkers)
    await until(`${talker.user.username} hears: ${label}`, () => {
      const last = heardOf(talker).at(-1);
      return last && holds(last);
    });
}

/** What it was told of calls, in order. */
export const heardOf = (talker: Talker): Call[] =>
  talker.heard.flatMap(({ event, payload }) =>
    event === "call:changed" || event === "call:ringing" ? [payload.call] : [],
  );

/** An ack that refuses. */
export const refused = (code: string, more: object = {}) => ({
  ok: false,
  error: expect.objectContaining({ code, ...more }) as unknown,
});

/** `userId state` of each participant, in their order. */
export const statesOf = (call: Call): string[] => call.participants.map(({ userId, state }) => `${userId} ${state}`);

/** Starts a call that `others` accept, in that order; returns once all have heard of it. */
export async function inCall(roomId: string, starter: Talker, ...others: Talker[]): Promise<string> {
  const { call } = await starter.ask("call:start", { roomId, media: "video" });
  for (const other of others) await other.ask("call:accept", { callId: call.id });
  const joined = 1 + others.length;
  await heardBy([starter, ...others], `${joined} joined`, ({ participants }) => {
    return participants.filter(({ state }) => state === "joined").length === joined;
  });
  return call.id;
}

/** The call in which `a` may send that request to `b`. */
export async function callFor(event: RequestName, a: Talker, b: Talker, roomId: string): Promise<string> {
  if (!event.startsWith("call:") || event === "call:start") return newId("call");
  if (event !== "call:accept" && event !== "call:decline") return inCall(roomId, b, a);
  const { call } = await b.ask("call:start", { roomId, media: "video" });
  await heardBy([a, b], "it rings", ({ id }) => id === call.id);
  return call.id;
}

/** The client's search and session without a server: what a guest changes their mind about while the network does as it likes. */
import { expect, test } from "vitest";
import { createMatching, type Match } from "../shared/client/matching.ts";
import { createKeep } from "../shared/client/saved.ts";
import { createSession } from "../shared/client/session.ts";
import { PasserbyError } from "../shared/protocol/errors.ts";
import type { Credentials } from "../shared/protocol/index.ts";
import { until } from "./support/until.ts";

const unavailable = () => new PasserbyError("unavailable", "The connection is gone");

test("[M5] skipped, then cancelled, then the connection broke: what stands is the cancelling", async () => {
  const asked: string[] = [];
  let broken = true;
  let match: Match = { state: "matched", roomId: "room_1" };
  const matching = createMatching({
    request: (async (event: string) => {
      asked.push(event);
      if (broken) throw unavailable();
      return { state: "idle" };
    }) as never,
    get: () => match,
    set: (next) => (match = next),
    load: () => undefined,
    save: () => {},
    onCancelled: () => {},
    onMatched: () => {},
  });
  const skipped = matching.skip("room_1").catch(() => {});
  const left = matching.leave();
  await until("both were asked for", () => asked.length >= 2);
  broken = false;
  asked.length = 0;
  matching.welcome({ state: "matched", roomId: "room_1" }); // the server has heard of neither
  await Promise.all([skipped, left.catch(() => {})]);
  expect(asked).not.toContain("match:skip");
});

test("[M5] matched in the moment of cancelling: the pair's end is one's own doing, and the next one's is not", async () => {
  const cancelled: string[] = [];
  let match: Match = { state: "idle" };
  const matching = createMatching({
    request: (async (event: string) => ({ state: event === "match:join" ? "queued" : "idle", criteria: {} })) as never,
    get: () => match,
    set: (next) => (match = next),
    load: () => undefined,
    save: () => {},
    onCancelled: (roomId) => cancelled.push(roomId),
    onMatched: () => {},
  });
  await matching.join({});
  await matching.leave();
  matching.found("room_1"); // the answer has overtaken it
  matching.ended("room_1");
  await matching.join({});
  matching.found("room_2");
  expect([cancelled, match]).toEqual([["room_1"], { state: "matched", roomId: "room_2" }]);
});

test("[S4] a refusal of the guest one was says nothing about the guest one is", async () => {
  const credentials = (id: string): Credentials => ({
    user: { id, username: id },
    token: `token of ${id}`,
    expiresAt: new Date(Date.now() + 900_000).toISOString(),
    socketUrl: "http://127.0.0.1:1",
  });
  const keep = createKeep();
  keep.set({ credentials: credentials("usr_old") });
  const ended: unknown[] = [];
  let refuse: (error: PasserbyError) => void = () => {};
  const session = createSession({
    keep,
    http: ((route: string) => {
      if (route === "POST /api/guest/refresh") return new Promise((_, reject) => (refuse = reject));
      return Promise.resolve(route === "POST /api/guest" ? credentials("usr_new") : undefined);
    }) as never,
    onUser: () => {},
    onEnded: (error) => ended.push(error),
  });
  const refreshed = session.refresh().catch((error: PasserbyError) => error.code);
  await session.signOut();
  expect((await session.start({})).id).toBe("usr_new");
  refuse(new PasserbyError("session-ended"));
  expect(await refreshed).toBe("session-ended");
  expect(ended).toEqual([]);
  expect(session.user()?.id).toBe("usr_new");
});

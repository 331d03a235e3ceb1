/** Matching through the front door: real sockets on real nodes. What fails and dies is in matching.faults.test.ts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { key } from "../shared/stores/keys.ts";
import { guestsOf, meet, type Queued, waits } from "./support/matching-guests.ts";
import { type Cluster, startCluster, until } from "./support/nodes.ts";

describe("with wishes that are held for long", () => {
  let cluster: Cluster;
  const { arrive, waiting, allLeave } = guestsOf(() => cluster);
  beforeAll(async () => {
    cluster = await startCluster(3, { MATCH_WIDEN_MS: "60000,90000" });
  });
  afterEach(allLeave);
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("[M1][M3] forty who come at once over three nodes make twenty pairs, each told once to both", async () => {
    const guests = await Promise.all(Array.from({ length: 40 }, (_, n) => arrive(n % 3)));
    await Promise.all(guests.map((guest) => guest.ask("match:join", {})));
    const told = await Promise.all(guests.map((guest) => guest.next("match:found")));
    expect(new Set(told.map(({ room }) => room.id)).size).toBe(20);
    for (const [n, { room, partner }] of told.entries()) {
      const other = guests.findIndex(({ user }) => user.id === partner.id);
      expect(other).not.toBe(n);
      expect(told[other]).toMatchObject({ room: { id: room.id }, partner: guests[n]!.user });
    }
    expect(guests.map((guest) => guest.all("match:found").length)).toEqual(guests.map(() => 1));
    const { searching, connected } = (await cluster.stores.stats.live()).guests;
    expect([searching, connected]).toEqual([0, 40]);
  });

  test("[M4] a shared interest is found, whatever its case, before anybody who came earlier", async () => {
    const earlier = await waiting(0);
    const musical = await waiting(1, { interests: [" Music", "chess"] });
    const seeker = await arrive(0);
    const state = await seeker.ask("match:join", { interests: ["films", "mUSIC "] });
    const { told, roomId } = await meet(seeker, musical);
    expect(state).toEqual({ state: "matched", roomId });
    expect(told.map(({ shared, widened }) => ({ shared, widened }))).toEqual([
      { shared: ["music"], widened: false },
      { shared: ["music"], widened: false },
    ]);
    expect(earlier.all("match:found")).toEqual([]);
  });

  test("[M4] wishes that are left out are those of the guest's profile, and an empty list is none", async () => {
    const musical = await waiting(1, { interests: ["music"] });
    const profile = { interests: ["music"], language: "en" };
    const none = await arrive(0, await cluster.guest(profile));
    expect(await none.ask("match:join", { interests: [] })).toMatchObject({
      criteria: { level: "language", language: "en" },
    });
    const seeker = await arrive(0, await cluster.guest(profile));
    expect(await seeker.ask("match:join", {})).toMatchObject({ state: "matched" });
    await meet(seeker, musical);
  });

  test("[M4] a language brings together, by its primary subtag, and keeps others apart", async () => {
    const spanish = await waiting(0, { language: "es" });
    const english = await waiting(1, { language: "en-GB" });
    const seeker = await arrive(2);
    await seeker.ask("match:join", { language: "EN-us" });
    await meet(seeker, english);
    expect(spanish.all("match:found")).toEqual([]);
  });

  test("[M4] who waits longest comes first, though somebody younger is on the same node", async () => {
    const from = Date.now();
    const oldest = await waiting(1, { interests: ["a"] });
    await until("they wait for more than a second", () => Date.now() > from + 1_200);
    const younger = await waiting(0, { interests: ["b"] });
    const seeker = await arrive(0);
    await seeker.ask("match:join", { interests: ["a", "b"] });
    await meet(seeker, oldest);
    expect(younger.all("match:found")).toEqual([]);
  });

  test("[M4] among those who came within a second, the same media and then the same node is taken", async () => {
    const [far, near, video] = [
      await waiting(1, { interests: ["a"] }),
      await waiting(0, { interests: ["b"] }),
      await waiting(2, { interests: ["c"], media: "video" }),
    ];
    const [texter, viewer] = [await arrive(0), await arrive(0)];
    const interests = ["a", "b", "c"];
    await texter.ask("match:join", { interests });
    await meet(texter, near);
    await viewer.ask("match:join", { interests, media: "video" });
    await meet(viewer, video);
    expect(far.all("match:found")).toEqual([]);
  });

  test("[M2] two tabs of one guest never meet; all tabs of both hear of the match and of its end", async () => {
    const tab = await arrive(0);
    const other = await arrive(1, tab.identity);
    const [first, second] = [await waits(tab), await waits(other)];
    expect([second.since, second.position]).toEqual([first.since, 1]);
    const partner = await arrive(2);
    await partner.ask("match:join", {});
    const { roomId } = await meet(tab, partner);
    expect((await other.next("match:found")).room.id).toBe(roomId);
    await other.ask("match:leave", {});
    const ended = { roomId, reason: "left" };
    for (const one of [tab, other, partner]) expect(await one.next("match:ended")).toEqual(ended);
    expect([tab, other, partner].map((one) => one.all("match:found").length)).toEqual([1, 1, 1]);
  });

  test("[M2] nobody is matched with somebody they blocked, nor with somebody who blocked them", async () => {
    const [blocker, blocked] = [await arrive(0), await arrive(1)];
    await blocker.ask("user:block", { userId: blocked.user.id });
    await waits(blocker);
    await waits(blocked); // who was blocked looks
    await blocker.ask("match:leave", {});
    await waits(blocker); // who blocked looks
    const third = await arrive(2);
    await third.ask("match:join", {});
    await meet(third, blocked);
    expect(blocker.all("match:found")).toEqual([]);
  });

  test("[M2] a recent partner is not met while somebody else waits, and is when the two are alone", async () => {
    const third = await waiting(2, { interests: ["holds out"] });
    const [a, b, roomId] = await cluster.pair(0, 1);
    await b.ask("match:leave", {});
    expect(await a.next("match:ended")).toEqual({ roomId, reason: "left" });
    await waits(a);
    await waits(b);
    await third.ask("match:leave", {});
    const again = await meet(a, b);
    expect(again.roomId).not.toBe(roomId);
    a.close();
    b.close();
  });

  test("[M2] three who have all met each other do not wait for nobody", async () => {
    const [a, b, c] = [await arrive(0), await arrive(1), await arrive(2)];
    for (const [one, two] of [
      [a, b],
      [b, c],
      [c, a],
    ] as const) {
      await waits(one);
      await two.ask("match:join", {});
      const { roomId } = await meet(one, two);
      await one.ask("room:leave", { roomId });
      await two.next("match:ended");
    }
    const states = [];
    for (const one of [a, b, c]) states.push((await one.ask("match:join", {})).state);
    expect(states).toEqual(["queued", "matched", "queued"]);
    await meet(a, b);
  });

  test("[M1] joining again changes nothing: the same place, or the same pair", async () => {
    const a = await arrive(0);
    const first = await waits(a, { interests: ["a"] });
    const last = await waiting(1, { interests: ["c"] });
    expect(await waits(a, { interests: ["a"] })).toEqual(first);
    const changed = await waits(a, { interests: ["b"] });
    expect(changed).toMatchObject({ since: first.since, position: 1, criteria: { interests: ["b"] } });
    const b = await arrive(1);
    await b.ask("match:join", { interests: ["a"] }); // no longer a's wish
    expect(b.all("match:found")).toEqual([]);
    const state = await b.ask("match:join", { interests: ["b"] });
    const { roomId } = await meet(a, b);
    expect(state).toEqual({ state: "matched", roomId });
    for (const one of [a, b]) expect(await one.ask("match:join", { interests: ["c"] })).toEqual(state);
    await last.ask("match:leave", {});
    expect([a, b].map((one) => one.all("match:found").length)).toEqual([1, 1]);
  });

  test("[M1] skipping is one step, and repeating it never ends the next pair", async () => {
    const [a, b] = [await arrive(0), await arrive(1)];
    await waits(a, { interests: ["a"] });
    await b.ask("match:join", { interests: ["a"] });
    const { roomId } = await meet(a, b);
    const skipped = (await a.ask("match:skip", { roomId })) as Queued;
    expect(skipped).toMatchObject({ state: "queued", criteria: { level: "interests", interests: ["a"] } });
    for (const one of [a, b]) expect(await one.next("match:ended")).toEqual({ roomId, reason: "skipped" });
    expect(await a.ask("match:skip", { roomId })).toEqual(skipped);
    const c = await arrive(2);
    await c.ask("match:join", { interests: ["a"] });
    const next = await meet(a, c);
    expect(await a.ask("match:skip", { roomId })).toEqual({ state: "matched", roomId: next.roomId });
    await c.say(next.roomId, "still here");
    expect((await a.next("message:sent")).message.text).toBe("still here");
    expect(c.all("match:ended")).toEqual([]);
  });

  test("[M1][M5] what is asked in one breath is done in the order it was asked", async () => {
    const a = await arrive(0);
    const join = () => a.ask("match:join", { interests: ["a"] });
    const leave = () => a.ask("match:leave", {});
    const told = await Promise.all([join(), leave(), join(), leave()]);
    expect(told.map(({ state }) => state)).toEqual(["queued", "idle", "queued", "idle"]);
    expect(await cluster.stores.matching.state(a.user.id)).toEqual({ state: "idle" });
    await Promise.all([leave(), join()]);
    expect(await cluster.stores.matching.state(a.user.id)).toMatchObject({ state: "queued" });
    const b = await arrive(1);
    await b.ask("match:join", { interests: ["a"] });
    const { roomId } = await meet(a, b);
    await Promise.all([a.ask("match:skip", { roomId }), leave()]);
    expect(await cluster.stores.matching.state(a.user.id)).toEqual({ state: "idle" });
  });

  test("[M5] leaving, from the queue or from a pair, is done when it is answered", async () => {
    const a = await waiting(0);
    expect((await cluster.stores.stats.live()).guests).toMatchObject({ searching: 1 });
    for (let i = 0; i < 2; i++) expect(await a.ask("match:leave", {})).toEqual({ state: "idle" });
    expect(await cluster.redis.exists(key("ticket", a.user.id))).toBe(0);
    expect((await cluster.stores.stats.live()).guests).toMatchObject({ searching: 0 });
    const b = await waiting(1);
    await a.ask("match:join", {});
    const { roomId } = await meet(a, b);
    expect(await a.ask("match:leave", {})).toEqual({ state: "idle" });
    expect(await cluster.stores.matching.state(b.user.id)).toEqual({ state: "idle" });
    await expect(b.say(roomId, "hello?")).rejects.toThrow("room-closed");
  });

  test("[M3] each way of ending a pair reaches the other side with its reason", async () => {
    const ways = {
      left: (a, _b, roomId) => a.ask("room:leave", { roomId }),
      skipped: (a, _b, roomId) => a.ask("match:skip", { roomId }),
      blocked: (a, b) => a.ask("user:block", { userId: b.user.id }),
      "session-ended": (a) => cluster.stores.sessions.end(a.user.id, "deleted"),
    } satisfies Record<string, (...pair: Awaited<ReturnType<Cluster["pair"]>>) => Promise<unknown>>;
    for (const [reason, end] of Object.entries(ways)) {
      const pair = await cluster.pair(0, 1);
      const [a, b, roomId] = pair;
      await end(...pair);
      expect(await b.next("match:ended")).toEqual({ roomId, reason });
      for (const one of [a, b]) one.close();
      await allLeave();
    }
  });
});

describe("with wishes that widen soon", () => {
  let cluster: Cluster;
  const { arrive, waiting, allLeave } = guestsOf(() => cluster);
  beforeAll(async () => {
    cluster = await startCluster(2, { MATCH_WIDEN_MS: "400,1200" });
  });
  afterEach(allLeave);
  afterAll(() => cluster[Symbol.asyncDispose]());

  test("[M4] the search widens with time, tells so each time, and takes whoever is there at the end", async () => {
    const a = await arrive(0);
    const first = await waits(a, { interests: ["a"], language: "en" });
    const after = (ms: number) => new Date(Date.parse(first.since) + ms).toISOString();
    const criteria = { interests: ["a"], language: "en", media: "text" };
    expect(first.criteria).toEqual({ ...criteria, level: "interests", widensAt: after(400) });
    const place = { state: "queued", since: first.since, position: 1 };
    const language = { ...place, criteria: { ...criteria, level: "language", widensAt: after(1_200) } };
    expect(await a.next("match:queued")).toMatchObject(language);
    const anyone = { ...place, criteria: { ...criteria, level: "anyone" } };
    expect(await a.next("match:queued")).toMatchObject(anyone);
    const b = await arrive(1);
    await b.ask("match:join", {});
    const { told } = await meet(a, b);
    expect(told.map(({ widened, shared }) => [widened, shared])).toEqual([
      [true, []],
      [false, []],
    ]);
    expect(told[0].waitedMs).toBeGreaterThanOrEqual(1_200);
    expect(a.all("match:queued")).toHaveLength(2);
  });

  test.each([
    [{}, 400],
    [{ interests: ["b"], language: "es" }, 1_200],
  ])("[M4] who holds out is not taken by one with the wishes %j before both would after %i ms", async (wishes, ms) => {
    const choosy = await waiting(0, { interests: ["a"], language: "en" });
    const other = await waiting(1, wishes);
    const { told } = await meet(choosy, other);
    expect(told[0].waitedMs).toBeGreaterThanOrEqual(ms);
    expect(told[0].widened).toBe(true);
  });

  test("[M4] two whose languages agree meet at the first widening, before anyone else may come in", async () => {
    const [a, b] = [
      await waiting(0, { interests: ["a"], language: "en" }),
      await waiting(1, { interests: ["b"], language: "en" }),
    ];
    await meet(a, b);
    expect(
      [a, b].flatMap((one) => one.all("match:queued").map((state) => state.state === "queued" && state.criteria.level)),
    ).not.toContain("anyone");
  });
});

/** Matching when connections drop, nodes die and leases run out. */
import { describe, expect, test } from "vitest";
import { askMs, pairLeaseMs, ticketLeaseMs } from "../shared/stores/leases.ts";
import { key } from "../shared/stores/keys.ts";
import { limits } from "../shared/protocol/limits.ts";
import { startBalancer } from "./faults/balancer.ts";
import { gather } from "./faults/crowd.ts";
import { startTier } from "./faults/tier.ts";
import { wander } from "./faults/wandering.ts";
import { startWorld } from "./faults/world.ts";
import { meet, type Queued, waits } from "./support/matching-guests.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";
import { promised } from "./support/until.ts";

const HELD = { MATCH_WIDEN_MS: "60000,90000" };
const GRACE_MS = 1_500;
const DEAD = "node_0000000000000000";

/** Every key of the queue that still holds this guest, and their ticket. */
async function tracesOf(cluster: Cluster, userId: string): Promise<string[]> {
  const indexes = await cluster.redis.keys("queue*");
  const scores = await Promise.all(indexes.map((index) => cluster.redis.zscore(index, userId)));
  const ticket = (await cluster.redis.exists(key("ticket", userId))) === 1 ? [key("ticket", userId)] : [];
  return [...indexes.filter((_, i) => scores[i] !== null), ...ticket];
}

const stateOf = (cluster: Cluster, { user }: Talker) => cluster.stores.matching.state(user.id);

describe.concurrent("matching under faults", () => {
  test("[M5] a dropped socket is out of reach at once, and its place is gone within the lease", async () => {
    await using cluster = await startCluster(2, HELD);
    const [gone, newcomer] = [await cluster.connect(0), await cluster.connect(1)];
    await waits(gone, { interests: ["a"] });
    gone.close();
    await until("the drop is seen", async () => (await cluster.stores.stats.live()).guests.searching === 0);
    await waits(newcomer, { interests: ["a"] });
    expect(await tracesOf(cluster, gone.user.id)).toEqual([key("ticket", gone.user.id)]);
    const leftMs = await cluster.redis.pttl(key("ticket", gone.user.id));
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(ticketLeaseMs);
    await cluster.redis.pexpire(key("ticket", gone.user.id), 1);
    await until("it has lapsed", async () => (await tracesOf(cluster, gone.user.id)).length === 0);
    const back = await cluster.connect(1, gone.identity);
    expect(back.welcome.match).toEqual({ state: "idle" });
    // Nor by a place that lapses between the welcome and its taking up.
    expect(await cluster.stores.matching.resume(gone.user.id, cluster.nodes[1]!.id)).toEqual({ state: "idle" });
    expect(newcomer.all("match:found")).toEqual([]);
  });

  test("[M5] who comes back within the lease, on any node, has their place again", async () => {
    await using cluster = await startCluster(2, HELD);
    const first = await cluster.connect(0);
    const { since } = await waits(first, { interests: ["a"] });
    const second = await cluster.connect(1);
    await waits(second, { interests: ["b"] });
    first.close();
    await until("the drop is seen", async () => (await cluster.stores.stats.live()).guests.searching === 1);
    const back = await cluster.connect(1, first.identity);
    expect(back.welcome.match).toMatchObject({ state: "queued", since, criteria: { interests: ["a"] } });
    await until("they can be taken", async () => (await cluster.stores.stats.live()).guests.searching === 2);
    expect(await stateOf(cluster, back)).toMatchObject({ state: "queued", since, position: 1 });
    const partner = await cluster.connect(0);
    await partner.ask("match:join", { interests: ["a", "b"] });
    await meet(back, partner);
  });

  test("[M5] a join that arrives after the socket's end does not put a ghost into the queue", async () => {
    await using cluster = await startCluster(1, HELD);
    const { user } = await cluster.guest();
    const { matching, presence } = cluster.stores;
    await presence.open(user.id, cluster.nodes[0]!.id);
    await Promise.all([
      presence.close(user.id, cluster.nodes[0]!.id),
      expect(matching.join(user.id, cluster.nodes[0]!.id, {})).rejects.toMatchObject({ code: "unavailable" }),
    ]);
    expect(await tracesOf(cluster, user.id)).toEqual([]);
  });

  test("[M3][M5] a match undone after its guest dropped keeps their place for their return, out of reach", async () => {
    await using cluster = await startCluster(1, HELD);
    const { matching, presence } = cluster.stores;
    const ghost = await cluster.guest();
    await presence.open(ghost.user.id, DEAD);
    await matching.join(ghost.user.id, DEAD, {});
    const live = await cluster.connect(0);
    await live.ask("match:join", {});
    await live.next("match:found");
    live.close();
    await until("the match is undone", async () => (await cluster.stores.stats.live()).guests.connected === 0);
    expect(await tracesOf(cluster, live.user.id)).toEqual([key("ticket", live.user.id)]);
    const back = await cluster.connect(0, live.identity);
    expect(back.welcome.match).toMatchObject({ state: "queued" });
  });

  test("[M3][M5] a node killed with guests who wait, and two hundred times between matched and told: both sides know, nobody is a ghost", async () => {
    await using cluster = await startCluster(2, HELD);
    await using tier = await startTier("socket-tier/index.ts", { ...cluster.env, NODE_OPTIONS: "--import tsx" });
    await tier.begun();
    async function there(): Promise<Talker> {
      const talker = new Talker(`http://127.0.0.1:${tier.port}`, await cluster.guest());
      await talker.welcomed();
      return talker;
    }
    const pairs = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const [untold, live] = await Promise.all([there(), cluster.connect(n % 2)]);
        const interests = [`interest ${n}`];
        await waits(untold, { interests });
        return { untold, live, interests };
      }),
    );
    const waiting = await there();
    await waits(waiting, { interests: ["b"], language: "en" });
    const pid = (await tier.nodePid())!;
    process.kill(pid, "SIGSTOP");
    await Promise.all(pairs.map(({ live, interests }) => live.ask("match:join", { interests })));
    const joinedBy = Date.now();
    process.kill(pid, "SIGKILL");
    tier.child.kill("SIGKILL"); // nobody replaces it

    const undone: Talker[] = [];
    await Promise.all(
      pairs.map(async ({ untold, live, interests }, n) => {
        const { room } = await live.next("match:found");
        // Every other one comes back at once, by another node: their welcome tells them of the match, if it is not off by then.
        const back = n % 2 === 0 ? await cluster.connect(1, untold.identity) : undefined;
        const match = back?.welcome.match;
        if (match?.state === "matched" && match.roomId === room.id) return;
        undone.push(live);
        expect(await live.next("match:ended", promised(5_000))).toEqual({ roomId: room.id, reason: "lost" });
        const queued = (await live.next("match:queued")) as Queued;
        expect(queued).toMatchObject({ state: "queued", criteria: { level: "interests", interests } });
        expect(Date.parse(queued.since)).toBeLessThanOrEqual(joinedBy);
        expect(back?.all("match:found") ?? []).toEqual([]);
        expect(await stateOf(cluster, untold)).toEqual({ state: "idle" });
        expect(await tracesOf(cluster, untold.user.id)).toEqual([]);
      }),
    );
    expect(undone.length).toBeGreaterThanOrEqual(100);
    const told = pairs.filter(({ live }) => !undone.includes(live));
    expect(told.flatMap(({ live }) => live.all("match:ended"))).toEqual([]);
    const states = await Promise.all(
      told.map(({ live, untold }) => Promise.all([live, untold].map((one) => stateOf(cluster, one)))),
    );
    for (const [one, other] of states) expect([one!.state, one]).toEqual(["matched", other]);
    expect(pairs.flatMap(({ untold }) => untold.all("match:found"))).toEqual([]);

    const gone = async () => (await tracesOf(cluster, waiting.user.id)).length === 0;
    await until("who waited there is gone", gone, promised(ticketLeaseMs + 1_000));
    const back = await cluster.connect(1, waiting.identity);
    expect(back.welcome.match).toEqual({ state: "idle" });
    const { interests } = pairs.find(({ live }) => live === undone[0])!;
    await back.ask("match:join", { interests });
    await meet(undone[0]!, back);
    for (const talker of [waiting, ...pairs.map(({ untold }) => untold)]) talker.close();
  });

  test("[M5] a ghost, whose host says nothing any more and hears nothing, is gone from queue and numbers; who answers stays", async () => {
    await using cluster = await startCluster(1, HELD);
    await using link = await startBalancer([cluster.nodes[0]!.port]);
    const ghost = new Talker(`http://127.0.0.1:${link.port}`, await cluster.guest());
    await ghost.welcomed();
    await waits(ghost, { interests: ["a"] });
    expect(await tracesOf(cluster, ghost.user.id)).not.toEqual([]);
    const living = await cluster.connect(0);
    const { since } = await waits(living, { interests: ["b"] });
    link.stall(true); // nobody hangs up
    const gone = async () => (await tracesOf(cluster, ghost.user.id)).length === 0;
    await until("it is out of the queue", gone, promised(ticketLeaseMs + 1_000));
    // By its lease: that the connection is dead nobody knows yet.
    expect((await cluster.stores.stats.live()).guests).toMatchObject({ online: 2, searching: 1 });
    expect(await stateOf(cluster, living)).toMatchObject({ state: "queued", since });
    const alone = async () => (await cluster.stores.stats.live()).guests.online === 1;
    await until("it is out of the numbers", alone, promised(limits.pingIntervalMs + limits.pingTimeoutMs));
    ghost.close();
  });

  test("[M5] a lapsed place is gone from every index, though its ticket went before it", async () => {
    await using cluster = await startCluster(1, HELD);
    const { matching, presence } = cluster.stores;
    const { user } = await cluster.guest();
    await presence.open(user.id, DEAD);
    await matching.join(user.id, DEAD, { interests: ["a", "b"], language: "en" });
    await cluster.redis.del(key("ticket", user.id));
    await cluster.redis.zadd(key("queueLease"), "XX", 1, user.id);
    await until("no index holds it", async () => (await tracesOf(cluster, user.id)).length === 0);
  });

  test("[M5] whose place lapsed while they were here (Redis was late, not they) waits anew with the same wishes", async () => {
    await using cluster = await startCluster(1, HELD);
    const guest = await cluster.connect(0);
    const first = await waits(guest, { interests: ["a"] });
    await cluster.redis.zadd(key("queueLease"), "XX", 1, guest.user.id);
    const told = await guest.next("match:queued");
    expect(told).toMatchObject({ state: "queued", criteria: { interests: ["a"] } });
    expect((told as Queued).since > first.since).toBe(true);
    expect(await stateOf(cluster, guest)).toMatchObject({ state: "queued" });
  });

  test("[M5] [S3] who leaves once their place has lapsed is not put back by another tab", async () => {
    await using cluster = await startCluster(2, HELD);
    const guest = await cluster.connect(0);
    const tab = await cluster.connect(1, guest.identity);
    await waits(guest, { interests: ["a"] });
    await until("the other tab waits too", () => tab.all("match:queued").length > 0);
    await cluster.redis.zadd(key("queueLease"), "XX", 1, guest.user.id);
    await until("it has lapsed", async () => (await cluster.redis.zscore(key("queue"), guest.user.id)) === null);
    expect(await guest.ask("match:leave", {})).toEqual({ state: "idle" });
    const last = () => tab.all("match:queued").at(-1)?.state;
    await until("the other tab waits no more", () => last() === "idle", promised(askMs));
    expect(await stateOf(cluster, guest)).toEqual({ state: "idle" });
  });

  test("[M6] a dropped guest is away and keeps the pair; back in time they are online and can talk", async () => {
    await using cluster = await startCluster(2, { PAIR_GRACE_MS: "8000" });
    const [a, b, roomId] = await cluster.pair();
    a.close();
    expect(await b.next("presence:changed")).toEqual({ roomId, userId: a.user.id, status: "away" });
    const { seq } = (await b.say(roomId, "are you there?")).message;
    const back = await cluster.connect(1, a.identity);
    expect(await b.next("presence:changed")).toEqual({ roomId, userId: a.user.id, status: "online" });
    expect(back.welcome.match).toEqual({ state: "matched", roomId });
    expect(back.welcome.rooms.map(({ room, messages }) => [room.id, messages.at(-1)?.seq])).toEqual([[roomId, seq]]);
    await back.say(roomId, "I am");
    expect((await b.next("message:sent")).message.text).toBe("I am");
    expect(b.all("match:ended")).toEqual([]);
  });

  test("[M6] who stays away longer than the grace has lost the pair, and both sides say so", async () => {
    await using cluster = await startCluster(2, { PAIR_GRACE_MS: String(GRACE_MS) });
    const [a, b, roomId] = await cluster.pair();
    const from = Date.now();
    a.close();
    expect(await b.next("presence:changed")).toMatchObject({ roomId, status: "away" });
    expect(await b.next("match:ended", promised(pairLeaseMs(GRACE_MS)))).toEqual({ roomId, reason: "lost" });
    expect(Date.now() - from).toBeGreaterThanOrEqual(GRACE_MS);
    const back = await cluster.connect(0, a.identity, { cursors: { [roomId]: { epoch: "0000000000000000", seq: 0 } } });
    expect(back.welcome).toMatchObject({ match: { state: "idle" }, rooms: [], ended: [{ roomId, reason: "lost" }] });
    expect(await stateOf(cluster, b)).toEqual({ state: "idle" });
    expect((await cluster.stores.stats.live()).guests.connected).toBe(0);
  });
});

test("[M1][M2][M5] two thousand who join, skip, leave and drop out for a minute: thousands of pairs, and no rule is broken at any look", async () => {
  await using world = await startWorld({ nodes: 2 });
  using crowd = await gather(world.stores, world.env.JWT_KEYS!, world.front.port, 2_000);
  // At a quarter of the soak's pace: others of the suite want the machine too.
  const { looks, matches, breaks } = await wander(world.redis, crowd.guests, 60_000, 8_000);
  console.log(JSON.stringify({ what: "wandering", guests: 2_000, looks, matches, breaks: breaks.length }));
  expect(breaks).toEqual([]);
  expect([looks > 10, matches > 1_000]).toEqual([true, true]);
  expect(world.logs()).not.toMatch(/unhandled|a fault of ours|request failed/i);
}, 400_000);

/** Between what Redis answers a handshake and the node's hearing of it: who goes, who comes, and what the guest is told meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { key } from "../shared/stores/keys.ts";
import { type Balancer, startBalancer } from "./faults/balancer.ts";
import { Attacker } from "./support/attacker.ts";
import { type Cluster, type GuestIdentity, startCluster, Talker, until } from "./support/nodes.ts";
import { from, HOUR_MS } from "./support/operator.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised } from "./support/until.ts";

/** A refusal for too many handshakes, up to the ms that are left. */
const TOO_MANY = "*1\r\n*1\r\n:";

let link: Balancer;
let cluster: Cluster;
beforeAll(async () => {
  const url = new URL(await freshRedisUrl());
  link = await startBalancer([Number(url.port)]);
  const redis = `redis://127.0.0.1:${link.port}${url.pathname}`;
  cluster = await startCluster(2, { REDIS_URL: redis, TRUSTED_PROXIES: "1", MATCH_WIDEN_MS: "60000,90000" });
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await link?.[Symbol.asyncDispose]();
});

const here = () => cluster.nodes[0]!;
const socketsOf = ({ user }: Pick<GuestIdentity, "user">) => here().context.guests.get(user.id)?.sockets.size ?? 0;
const isPresent = async ({ user }: Pick<GuestIdentity, "user">) =>
  (await cluster.redis.zscore(key("where", user.id), here().id)) !== null;
/** Said so: by itself the entry would stand for two leases. */
const goneFrom = (who: Pick<GuestIdentity, "user">) =>
  until("not present", async () => !(await isPresent(who)), promised(5_000));

interface Arrival {
  talker: Talker;
  /** "welcome", the code of the refused handshake, or "closed". */
  outcome: Promise<string>;
}

/** They come to a node that does not hear what Redis answers, until the link lets go. */
async function arrive(identity: GuestIdentity, answer = identity.user.username): Promise<Arrival> {
  link.holdFrom(answer);
  const talker = new Talker(`http://127.0.0.1:${here().port}`, identity, {}, ["websocket"], from("198.51.100.7"));
  const welcome = talker.welcomed().then(
    () => "welcome",
    (error: { data?: { code: string } }) => error.data?.code ?? "closed",
  );
  const closed = new Promise<string>((resolve) => talker.socket.once("disconnect", () => resolve("closed")));
  const outcome = Promise.race([welcome, closed]);
  await until("Redis has answered", () => link.holds());
  return { talker, outcome };
}

/**
 * They come, and before the node hears of it this happens, and is told it. A machine that takes so long for it that the node
 * waits no more for Redis has not tried it: then another guest comes.
 */
async function meanwhile(happens: (identity: GuestIdentity) => Promise<unknown>): Promise<Arrival> {
  for (;;) {
    const arrival = await arrive(await cluster.guest());
    await happens(arrival.talker.identity);
    const inbox = key("inbox", here().id);
    await until("the inbox is read", async () => (await cluster.redis.xlen(inbox)) === 0);
    link.letGo();
    if ((await arrival.outcome) !== "unavailable") return arrival;
  }
}

test("[M5] who goes before Redis has answered, and says CONNECT twenty times, is not present afterwards", async () => {
  const identity = await cluster.guest();
  const { talker } = await arrive(identity);
  expect(await isPresent(identity)).toBe(true);
  talker.close();
  await until("the node knows", () => here().context.io.engine.clientsCount === 0);
  link.letGo();
  await goneFrom(identity);

  const hostile = await Attacker.open(here().port);
  const connect = { data: `40${JSON.stringify({ token: identity.token, protocol: 1 })}` };
  hostile.send(...Array.from({ length: 20 }, () => connect));
  await until("cut off", () => hostile.closed);
  hostile.close();
  await goneFrom(identity);
  expect(here().context.guests.isGone(identity.user.id)).toBe(true); // nor is one still awaited
});

test("[S3] an earlier connection that closes while the next comes in leaves the guest present", async () => {
  const first = await cluster.connect(0);
  const { talker, outcome } = await arrive(first.identity);
  first.close();
  await until("the node knows", () => socketsOf(first) === 0);
  link.letGo();
  expect(await outcome).toBe("welcome");
  await talker.ask("stats:watch", { on: false }); // what the node had to say of it Redis knows by now
  expect([socketsOf(first), await isPresent(first)]).toEqual([1, true]);
  talker.close();
  await goneFrom(first);
});

test("[M5] … unless the next is refused: then they are gone", async () => {
  const first = await cluster.connect(0);
  await cluster.redis.set(key("handshakes", first.user.id), "1000000", "PX", 60_000);
  const { outcome } = await arrive(first.identity, TOO_MANY);
  first.close();
  await until("the node knows", () => socketsOf(first) === 0);
  expect(await isPresent(first)).toBe(true);
  link.letGo();
  expect(await outcome).toBe("rate-limited");
  await goneFrom(first);
});

test("[D4] who gets a new name while they come in is welcomed by it", async () => {
  const names = new Map<string, string>();
  const { talker } = await meanwhile(async ({ user }) => {
    names.set(user.id, `Late_${names.size}`);
    await cluster.stores.sessions.update(user.id, { username: names.get(user.id) });
  });
  expect(talker.welcome.user.username).toBe(names.get(talker.user.id));
  expect(here().context.guests.get(talker.user.id)!.username).toBe(names.get(talker.user.id));
});

test("[M3] [D4] who is matched in another tab while they come in is welcomed into that room", async () => {
  const { talker } = await meanwhile(async (identity) => {
    const [tab, partner] = [await cluster.connect(1, identity), await cluster.connect(1)];
    await tab.ask("match:join", {});
    await partner.ask("match:join", {});
    await tab.next("match:found");
  });
  const { match, rooms } = talker.welcome;
  expect(match).toEqual({ state: "matched", roomId: rooms[0]?.room.id });
  expect((await talker.say(rooms[0]!.room.id, "here too")).message.seq).toBe(1);
});

test("[M5] who is told of their place as it runs out is told that too", async () => {
  const identity = await cluster.guest();
  const tab = await cluster.connect(1, identity);
  await tab.ask("match:join", { interests: ["tardigrades"] });
  tab.close();
  const waits = () => cluster.redis.zscore(key("queue"), identity.user.id);
  await until("the place is only held", async () => (await waits()) === null);
  const { talker, outcome } = await arrive(identity, "tardigrades"); // their place, as they are to be told of it
  expect(await cluster.redis.del(key("ticket", identity.user.id))).toBe(1); // its time would be up in 10 s
  link.letGo();
  expect(await outcome).toBe("welcome");
  expect(talker.welcome.match.state).toBe("queued");
  expect(await talker.next("match:queued")).toEqual({ state: "idle" });
  talker.close();
});

test("[A4] who is banned while they come in, or where they come from, is put out", async () => {
  const sentence = { durationMs: HOUR_MS };
  for (const whom of [
    { guest: true, address: false },
    { guest: false, address: true },
  ]) {
    const ban = ({ user }: GuestIdentity) => cluster.stores.bans.ban({ userId: user.id, ...whom, ...sentence });
    const { talker, outcome } = await meanwhile(ban);
    expect(await outcome).toBe("closed"); // before any welcome: not by the next beat
    expect(await talker.next("session:ended")).toMatchObject({ reason: "banned" });
    await until("closed", () => !talker.socket.connected);
    await goneFrom(talker);
    await cluster.redis.del(key("bans"), key("banNotes"));
  }
});

test("[D3] a node that is told to stop while they come in sends them elsewhere, and they are not present there", async () => {
  const identity = await cluster.guest();
  const { outcome } = await arrive(identity);
  const stopping = here().stop();
  expect(await Promise.race([stopping.then(() => "gone"), sleep(100, "waits")])).toBe("waits");
  link.letGo();
  expect(await outcome).toBe("draining");
  await stopping;
  await goneFrom(identity);
});

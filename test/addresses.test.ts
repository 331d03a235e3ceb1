/** What one address may cost a node: so many sockets at a time, so many handshakes a minute, paid by no other address. */
import { expect, test, vi } from "vitest";
import { type ConnectionState, createConnection } from "../shared/client/connection.ts";
import { Buckets } from "../socket-tier/buckets.ts";
import type { Node } from "../socket-tier/node.ts";
import { Attacker } from "./support/attacker.ts";
import { type Cluster, startCluster } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";

const MINUTE_MS = 60_000;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const forwarded = (chain: string) => ({ "X-Forwarded-For": chain });

/** The clock that handshakes are counted by: of the nodes in this process, and it stands still. */
function stillClock() {
  vi.useFakeTimers({ toFake: ["performance"] });
  return { goBy: (ms: number) => vi.advanceTimersByTime(ms), [Symbol.dispose]: () => void vi.useRealTimers() };
}

/** A node that has nobody and owes nobody anything; on a busy machine its own start makes it late, and it takes nobody in. */
async function idle({ nodes }: Cluster, clock: ReturnType<typeof stillClock>): Promise<Node> {
  const node = nodes[0]!;
  await until("it takes somebody in", async () => {
    const attacker = await Attacker.open(node.port);
    attacker.close();
    return attacker.status === 101;
  });
  await left(node);
  clock.goBy(MINUTE_MS);
  return node;
}
const left = ({ context }: Node) => until("all have left", () => context.io.engine.clientsCount === 0);

test("[A2] sockets per address: the fourth is refused, whatever X-Forwarded-For says; one that goes makes room", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_ADDRESS: "3" });
  using clock = stillClock();
  const { port } = await idle(cluster, clock);
  const sockets = await Promise.all(range(3).map((i) => Attacker.open(port, forwarded(`203.0.113.${i}`))));
  expect(sockets.map(({ status }) => status)).toEqual([101, 101, 101]);
  clock.goBy(MINUTE_MS);
  expect((await Attacker.open(port, forwarded("198.51.100.7"))).status).toBe(400);
  sockets[0]!.close();
  await until("there is room again", async () => (await Attacker.open(port)).status === 101);
});

test("[A2] behind one trusted proxy the address it saw counts, not what the client wrote before it", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_ADDRESS: "2", TRUSTED_PROXIES: "1" });
  using clock = stillClock();
  const { port } = await idle(cluster, clock);
  const open = async (chain: string) => {
    clock.goBy(MINUTE_MS);
    return (await Attacker.open(port, forwarded(chain))).status;
  };
  expect(await open("1.1.1.1, 203.0.113.9")).toBe(101);
  expect(await open("2.2.2.2, 203.0.113.9")).toBe(101);
  expect(await open("3.3.3.3, 203.0.113.9")).toBe(400);
  expect(await open("203.0.113.9, 203.0.113.10")).toBe(101);
  // One guest of IPv6 has a whole /64.
  expect(await open("2001:db8:1:2::1")).toBe(101);
  expect(await open("2001:db8:1:2:ffff::9")).toBe(101);
  expect(await open("2001:db8:1:2::77")).toBe(400);
  expect(await open("2001:db8:1:3::1")).toBe(101);
});

test("[A2] handshakes per address: who connects and disconnects in a loop gets n at once and n more a minute", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_ADDRESS: "7", TRUSTED_PROXIES: "1" });
  using clock = stillClock();
  const node = await idle(cluster, clock);
  /** One after the other, each gone before the next. */
  async function loop(times: number, address: string): Promise<number[]> {
    const statuses: number[] = [];
    while (statuses.length < times) {
      const attacker = await Attacker.open(node.port, forwarded(address));
      statuses.push(attacker.status);
      attacker.close();
      await left(node);
    }
    return statuses;
  }
  const [one, other] = ["203.0.113.9", "203.0.113.10"];
  const let7in = Array<number>(7).fill(101);
  expect(await loop(9, one)).toEqual([...let7in, 400, 400]);
  expect(await loop(7, other)).toEqual(let7in);
  clock.goBy(MINUTE_MS / 7 + 1);
  expect(await loop(2, one)).toEqual([101, 400]); // what was refused has cost nothing
  clock.goBy(MINUTE_MS);
  expect(await loop(8, one)).toEqual([...let7in, 400]);
  expect(node.context.admission.refused).toMatchObject({ address: 0, handshakes: 4 });
});

test("[A2] behind one address as many guests as it may have come in at once, as after a deploy", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_ADDRESS: "200" });
  using clock = stillClock();
  const { port } = await idle(cluster, clock);
  const guests = await Promise.all(range(200).map(() => Attacker.open(port)));
  expect(guests.filter(({ status }) => status !== 101)).toEqual([]);
});

test("[A2] our client, refused for its address' handshakes, comes in by itself once there is one left", async () => {
  await using cluster = await startCluster(1, { SOCKETS_PER_ADDRESS: "2" });
  using clock = stillClock();
  const node = await idle(cluster, clock);
  const { port, context } = node;
  for (const _ of range(2)) (await Attacker.open(port)).close();
  await left(node);
  const { token } = await cluster.guest();
  const states: ConnectionState["state"][] = [];
  const client = createConnection({
    fresh: async () => ({ token, socketUrl: `http://127.0.0.1:${port}` }) as never,
    refresh: async () => {},
    cursors: () => ({}),
    onState: ({ state }) => states.push(state),
    onWelcome: () => {},
    onEvent: () => {},
  });
  client.open();
  await until("it was refused, and again", () => context.admission.refused.handshakes >= 2, promised(5_000));
  expect(states).not.toContain("ended");
  clock.goBy(MINUTE_MS / 2 + 1);
  await until("it is online", () => states.at(-1) === "online");
  client.end();
});

test("[A2] an address' handshakes are forgotten once it may begin as many as one that never came", () => {
  using clock = stillClock();
  const buckets = new Buckets(60); // one a second
  for (const i of range(1_000)) buckets.take(`10.0.0.0/${i}`);
  expect([buckets.take("10.0.0.0/0"), buckets.size]).toEqual([true, 1_000]);
  clock.goBy(1_000);
  expect([buckets.take("10.0.0.0/0"), buckets.size]).toEqual([true, 1]);
});

/** What an operator sees: the figures of nodes, added up by their primary; who may see them; and that no guest is in them. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "../local/redis.ts";
import { key } from "../shared/stores/keys.ts";
import { bundle, startTier } from "./faults/tier.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";

interface Scrape {
  status: number;
  text: string;
}
/** Without keep-alive: each asks whichever node accepts it. */
function scrape(port: number, path = "/metrics", headers: Record<string, string> = {}): Promise<Scrape> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, agent: false, headers: { connection: "close", ...headers } }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode!, text: body }), reject);
    });
    // One that was handed to a node just killed is never answered.
    asked.setTimeout(5_000, () => asked.destroy(new Error("no answer")));
    asked.on("error", reject).end();
  });
}
/** Name and labels → value. */
const figures = ({ text }: Scrape): Record<string, number> =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
const report = {
  pid: 1,
  sockets: 0,
  rooms: 0,
  eventLoopLagMs: 0,
  rssBytes: 1,
  state: "ready" as const,
  startedAt: new Date().toISOString(),
  limited: 0,
};
const portOf = (cluster: Cluster, n: number) => cluster.nodes[n]!.port;

test("a node counts connections, matches, messages, deliveries, requests and refusals, and names no guest", async () => {
  await using cluster = await startCluster(2);
  const [ada, bob, roomId] = await cluster.pair();
  for (let n = 0; n < 3; n++) await ada.say(roomId, `canary-text-${n}`);
  await until("bob has them", () => bob.all("message:sent").length === 3);
  await expect(ada.ask("typing:set", { roomId } as never)).rejects.toThrow("invalid");

  const [one, two] = [await scrape(portOf(cluster, 0)), await scrape(portOf(cluster, 1))];
  const [a, b] = [figures(one), figures(two)];
  expect([a["passerby_connections"], b["passerby_connections"], b["passerby_guests"]]).toEqual([1, 1, 1]);
  expect(a["passerby_matches_total"]! + b["passerby_matches_total"]!).toBe(1);
  expect(a["passerby_match_wait_seconds_count"]! + b["passerby_match_wait_seconds_count"]!).toBe(2);
  expect([a["passerby_messages_total"], b["passerby_messages_total"]]).toEqual([3, 0]);
  expect([a["passerby_delivery_seconds_count"], b["passerby_delivery_seconds_count"]]).toEqual([3, 3]);
  expect(b["passerby_delivery_seconds_sum"]).toBeLessThan(3 * 15);
  expect(a['passerby_requests_total{event="message:send"}']).toBe(3);
  expect(a['passerby_refusals_total{code="invalid"}']).toBe(1);
  for (const guest of [ada.user.id, ada.user.username, roomId, bob.welcome.connectionId, "canary", "127.0.0.1"])
    expect(one.text + two.text).not.toContain(guest);
});

test("a limit that is hit is counted", async () => {
  await using cluster = await startCluster(1, { EVENTS_PER_MINUTE: "5" });
  const ada = await cluster.connect();
  for (let n = 0; n < 8; n++) await ada.raw("match:leave", {});
  expect(figures(await scrape(portOf(cluster, 0)))['passerby_refusals_total{code="rate-limited"}']).toBe(3);
});

test("the inbox's lag is the age of what lies in it unread; a node that reads has none", async () => {
  await using cluster = await startCluster(1);
  const { stores, redis, nodes } = cluster;
  const silent = { ...report, id: "node_aaaaaaaaaaaaaaaa" };
  expect(await stores.nodes.beat(silent)).toMatchObject({ inboxLagMs: 0 });
  await redis.xadd(key("inbox", silent.id), "*", "op", "nothing");
  await redis.xadd(key("inbox", nodes[0]!.id), "*", "op", "nothing");
  const { inboxLagMs } = await until("time passes", async () => {
    const beat = await stores.nodes.beat(silent);
    return beat.inboxLagMs > 300 && beat;
  });
  expect(inboxLagMs).toBeLessThan(60_000);
  await until("the other has read its own", async () => (await redis.xlen(key("inbox", nodes[0]!.id))) === 0);
  expect(await stores.nodes.beat({ ...report, id: nodes[0]!.id })).toMatchObject({ inboxLagMs: 0 });
});

test("figures are for this machine, and for who shows ADMIN_TOKEN; for others they are not there", async () => {
  await using closed = await startCluster(1);
  const behind = { "x-forwarded-for": "192.0.2.7" };
  expect((await scrape(portOf(closed, 0))).status).toBe(200);
  expect((await scrape(portOf(closed, 0), "/metrics", behind)).status).toBe(404);
  const noToken = { ...behind, authorization: "Bearer undefined" };
  expect((await scrape(portOf(closed, 0), "/metrics", noToken)).status).toBe(404);

  await using proxied = await startCluster(1, { TRUSTED_PROXIES: "1" }); // one that adds no header looks like this machine
  expect((await scrape(portOf(proxied, 0))).status).toBe(404);

  await using open = await startCluster(1, { ADMIN_TOKEN: "an-operators-long-token" });
  for (const [token, status] of [
    ["an-operators-long-token", 200],
    ["an-operators-long-toke", 404],
    ["", 404],
  ] as const) {
    const headers = { ...behind, authorization: `Bearer ${token}` };
    expect([token, (await scrape(portOf(open, 0), "/metrics", headers)).status]).toEqual([token, status]);
    expect((await scrape(portOf(open, 0), "/metrics/node", headers)).status).toBe(status);
  }
});

test("errors of Redis are counted by the link's purpose", async () => {
  const dir = await mkdtemp(join(tmpdir(), "passerby-metrics-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const server = await startRedis({ dir });
  await using cluster = await startCluster(1, { REDIS_URL: server.url });
  await cluster.connect();
  await server[Symbol.asyncDispose]();
  const errors = async () => figures(await scrape(portOf(cluster, 0)));
  for (const purpose of ["stores", "inbox"])
    await until(
      `${purpose} fails`,
      async () => (await errors())[`passerby_redis_errors_total{purpose="${purpose}"}`]! > 0,
    );
});

test("any node answers with the sum over all nodes of its primary, whatever becomes of one", async () => {
  await using cluster = await startCluster(0);
  await using tier = await startTier(await bundle(), { ...cluster.env, WORKERS: "3" });
  await tier.begun();
  await until("three nodes serve", async () => {
    const { nodes } = await cluster.stores.stats.nodes();
    return nodes.filter(({ state }) => state === "ready").length === 3;
  });
  const talkers = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const talker = new Talker(`http://127.0.0.1:${tier.port}`, await cluster.guest());
      onTestFinished(() => talker.close());
      await talker.welcomed();
      return talker;
    }),
  );
  const nodes = new Set(talkers.map(({ welcome }) => welcome.nodeId));
  expect(nodes.size).toBeGreaterThan(1);
  for (let n = 0; n < 4; n++)
    await until("all are counted", async () => {
      const all = figures(await scrape(tier.port));
      return all["passerby_connections"] === 12 && all["passerby_nodes_silent"] === 0;
    });
  process.kill((await tier.nodePid())!, "SIGKILL");
  await until("it is replaced", async () => {
    const seen = await scrape(tier.port).then(figures, () => undefined);
    return seen?.["passerby_node_exits_total"] === 1 && seen["passerby_nodes"] === 3;
  });
});

test("every metric that the dashboard names is told", async () => {
  await using cluster = await startCluster(0);
  await using tier = await startTier(await bundle(), { ...cluster.env, WORKERS: "1" });
  await tier.begun();
  const told = (await scrape(tier.port)).text;
  const dashboard = await readFile(new URL("../shared/cloud/grafana.json", import.meta.url), "utf8");
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  const named = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/passerby_\w+/g) ?? []));
  expect(new Set(named).size).toBeGreaterThan(15);
  const declared = new Map([...told.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  for (const name of named) {
    const base = name.replace(/_bucket$/, "");
    const types = name === base ? ["counter", "gauge"] : ["histogram"];
    expect.soft(types, name).toContain(declared.get(base));
  }
  // And nothing is told that nobody looks at.
  expect([...declared.keys()].filter((name) => !named.some((one) => one.startsWith(name)))).toEqual([]);
});

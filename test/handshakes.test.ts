/** How often a guest comes in, and what a client's cursors may cost. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../shared/client/index.ts";
import type { ErrorBody } from "../shared/protocol/errors.ts";
import { newId } from "../shared/protocol/ids.ts";
import { key } from "../shared/stores/keys.ts";
import { apiOf, range } from "./support/groups.ts";
import { type Cluster, refusal, startCluster, type Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(1);
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const watch = (talker: Talker) => refusal(talker.ask("stats:watch", { on: false }));

test("[A1] a guest's handshakes are counted over nodes, apart from events and routes; our client comes back by itself", async () => {
  await using limited = await startCluster(2, { EVENTS_PER_MINUTE: "8" });
  const url = `http://127.0.0.1:${limited.nodes[0]!.port}`;
  await using functions = await apiOf(limited, { SOCKET_URL: url });
  const identity = await limited.guest();
  const token = identity.token;
  for (let n = 0; n < 10; n++) expect((await functions.ask("/api/guest/me", { token })).status).toBe(200);
  expect(await limited.redis.exists(key("handshakes", identity.user.id))).toBe(0);
  const talkers: Talker[] = [];
  for (let n = 0; n < 8; n++) talkers.push(await limited.connect(n % 2, identity));
  const answers = await Promise.all([...talkers, talkers[0]!].map(watch));
  expect(answers.toSorted()).toEqual([...Array<string>(8).fill("accepted"), "rate-limited"]);
  const { data } = (await limited.connect(1, identity).catch((error: unknown) => error)) as { data: ErrorBody };
  expect(data).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) as number });
  expect(data.retryAfterMs! > 0 && data.retryAfterMs! <= 60_000).toBe(true);
  await limited.connect(1); // another guest
  await limited.redis.pexpire(key("handshakes", identity.user.id), 1); // the minute is over
  await until("they are let in again", async () => (await refusal(limited.connect(0, identity))) === "accepted");

  const client = createClient({ httpUrl: functions.url });
  try {
    const { id } = await client.start();
    let refused = false;
    client.subscribe(() => {
      const now = client.getState().connection;
      refused ||= now.state === "waiting" && now.error?.code === "rate-limited";
    });
    const online = () => client.getState().connection.state === "online";
    await until("refused, and back after that", async () => {
      await limited.redis.set(key("handshakes", id), "99", "PX", 2_000);
      for (const socket of limited.nodes[0]!.context.guests.get(id)?.sockets ?? []) socket.conn.close();
      await client.when(({ connection }) => connection.state === "waiting");
      await until("back", online);
      return refused;
    });
  } finally {
    client.destroy();
  }
});

test("[A1] of a hundred cursors of rooms that one is not in a few are looked up, and each is answered", async () => {
  const [a, , roomId] = await cluster.pair(0, 0);
  const { epoch } = (await a.say(roomId, "last")).message;
  await a.ask("match:leave", {});
  const others = range(99).map(() => newId("room"));
  const cursors = (ids: string[]) => ({ cursors: Object.fromEntries(ids.map((id) => [id, { epoch, seq: 1 }])) });
  const reasons = async (ids: string[]) =>
    new Map((await cluster.connect(0, a.identity, cursors(ids))).welcome.ended!.map((one) => [one.roomId, one.reason]));
  const first = await reasons([roomId, ...others]);
  expect([first.size, first.get(roomId), first.get(others[98]!)]).toEqual([100, "left", "expired"]);
  const last = await reasons([...others, roomId]);
  expect([last.size, last.get(roomId)]).toEqual([100, "expired"]);
});

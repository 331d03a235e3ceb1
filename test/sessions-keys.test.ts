/** What our client makes of its handshakes: refusals, and keys that change under it. */
import { expect, test } from "vitest";
import { type ConnectionState, createConnection } from "../shared/client/connection.ts";
import type { Welcome } from "../shared/protocol/index.ts";
import { createTokens, type TokenKey } from "../shared/tokens.ts";
import { forge } from "./support/attacker.ts";
import { type Cluster, type GuestIdentity, startCluster } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";

const text = (...keys: TokenKey[]) => keys.map(({ kid, secret }) => `${kid}:${secret}`).join(",");

/** Our client's connection, as whoever is told now; what it said and heard, in order. */
function connecting(whoWhere: () => GuestIdentity & { port: number }, refresh: () => unknown = () => {}) {
  const states: ConnectionState[] = [];
  const welcomes: Welcome[] = [];
  const client = createConnection({
    fresh: async () => {
      const { user, token, port } = whoWhere();
      return { user, token, expiresAt: "", socketUrl: `http://127.0.0.1:${port}` };
    },
    refresh: async () => refresh(),
    cursors: () => ({}),
    onState: (state) => states.push(state),
    onWelcome: (welcome) => welcomes.push(welcome),
    onEvent: () => {},
  });
  return { client, states, welcomes };
}

test("[S2] our client, refused for good, ends and says why; sent away, it stays away a second and more", async () => {
  await using cluster = await startCluster(1);
  const { port, context } = cluster.nodes[0]!;
  const [ended, kicked] = [await cluster.guest(), await cluster.guest()];
  await cluster.stores.sessions.end(ended.user.id, "deleted");
  for (const [token, code] of [
    [ended.token, "session-ended"],
    ["nobody's", "unauthenticated"],
  ] as const) {
    const { client, states } = connecting(() => ({ ...ended, token, port }));
    client.open();
    await until("it has ended", () => states.at(-1)?.state === "ended", promised(5_000));
    expect(states.map(({ state }) => state)).toEqual(["connecting", "ended"]);
    expect(states.at(-1)).toMatchObject({ error: { code } });
  }
  const { client, states } = connecting(() => ({ ...kicked, port }));
  client.open();
  await until("it is online", () => states.at(-1)?.state === "online");
  const from = Date.now();
  for (const socket of context.guests.get(kicked.user.id)!.sockets) socket.disconnect(true);
  const waiting = await until("it waits", () => states.find((one) => one.state === "waiting"));
  client.end();
  expect(waiting.retryAtMs - from).toBeGreaterThan(900);
});

test("[S1] keys rotate A → B,A → B under a client that stays: it moves twice, is refreshed on the way, and never ends", async () => {
  const [A, B] = [
    { kid: "a", secret: "1".repeat(40) },
    { kid: "b", secret: "2".repeat(40) },
  ];
  await using before = await startCluster(1, { JWT_KEYS: text(A) });
  const redis = { REDIS_URL: before.env["REDIS_URL"]! };
  await using during = await startCluster(1, { ...redis, JWT_KEYS: text(B, A) });
  await using after = await startCluster(1, { ...redis, JWT_KEYS: text(B) });
  const { user, token } = await before.guest();
  const { id: roomId } = await before.stores.rooms.create(user.id, {
    name: "Keys",
    visibility: "unlisted",
    capacity: 5,
  });
  /** As the functions have them by then. */
  const tokens = createTokens([B, A]);
  let [at, held] = [before, token];
  const { client, states, welcomes } = connecting(
    () => ({ user, token: held, port: at.nodes[0]!.port }),
    () => (held = tokens.issue(tokens.verify(held, "refreshable")).token),
  );
  /** Online there, or ended. */
  const settled = ({ nodes }: Cluster) =>
    until(
      "it is there, or has ended",
      () => {
        const now = states.at(-1);
        return now?.state === "ended" || (now?.state === "online" && now.nodeId === nodes[0]!.id);
      },
      promised(7_500),
    );
  async function move(next: Cluster): Promise<void> {
    const { nodes } = at;
    at = next;
    await Promise.all([nodes[0]!.stop(), settled(next)]);
  }
  client.open();
  await settled(before);
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { sub: user.id, iss: "passerby", aud: "passerby-guest", iat: seconds - 3_700, exp: seconds - 100 };
  held = forge({ alg: "HS256", typ: "JWT", kid: A.kid }, claims, A.secret); // its hour is over
  await move(during);
  await move(after);
  expect(states.filter(({ state }) => state === "ended")).toEqual([]);
  client.end();
  const each = welcomes.map((welcome) => [
    welcome.nodeId,
    welcome.user.id,
    ...welcome.rooms.map(({ room }) => room.id),
  ]);
  expect(each).toEqual([before, during, after].map(({ nodes }) => [nodes[0]!.id, user.id, roomId]));
});

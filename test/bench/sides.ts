/** What is measured: us and the peers, started the same way, each node a process on a port of its own. */
import { Redis } from "ioredis";
import { freePort } from "../../local/port.ts";
import { loadConfig } from "../../shared/config.ts";
import { randomText } from "../../shared/protocol/ids.ts";
import { createStores } from "../../shared/stores/index.ts";
import { createTokens } from "../../shared/tokens.ts";
import type { Mode } from "./peer.ts";
import { ready, type Running, start } from "./processes.ts";
import type { Bench, Figures } from "./question.ts";

export interface Side extends AsyncDisposable {
  nodes: Running[];
  ports: number[];
  /** Handshakes of that many guests. */
  auths(count: number): Promise<object[]>;
  /** Handshakes of a large room's guests, and the room where they have to join it. */
  crowd(count: number): Promise<{ auths: object[]; roomId?: string }>;
  /** Do pairs ask to be matched? */
  match: boolean;
  /** The event after which one is in; without it the handshake's answer. */
  welcome?: string;
}

const JWT_KEYS = "bench:0123456789abcdef0123456789abcdef";
export const settings = {
  NODE_ENV: "production",
  JWT_KEYS,
  EVENTS_PER_MINUTE: "100000000",
  API_PER_15_MIN: "100000000",
  UPLOADS_PER_HOUR: "100000000",
  SOCKETS_PER_ADDRESS: "0",
  SOCKETS_PER_NODE: "100000",
  LOG_LEVEL: "warn",
};
const tokens = createTokens(loadConfig(settings).secrets.jwtKeys);
const inside = ["--expose-gc", "--import", new URL("inside.mjs", import.meta.url).href];

async function startAll(name: string, count: number, args: (port: number) => [string[], Record<string, string>]) {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const nodes = ports.map((port) => start(name, ...args(port), inside));
  await Promise.all(nodes.map(ready));
  return { ports, nodes, stop: () => Promise.all(nodes.map((node) => node[Symbol.asyncDispose]())) };
}

export async function startPeer(mode: Mode, redisUrl: string, count: number): Promise<Side> {
  const { ports, nodes, stop } = await startAll("peer.ts", count, (port) => [[mode, String(port), redisUrl], settings]);
  let room = 0;
  const inRooms = (guests: number) =>
    Array.from({ length: guests }, () => ({ room: `room ${Math.floor(room++ / 2)}` }));
  async function known(guests: number) {
    const redis = new Redis(redisUrl);
    const ids = Array.from({ length: guests }, () => `usr_${randomText(22)}`);
    const users = redis.pipeline();
    for (const id of ids) users.hset(`user:${id}`, { username: "guest", createdAt: Date.now() });
    await users.exec();
    redis.disconnect();
    return ids.map((id) => ({ token: tokens.issue(id).token }));
  }
  return {
    nodes,
    ports,
    match: false,
    ...(mode === "token" && { welcome: "session:welcome" }),
    auths: async (guests) => (mode === "token" ? known(guests) : inRooms(guests)),
    crowd: async (guests) => ({ auths: Array.from({ length: guests }, () => ({ room: "crowd" })) }),
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** @param changed settings of the nodes */
export async function startPasserby(
  redisUrl: string,
  count: number,
  changed: Record<string, string> = {},
): Promise<Side> {
  const env = { ...settings, ...changed, REDIS_URL: redisUrl };
  const { ports, nodes, stop } = await startAll("us.ts", count, (port) => [[], { ...env, SOCKET_PORT: String(port) }]);
  const redis = new Redis(redisUrl);
  const stores = createStores({ redis, config: loadConfig(env) });
  const auths = async (guests: number): Promise<object[]> => {
    const all: object[] = [];
    while (all.length < guests) {
      const some = await Promise.all(
        Array.from({ length: Math.min(200, guests - all.length) }, () => stores.sessions.create({})),
      );
      all.push(...some.map(({ user }) => ({ token: tokens.issue(user.id).token, protocol: 1 })));
    }
    return all;
  };
  return {
    nodes,
    ports,
    match: true,
    welcome: "session:welcome",
    auths,
    async crowd(guests) {
      const { user } = await stores.sessions.create({});
      const about = { name: "Stadium", visibility: "unlisted", capacity: guests + 1 } as const;
      const { id } = await stores.rooms.create(user.id, about);
      return { auths: await auths(guests), roomId: id };
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await stop();
    },
  };
}

const peerNames = {
  bare: "bare Socket.IO",
  adapter: "Socket.IO + adapter",
  recovery: "… + state recovery",
  token: "… + token, look-up",
  list: "… + adapter, a list",
};

/** Us and these peers, each started for the measurement and stopped after it. @param nodes of each side */
export function measured(
  { redisUrl }: Bench,
  contenders: { nodes: number; mode?: Mode }[],
  measure: (side: Side) => Promise<Figures>,
) {
  return contenders.map(({ nodes, mode }) => ({
    name: mode ? peerNames[mode] : "Passerby",
    async measure() {
      await using side = await (mode ? startPeer(mode, redisUrl, nodes) : startPasserby(redisUrl, nodes));
      return await measure(side);
    },
  }));
}

export const watched = ({ redisPid }: Bench, { nodes }: Side) => ({ nodePids: nodes.map(({ pid }) => pid), redisPid });

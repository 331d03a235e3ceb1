/** What is measured: us and the peers, started the same way, two nodes each on ports of their own. */
import { Redis } from "ioredis";
import { freePort } from "../../local/port.ts";
import { loadConfig } from "../../shared/config.ts";
import { createStores } from "../../shared/stores/index.ts";
import { createTokens } from "../../shared/tokens.ts";
import { heard, type Running, start } from "./processes.ts";

export interface Side extends AsyncDisposable {
  name: string;
  nodes: Running[];
  ports: number[];
  /** Handshakes of that many guests. */
  auths(count: number): Promise<object[]>;
  /** Handshakes of a large room's guests, and the room where they have to join it. */
  crowd(count: number): Promise<{ auths: object[]; roomId?: string }>;
  /** Do pairs ask to be matched? */
  match: boolean;
}

const measured = ["--expose-gc", "--import", new URL("collect.mjs", import.meta.url).href];
const ready = ({ child }: Running) => heard(child, (message) => (message === "ready" ? true : undefined));
const JWT_KEYS = "bench:0123456789abcdef0123456789abcdef";

/** @param mode a mode of peer.ts */
export async function startPeer(mode: "bare" | "adapter" | "recovery", redisUrl: string, count: number): Promise<Side> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const nodes = ports.map((port) => start("peer.ts", [mode, String(port), redisUrl], {}, measured));
  await Promise.all(nodes.map(ready));
  let room = 0;
  return {
    name: { bare: "bare Socket.IO", adapter: "Socket.IO + streams adapter", recovery: "… + state recovery" }[mode],
    nodes,
    ports,
    match: false,
    auths: async (guests) => Array.from({ length: guests }, () => ({ room: `room ${Math.floor(room++ / 2)}` })),
    crowd: async (guests) => ({ auths: Array.from({ length: guests }, () => ({ room: "crowd" })) }),
    [Symbol.asyncDispose]: async () => void (await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))),
  };
}

export async function startPasserby(redisUrl: string, count: number): Promise<Side> {
  const env = {
    NODE_ENV: "production",
    JWT_KEYS,
    REDIS_URL: redisUrl,
    EVENTS_PER_MINUTE: "100000000",
    SOCKETS_PER_ADDRESS: "0",
    SOCKETS_PER_NODE: "100000",
    LOG_LEVEL: "warn",
  };
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const nodes = ports.map((port) => start("us.ts", [], { ...env, SOCKET_PORT: String(port) }, measured));
  await Promise.all(nodes.map(ready));
  const config = loadConfig(env);
  const redis = new Redis(redisUrl);
  const stores = createStores({ redis, config });
  const tokens = createTokens(config.secrets.jwtKeys);
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
    name: "Passerby",
    nodes,
    ports,
    match: true,
    auths,
    async crowd(guests) {
      const { user } = await stores.sessions.create({});
      const about = { name: "Stadium", visibility: "unlisted", capacity: guests + 1 } as const;
      const { id } = await stores.rooms.create(user.id, about);
      return { auths: await auths(guests), roomId: id };
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}

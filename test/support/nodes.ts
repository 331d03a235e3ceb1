/** Real nodes with real clients: in this process where nothing has to die, as processes of their own where it has (tier.ts). */
import { Redis } from "ioredis";
import { io, type Socket } from "socket.io-client";
import { loadConfig } from "../../shared/config.ts";
import { createLogger } from "../../shared/logger.ts";
import type {
  Ack,
  Answer,
  EventName,
  EventPayload,
  Payload,
  RequestName,
  User,
  Welcome,
} from "../../shared/protocol/index.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { createTokens } from "../../shared/tokens.ts";
import { type Node, startNode } from "../../socket-tier/node.ts";
import { freshRedisUrl } from "./redis.ts";
import { promised, until } from "./until.ts";

export { until };

const JWT_KEYS = "test:0123456789abcdef0123456789abcdef";

export interface Cluster extends AsyncDisposable {
  nodes: Node[];
  stores: Stores;
  redis: Redis;
  env: Record<string, string>;
  /** A new guest with a token, not yet connected. */
  guest(profile?: { username?: string; interests?: string[]; language?: string }): Promise<GuestIdentity>;
  /** Connects (a new guest unless one is given) to node `n` and waits for the welcome. */
  connect(n?: number, identity?: GuestIdentity, auth?: Record<string, unknown>): Promise<Talker>;
  /** Two guests, on two nodes, in one pair. */
  pair(a?: number, b?: number): Promise<[Talker, Talker, roomId: string]>;
}

export interface GuestIdentity {
  user: User;
  token: string;
}

/** Settings that keep limits out of the way; a test of limits gives its own. */
const roomy = { EVENTS_PER_MINUTE: "1000000", LOG_LEVEL: "silent", NODE_ENV: "test", SHUTDOWN_MS: "1000" };

export async function startCluster(count = 2, settings: Record<string, string> = {}): Promise<Cluster> {
  const env = { ...roomy, REDIS_URL: await freshRedisUrl(), JWT_KEYS, SOCKET_PORT: "0", ...settings };
  const config = loadConfig(env);
  const nodes = await Promise.all(
    Array.from({ length: count }, () => startNode(config, createLogger(config.logLevel))),
  );
  const redis = new Redis(env.REDIS_URL);
  const stores = createStores({ redis, config });
  const tokens = createTokens(config.secrets.jwtKeys);
  const talkers: Talker[] = [];

  const cluster: Cluster = {
    nodes,
    stores,
    redis,
    env,
    async guest(profile = {}) {
      const { user } = await stores.sessions.create(profile);
      return { user, token: tokens.issue(user.id).token };
    },
    async connect(n = 0, identity, auth = {}) {
      identity ??= await cluster.guest();
      const talker = new Talker(`http://127.0.0.1:${nodes[n]!.port}`, identity, auth);
      talkers.push(talker);
      await talker.welcomed();
      return talker;
    },
    async pair(a = 0, b = 1) {
      const [one, two] = await Promise.all([cluster.connect(a), cluster.connect(b)]);
      await one.ask("match:join", {});
      await two.ask("match:join", {});
      const [found] = await Promise.all([one.next("match:found"), two.next("match:found")]);
      return [one, two, found.room.id];
    },
    async [Symbol.asyncDispose]() {
      for (const talker of talkers) talker.close();
      await Promise.all(nodes.map((node) => node.stop()));
      redis.disconnect();
    },
  };
  return cluster;
}

type Heard = { [E in EventName]: { event: E; payload: EventPayload<E> } }[EventName];

/** A client written only from the contract: it keeps what it heard, in order, and answers nothing by itself. */
export class Talker {
  readonly socket: Socket;
  readonly heard: Heard[] = [];
  readonly user: User;
  readonly identity: GuestIdentity;
  readonly #taken = new Map<EventName, number>();

  constructor(
    url: string,
    identity: GuestIdentity,
    auth: Record<string, unknown> = {},
    transports = ["websocket"],
    extraHeaders: Record<string, string> = {},
  ) {
    this.identity = identity;
    this.user = identity.user;
    this.socket = io(url, {
      auth: { token: identity.token, protocol: 1, ...auth },
      transports,
      extraHeaders,
      reconnection: false,
      forceNew: true,
    });
    this.socket.onAny((event: EventName, payload: EventPayload<EventName>) =>
      this.heard.push({ event, payload } as Heard),
    );
  }

  get welcome(): Welcome {
    return this.all("session:welcome").at(-1)!;
  }

  /** Rejects with the handshake's refusal. */
  welcomed(): Promise<Welcome> {
    return Promise.race([
      this.next("session:welcome"),
      new Promise<never>((_, reject) => this.socket.once("connect_error", (error) => reject(error))),
    ]);
  }

  /** Everything heard of that event so far. */
  all<E extends EventName>(event: E): EventPayload<E>[] {
    return this.heard.filter((one) => one.event === event).map((one) => one.payload as EventPayload<E>);
  }

  /** The next one of that event that `next` has not given yet. */
  async next<E extends EventName>(event: E, withinMs?: number): Promise<EventPayload<E>> {
    const n = this.#taken.get(event) ?? 0;
    this.#taken.set(event, n + 1);
    return until(`${this.user.username} hears ${event}`, () => this.all(event)[n], withinMs);
  }

  /** The raw ack, whatever it says. */
  async raw(event: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return (await this.socket.timeout(promised(10_000)).emitWithAck(event, ...args)) as Ack<unknown>;
  }

  /** The ack's data; a refusal throws an error whose message is its code. */
  async ask<E extends RequestName>(event: E, payload: Payload<E>): Promise<Answer<E>> {
    const ack = (await this.raw(event, payload)) as Ack<Answer<E>>;
    if (!ack.ok) throw Object.assign(new Error(ack.error.code), { error: ack.error });
    return ack.data;
  }

  say(roomId: string, text: string, clientMessageId: string = crypto.randomUUID()) {
    return this.ask("message:send", { roomId, clientMessageId, kind: "text", text });
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** "accepted", or what the refusal says. */
export const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error: Error) => error.message,
  );

/** What was said to them, in the order they heard it. */
export const texts = (talker: Talker) => talker.all("message:sent").map(({ message }) => message.text);

/** A few guests on four nodes, driven straight at the stores: what they did, what they heard. */
import { Redis } from "ioredis";
import { loadConfig } from "../../shared/config.ts";
import { PasserbyError } from "../../shared/protocol/errors.ts";
import type { Wishes } from "../../shared/protocol/index.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { key } from "../../shared/stores/keys.ts";
import { faultsOf, type Snapshot, snapshotInLua, stuckOf } from "./matching-oracle.ts";

export const GUESTS = 6;
export const NODES = [
  "node_aaaaaaaaaaaaaaaa",
  "node_bbbbbbbbbbbbbbbb",
  "node_cccccccccccccccc",
  "node_dddddddddddddddd",
];
/** So far apart that no real time spent in a run is taken for it: time passes by `age` alone. */
export const WIDEN_MS = [100_000, 300_000] as const;

export type Op =
  | { do: "join"; guest: number; node: number; wishes: Wishes }
  | { do: "skip" | "end"; guest: number; node: number; room: number }
  | { do: "leave" | "open" | "close"; guest: number; node: number }
  | { do: "block"; guest: number; node: number; other: number }
  | { do: "age"; guest: number; ms: number }
  | { do: "lapse"; guest: number; what: "queueLease" | "pairs" | "online" | "offers" }
  | { do: "beat" | "tick" | "reap" | "die"; node: number };
/** Ops that are under way together; a node reads what it is told; a guest's session ends. */
export type Step = { at: "once"; ops: Op[] } | { at: "read"; node: number } | { at: "forget"; guest: number };

/** Moves a waiting guest's time back. KEYS[1] prefix of the tickets. ARGV guest, ms */
const age = `
local guest, ms = ARGV[1], tonumber(ARGV[2])
for _, index in ipairs(redis.call('KEYS', 'queue*')) do
  if index ~= 'queue:lease' and redis.call('ZSCORE', index, guest) then redis.call('ZINCRBY', index, -ms, guest) end
end
if redis.call('EXISTS', 'ticket:' .. guest) == 1 then redis.call('HINCRBY', 'ticket:' .. guest, 'since', -ms) end`;

/** Puts a lease into the past; a ticket lapses with its place in the queue, and that before the longer lease of presence. ARGV index, guest */
const lapse = `
for _, entry in ipairs(redis.call('ZRANGE', ARGV[1], 0, -1)) do
  if string.sub(entry, -#ARGV[2]) == ARGV[2] then redis.call('ZADD', ARGV[1], 1, entry) end
end
if ARGV[1] == 'queue:lease' then redis.call('DEL', 'ticket:' .. ARGV[2]) end
if ARGV[1] == 'online' and redis.call('ZSCORE', 'queue', ARGV[2]) then redis.call('ZADD', 'queue:lease', 1, ARGV[2]) end`;

export type Matching = Pick<Stores["matching"], "join" | "skip">;

export class World {
  readonly #redis: Redis[];
  readonly #stores: Stores[];
  readonly #matching: Matching[];
  #ids: string[] = [];
  /** Which guests have a socket on a node, and the pair that was told there. */
  #here: Map<string, string | undefined>[] = [];
  readonly #rooms = new Map<string, string[]>();
  readonly #gone = new Set<string>();

  constructor(redisUrl: string, matcher?: (redis: Redis, stores: Stores) => Matching) {
    const config = loadConfig({ NODE_ENV: "test", MATCH_WIDEN_MS: WIDEN_MS.join(",") });
    this.#redis = NODES.map(() => new Redis(redisUrl));
    this.#stores = this.#redis.map((redis) => createStores({ redis, config }));
    this.#matching = this.#stores.map((stores, n) => matcher?.(this.#redis[n]!, stores) ?? stores.matching);
  }

  /** Everything from the start: an empty Redis, four nodes, six guests. */
  async begin(): Promise<void> {
    const [redis, stores] = [this.#redis[0]!, this.#stores[0]!];
    await redis.flushdb();
    this.#here = NODES.map(() => new Map());
    this.#rooms.clear();
    this.#gone.clear();
    const created = Array.from({ length: GUESTS }, (_, n) => stores.sessions.create({ username: `guest_${n}` }));
    await Promise.all(NODES.map((id) => redis.xadd(key("inbox", id), "MAXLEN", 0, "*", "op", "open")));
    this.#ids = (await Promise.all(created)).map(({ user }) => user.id);
  }

  /** @returns what is wrong after it, in words */
  async step(step: Step): Promise<string[]> {
    if (step.at === "read") await this.#read(step.node);
    else if (step.at === "forget") await this.#forget(this.#ids[step.guest]!);
    else await Promise.all(step.ops.map((op) => this.#do(op)));
    return faultsOf(await this.snapshot());
  }

  /** Lets everything come to rest: the nodes read on, leases without anybody behind them run out. @returns what is wrong then */
  async settle(): Promise<string[]> {
    const redis = this.#redis[0]!;
    const stores = this.#stores[0]!;
    for (let round = 0; round < 3; round++) {
      for (const node of NODES.keys()) await this.#read(node);
      for (const id of this.#ids) {
        const absent = !this.#here.some((here) => here.has(id));
        const leases = absent ? (["offers", "queueLease", "online", "pairs"] as const) : (["offers"] as const);
        for (const name of leases) await redis.eval(lapse, 0, key(name), id);
      }
      await stores.matching.tick();
      await stores.presence.reap();
    }
    for (const node of NODES.keys()) await this.#read(node);
    const snapshot = await this.snapshot();
    return [...faultsOf(snapshot), ...stuckOf(snapshot, WIDEN_MS), ...this.#disagreements(snapshot)];
  }

  async snapshot(): Promise<Snapshot> {
    return JSON.parse((await this.#redis[0]!.eval(snapshotInLua, 0, ...this.#ids)) as string) as Snapshot;
  }

  close(): void {
    for (const redis of this.#redis) redis.disconnect();
  }

  /** What one was told last is what is so; who is gone is gone (M3, M5). */
  #disagreements(snapshot: Snapshot): string[] {
    const faults: string[] = [];
    for (const guest of snapshot.guests) {
      const at = this.#here.filter((here) => here.has(guest.id));
      if (at.length === 0 && (guest.pair || guest.queued)) faults.push(`${guest.id} is a ghost`);
      for (const here of at)
        if (here.get(guest.id) !== guest.pair)
          faults.push(`${guest.id} heard of ${here.get(guest.id)} and is in ${guest.pair}`);
    }
    return faults;
  }

  async #do(op: Op): Promise<void> {
    try {
      await this.#run(op);
    } catch (error) {
      if (!(error instanceof PasserbyError)) throw error; // a refusal is an answer
    }
  }

  /** As at a real node, where nothing is done for a guest before they are welcome (P4). */
  async #run(op: Op): Promise<void> {
    const node = "node" in op ? op.node : 0;
    const id = "guest" in op ? this.#ids[op.guest]! : "";
    const opened = "guest" in op && "node" in op && op.do !== "close" ? this.#open(id, node) : undefined;
    await opened;
    await this.#act(op, node, id);
  }

  #act(op: Op, node: number, id: string): Promise<unknown> | undefined {
    const [redis, stores, matching] = [this.#redis[node]!, this.#stores[node]!, this.#matching[node]!];
    const [nodeId, here] = [NODES[node]!, this.#here[node]!];
    switch (op.do) {
      case "join":
        return matching.join(id, nodeId, op.wishes).then((state) => this.#know(id, state));
      case "skip":
        return matching.skip(id, nodeId, this.#room(id, op.room)).then((state) => this.#know(id, state));
      case "end":
        return stores.rooms.leave(id, nodeId, this.#room(id, op.room));
      case "leave":
        return stores.matching.leave(id, nodeId);
      case "close":
        return here.delete(id) ? stores.presence.close(id, nodeId) : undefined;
      case "block":
        if (op.other === op.guest || this.#gone.has(id)) return undefined;
        return stores.reports.block(id, this.#ids[op.other]!);
      case "age":
        return redis.eval(age, 0, id, op.ms);
      case "lapse":
        return redis.eval(lapse, 0, key(op.what), id);
      case "beat":
        return Promise.all([
          stores.presence.beat(
            nodeId,
            Array.from(here.keys(), (userId) => ({ userId, active: true })),
          ),
          ...Array.from(here.keys(), (userId) => stores.matching.renew(userId)),
        ]);
      case "tick":
        return stores.matching.tick();
      case "reap":
        return stores.presence.reap();
      case "die":
        here.clear();
        return redis.xtrim(key("inbox", nodeId), "MAXLEN", 0);
      case "open":
      default:
        return undefined;
    }
  }

  async #open(id: string, node: number): Promise<void> {
    if (this.#here[node]!.has(id)) return;
    this.#here[node]!.set(id, undefined);
    const opened = await this.#stores[node]!.presence.open(id, NODES[node]!).catch((error: unknown) => {
      if (!(error instanceof PasserbyError)) throw error;
      this.#here[node]!.delete(id); // the session is over
    });
    if (!opened || !this.#here[node]!.has(id)) return;
    this.#here[node]!.set(id, opened.pair);
    if (opened.queued && !opened.pair) await this.#stores[node]!.matching.resume(id, NODES[node]!);
  }

  async #forget(id: string): Promise<void> {
    this.#gone.add(id);
    for (const here of this.#here) here.delete(id);
    await this.#stores[0]!.sessions.end(id, "deleted");
  }

  /** Rooms the guest was in, the newest last; a client may name any of them again. */
  #room(id: string, back: number): string {
    return this.#rooms.get(id)?.at(-1 - back) ?? "room_0000000000000000";
  }

  #know(id: string, state: Awaited<ReturnType<Matching["join"]>>): void {
    if (state.state === "matched") this.#learn(id, state.roomId);
  }

  #learn(id: string, roomId: string): void {
    const rooms = this.#rooms.get(id) ?? [];
    if (!rooms.includes(roomId)) this.#rooms.set(id, [...rooms, roomId]);
  }

  /** As a node does with its inbox: tells who is here, and confirms. */
  async #read(node: number): Promise<void> {
    const [redis, here] = [this.#redis[node]!, this.#here[node]!];
    const inbox = key("inbox", NODES[node]);
    const entries = await redis.xrange(inbox, "-", "+");
    for (const [, fields] of entries) {
      const entry = Object.fromEntries(fields.map((name, i) => [name, fields[i + 1]!]).filter((_, i) => i % 2 === 0));
      const { op, user = "", room = "" } = entry as { op: string; user?: string; room?: string };
      if (!here.has(user)) continue;
      if (op === "found") {
        here.set(user, room);
        this.#learn(user, room);
        if (await this.#stores[node]!.matching.confirm(user, room)) continue;
        here.delete(user); // cut, and welcomed again
        await this.#stores[node]!.presence.close(user, NODES[node]!);
        await this.#open(user, node);
      } else if (op === "ended" && here.get(user) === room) here.set(user, undefined);
      else if (op === "close") here.delete(user);
    }
    if (entries.length > 0) await redis.xdel(inbox, ...entries.map(([id]) => id));
  }
}

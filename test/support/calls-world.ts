/** A few guests in two rooms on two nodes, driven straight at the stores: what is kept of their calls, and what was told. */
import { Redis } from "ioredis";
import { loadConfig } from "../../shared/config.ts";
import { PasserbyError } from "../../shared/protocol/errors.ts";
import { newId } from "../../shared/protocol/ids.ts";
import type { Call } from "../../shared/protocol/index.ts";
import { limits } from "../../shared/protocol/limits.ts";
import { type Caller, toCall } from "../../shared/stores/calls.ts";
import { createStores, type Stores } from "../../shared/stores/index.ts";
import { key } from "../../shared/stores/keys.ts";

export const GUESTS = 5;
const NODES = ["node_aaaaaaaaaaaaaaaa", "node_bbbbbbbbbbbbbbbb"] as const;

export interface Op {
  do: "start" | "accept" | "decline" | "hangup" | "media" | "drop" | "lapse" | "unanswered" | "leave" | "tick";
  guest: number;
  /** Which of the guest's tabs, each on a node of its own. */
  tab: 0 | 1;
  room: 0 | 1;
}

type Start = Stores["calls"]["start"];
interface Kept {
  id: string;
  roomId: string;
  state: string;
  people: { userId: string; state: string; audio: boolean; connection: string }[];
}

export class CallsWorld {
  readonly #redis = new Map<string, Redis>();
  readonly #stores: Stores[];
  readonly #start: Start[];
  #ids: string[] = [];
  #rooms: string[] = [];

  constructor(redisUrl: string, starter?: (redis: Redis) => Start) {
    const config = loadConfig({ NODE_ENV: "test" });
    for (const node of NODES) this.#redis.set(node, new Redis(redisUrl));
    const clients = [...this.#redis.values()];
    this.#stores = clients.map((redis) => createStores({ redis, config }));
    this.#start = this.#stores.map((stores, n) => starter?.(clients[n]!) ?? stores.calls.start);
  }

  get #one(): Redis {
    return this.#redis.get(NODES[0])!;
  }

  /** All are in the first room, the first two in the second as well. */
  async begin(): Promise<void> {
    const [stores] = this.#stores as [Stores];
    await this.#one.flushdb();
    for (const node of NODES) await this.#one.xadd(key("inbox", node), "MAXLEN", 0, "*", "op", "open");
    const made = Array.from({ length: GUESTS }, (_, n) => stores.sessions.create({ username: `guest_${n}` }));
    this.#ids = (await Promise.all(made)).map(({ user }) => user.id);
    await Promise.all(this.#ids.map((id) => stores.presence.open(id, NODES[0])));
    const about = { name: "Tea", visibility: "unlisted" } as const;
    const rooms = await Promise.all([0, 1].map(() => stores.rooms.create(this.#ids[0]!, about)));
    this.#rooms = rooms.map(({ id }) => id);
    const [first, second] = this.#rooms as [string, string];
    await Promise.all(this.#ids.slice(1).map((id) => stores.rooms.join(id, NODES[0], first)));
    await stores.rooms.join(this.#ids[1]!, NODES[0], second);
  }

  /** All at once. @returns what is wrong after it, in words */
  async step(ops: Op[]): Promise<string[]> {
    await Promise.all(
      ops.map((op) =>
        this.#run(op).catch((error: unknown) => {
          if (!(error instanceof PasserbyError)) throw error; // a refusal is an answer
        }),
      ),
    );
    return this.#faults();
  }

  close(): void {
    for (const redis of this.#redis.values()) redis.disconnect();
  }

  async #run({ do: verb, guest, tab, room }: Op): Promise<unknown> {
    const [{ calls, rooms }, redis] = [this.#stores[tab]!, this.#redis.get(NODES[tab])!];
    const [userId, roomId] = [this.#ids[guest]!, this.#rooms[room]!];
    const caller: Caller = { userId, connectionId: `${guest}.${tab}`, nodeId: NODES[tab] };
    if (verb === "start") return this.#start[tab]!(caller, roomId, "audio");
    if (verb === "tick") return calls.tick();
    if (verb === "leave") return rooms.leave(userId, NODES[tab], roomId);
    const callId = await redis.hget(key("room", roomId), "call"); // as a client knows it: it may be over by now
    if (!callId) return undefined;
    switch (verb) {
      case "accept":
        return calls.accept(caller, callId);
      case "decline":
        return calls.decline(userId, callId);
      case "hangup":
        return calls.hangUp(userId, callId);
      case "media":
        return calls.media(caller, { callId, audio: true, video: false, screen: false });
      case "drop":
        return calls.drop(userId, caller.connectionId, callId);
      case "lapse":
        return redis.zadd(key("callsDue"), "XX", 1, `${callId}|${userId}`).then(() => calls.tick());
      case "unanswered":
        return redis.zadd(key("callsDue"), "XX", 1, callId).then(() => calls.tick());
      default:
        return undefined;
    }
  }

  async #faults(): Promise<string[]> {
    const redis = this.#one;
    const faults: string[] = [];
    const check = (right: boolean, fault: string) => right || faults.push(fault);
    const texts = await Promise.all((await redis.keys(key("call", "call_*"))).map((name) => redis.get(name)));
    const calls = texts.map((text) => JSON.parse(text!) as Kept);
    const due = await redis.zrange(key("callsDue"), "0", "-1");
    const expected: string[] = [];

    for (const roomId of this.#rooms) {
      const here = calls.filter((call) => call.roomId === roomId).map(({ id }) => id);
      const named = await redis.hget(key("room", roomId), "call");
      check(here.length <= 1, `${here.length} calls in one room`);
      check(named === (here[0] ?? null), `the room names ${named}, kept is ${here[0]}`);
      const members = new Set(await redis.hkeys(key("members", roomId)));
      for (const { people } of calls.filter((call) => call.roomId === roomId))
        check(
          people.every(({ userId }) => members.has(userId)),
          "one who is not in the room is in its call",
        );
    }
    const joinedIn = new Map<string, string>();
    for (const { id, state, people } of calls) {
      const joined = people.filter((one) => one.state === "joined");
      check(state === (joined.length > 1 ? "active" : "ringing"), `${state} with ${joined.length}`);
      check(joined.length >= 1 && joined.length <= limits.callParticipants, `${joined.length} are in it`);
      check(new Set(people.map(({ userId }) => userId)).size === people.length, "one is in it twice");
      const idle = people.filter((one) => one.state !== "joined");
      check(
        idle.every(({ audio, connection }) => !audio && connection === ""),
        "one who is not in it sends",
      );
      for (const { userId } of joined) {
        check(!joinedIn.has(userId), "one is in two calls");
        joinedIn.set(userId, id);
        expected.push(`${id}|${userId}`);
      }
      if (state === "ringing" || people.some((one) => one.state === "ringing")) expected.push(id);
    }
    for (const userId of this.#ids) {
      const named = await redis.hget(key("session", userId), "call");
      check(named === (joinedIn.get(userId) ?? null), `a guest's call is ${named}, kept is ${joinedIn.get(userId)}`);
    }
    check(due.toSorted().join() === expected.toSorted().join(), `due: ${due.join()}; kept: ${expected.join()}`);
    faults.push(...(await this.#untold(calls)));
    return faults;
  }

  /** What was told last of each call is what is so. */
  async #untold(calls: Kept[]): Promise<string[]> {
    const told = new Map<string, Call>();
    for (const [, fields] of await this.#one.xrange(key("inbox", NODES[0]), "-", "+")) {
      const entry = Object.fromEntries(fields.map((name, i) => [name, fields[i + 1]!]).filter((_, i) => i % 2 === 0));
      if (entry["op"] !== "call") continue;
      const call = toCall(entry["call"]);
      told.set(call.id, call);
    }
    const live = new Map(calls.map((call) => [call.id, call]));
    return [...told.values()].flatMap((call) => {
      const kept = live.get(call.id);
      if (!kept) return call.state === "ended" ? [] : [`${call.id} is over, and told as ${call.state}`];
      const states = (people: { userId: string; state: string }[]) =>
        people.map((one) => `${one.userId} ${one.state}`).join();
      return kept.state === call.state && states(kept.people) === states(call.participants)
        ? []
        : [`${call.id} is told otherwise`];
    });
  }
}

/** The old way, kept as the checker's negative control: look whether there is a call, then write one. */
export const naiveStart =
  (redis: Redis): Start =>
  async ({ userId, connectionId, nodeId }, roomId, media) => {
    if (await redis.hget(key("room", roomId), "call")) throw new PasserbyError("busy");
    if (await redis.hget(key("session", userId), "call")) throw new PasserbyError("busy");
    if (!(await redis.hexists(key("members", roomId), userId))) throw new PasserbyError("forbidden");
    const id = newId("call");
    const on = { audio: true, video: false, screen: false, direct: false };
    const me = { userId, state: "joined", ...on, connection: connectionId, node: nodeId };
    const call = { id, roomId, media, state: "ringing", startedBy: userId, startedAt: Date.now(), people: [me] };
    await redis.hset(key("room", roomId), "call", id);
    await redis.set(key("call", id), JSON.stringify(call));
    await redis.hset(key("session", userId), "call", id);
    await redis.zadd(key("callsDue"), Date.now() + 30_000, id, Date.now() + 30_000, `${id}|${userId}`);
    return toCall(JSON.stringify({ ...call, participants: call.people }));
  };

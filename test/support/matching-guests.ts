/** Guests of a cluster that is shared by a file's tests: each test starts with an empty queue. */
import { expect } from "vitest";
import type { MatchFound, MatchState, Wishes } from "../../shared/protocol/index.ts";
import { key } from "../../shared/stores/keys.ts";
import { type Cluster, type GuestIdentity, type Talker, until } from "./nodes.ts";

export type Queued = Extract<MatchState, { state: "queued" }>;

export function guestsOf(cluster: () => Cluster) {
  const here: Talker[] = [];

  async function arrive(node = 0, identity?: GuestIdentity): Promise<Talker> {
    const talker = await cluster().connect(node, identity);
    here.push(talker);
    return talker;
  }

  /** Arrives and waits, without a partner. */
  async function waiting(node: number, wishes: Wishes = {}): Promise<Talker> {
    const talker = await arrive(node);
    await waits(talker, wishes);
    return talker;
  }

  async function allLeave(): Promise<void> {
    for (const talker of here.splice(0)) talker.close();
    await until("nobody waits", async () => (await cluster().redis.zcard(key("queue"))) === 0);
  }

  return { arrive, waiting, allLeave };
}

/** Joins, and is not matched at once. */
export async function waits(talker: Talker, wishes: Wishes = {}): Promise<Queued> {
  const state = await talker.ask("match:join", wishes);
  expect(state).toMatchObject({ state: "queued" });
  return state as Queued;
}

/** Both hear of the same new pair. @returns its room and what each was told */
export async function meet(a: Talker, b: Talker): Promise<{ roomId: string; told: [MatchFound, MatchFound] }> {
  const told = await Promise.all([a.next("match:found"), b.next("match:found")]);
  expect(told.map(({ partner }) => partner)).toEqual([b.user, a.user]);
  expect(told[0].room.id).toBe(told[1].room.id);
  return { roomId: told[0].room.id, told };
}

/** What breaks, how hard, and what may come of it (FAULTS). */
import { setTimeout as sleep } from "node:timers/promises";
import { naiveGuest, realGuest } from "./guests.ts";
import type { TalkOptions } from "./talk.ts";

type Fault = TalkOptions["fault"];

const any = <T>(list: T[]): T => list[Math.floor(Math.random() * list.length)]!;

/** SIGKILL to one node; its primary forks another. */
export const killNode: Fault = async (world) => {
  const pid = await any(world.tiers).nodePid();
  if (pid) process.kill(pid, "SIGKILL");
};

/** SIGTERM to one node after the other, as a rolling deploy does. */
export const rollNode: Fault = async (world, round) => {
  const pid = await world.tiers[round % world.tiers.length]!.nodePid();
  if (pid) process.kill(pid, "SIGTERM");
};

export const cutLinks: Fault = (world) => void world.front.cut(0.3);

/** For most of the interval nothing that a node says arrives. */
export const deafen: Fault = async (world) => {
  world.front.blackHole("toClient", true);
  await sleep(5_000);
  world.front.blackHole("toClient", false);
};

/** SIGKILL to Redis, back after a second with what its append-only file holds. */
export const killRedis: Fault = async (world) => {
  await world.redisServer.kill();
  await sleep(1_000);
  await world.redisServer.start();
};

const real = { guest: realGuest, pairs: 250, perSecond: 1_000, forMs: 15_000, everyMs: 3_000 };

export const scenarios: Record<string, { nodes: number; talk: TalkOptions }> = {
  kill: { nodes: 2, talk: { ...real, fault: killNode } },
  roll: { nodes: 2, talk: { ...real, fault: rollNode } },
  cut: { nodes: 2, talk: { ...real, fault: cutLinks } },
  deaf: { nodes: 2, talk: { ...real, pairs: 50, perSecond: 200, forMs: 8_000, everyMs: 7_000, fault: deafen } },
  redis: { nodes: 2, talk: { ...real, pairs: 50, perSecond: 200, forMs: 10_000, everyMs: 4_500, fault: killRedis } },
  /** The negative control: the same kills, clients that emit and hope. */
  naive: {
    nodes: 2,
    talk: {
      ...real,
      pairs: 50,
      perSecond: 200,
      forMs: 6_000,
      everyMs: 2_000,
      fault: killNode,
      guest: naiveGuest,
      settleMs: 3_000,
    },
  },
};

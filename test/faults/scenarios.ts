/** What breaks, how hard, and what may come of it (FAULTS). */
import { setTimeout as sleep } from "node:timers/promises";
import { type Verdict } from "./checker.ts";
import type { Field } from "./field.ts";
import { naiveGuest, realGuest, secondTab } from "./guests.ts";
import { any } from "./random.ts";
import { away, reload, replaced } from "./stories.ts";
import { type Figures, talk, type TalkOptions } from "./talk.ts";
import { promised, until } from "../support/until.ts";
import { startWorld, type World } from "./world.ts";

type Fault = TalkOptions<World>["fault"];

/** One that has gone in the moment of looking is gone. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** SIGKILL to one node; its primary forks another. */
export const killNode: Fault = async (world) => {
  const pid = await any(world.tiers).nodePid();
  if (pid) signal(pid, "SIGKILL");
};

/** SIGTERM to one node after the other, as a rolling deploy does; each is gone in time. */
export const rollNode: Fault = async (world, round) => {
  const tier = world.tiers[round % world.tiers.length]!;
  const pid = await tier.nodePid();
  if (!pid) return;
  signal(pid, "SIGTERM");
  await until("the node is gone", async () => !(await tier.nodePids()).includes(pid), promised(5_000));
};

export const cutLinks = (field: Field) => field.cut(0.3);

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

/** A failover to a replica that was half a second behind: all of Redis is what it was then. */
export const rollBack: Fault = ({ redisServer }) => redisServer.rollBack(() => sleep(500));

const real = {
  guest: realGuest,
  pairs: 250,
  perSecond: 1_000,
  forMs: 15_000,
  everyMs: 3_000,
  settleMs: promised(15_000),
};
const some = { ...real, pairs: 50, perSecond: 200 };
/** Within the default limits of a deployment: guests per address, events per minute. */
const few = { ...real, pairs: 5, perSecond: 5 };

/** Two tabs of one guest, who both write. */
const tabs = { ...some, pairs: 15, perSecond: 150, forMs: 6_000, everyMs: 2_500, tab: secondTab };

const talks = {
  kill: { ...real, fault: killNode },
  roll: { ...real, fault: rollNode },
  cut: { ...real, fault: cutLinks },
  deaf: { ...some, forMs: 8_000, everyMs: 7_000, fault: deafen },
  redis: { ...some, forMs: 10_000, everyMs: 4_500, fault: killRedis, byName: true },
  rollback: { ...some, pairs: 15, forMs: 6_000, everyMs: 2_500, fault: rollBack, byName: true },
  tabs: { ...tabs, fault: cutLinks },
  /** The negative control: the same kills, clients that emit and hope. */
  naive: { ...some, forMs: 6_000, everyMs: 2_000, fault: killNode, guest: naiveGuest, settleMs: 3_000 },
  /** Another: a log is rolled back and the clients have forgotten what they sent. */
  forgetful: {
    ...some,
    pairs: 10,
    forMs: 2_500,
    everyMs: 2_000,
    fault: rollBack,
    byName: true,
    guest: naiveGuest,
    settleMs: 1_000,
  },
} satisfies Record<string, TalkOptions<World>>;

const stories = { reload, away, replaced } satisfies Record<string, (world: World) => Promise<Verdict>>;

export type ScenarioName = keyof typeof talks | keyof typeof stories;
export const scenarioNames = [...Object.keys(talks), ...Object.keys(stories)] as ScenarioName[];

/** In a world of its own, with a line of figures. */
export async function play(name: ScenarioName, harder: Partial<TalkOptions<World>> = {}) {
  // No pair ends because this machine is busy with other things.
  await using world = await startWorld({ nodes: 2, env: { PAIR_GRACE_MS: "300000" } });
  const pids = () => Promise.all(world.tiers.map((tier) => tier.nodePid()));
  const before = await pids();
  const figures: Verdict & Partial<Figures> =
    name in stories
      ? await stories[name as keyof typeof stories](world)
      : await talk<World>(world, { ...talks[name as keyof typeof talks], ...harder });
  console.log(JSON.stringify({ scenario: name, ...figures }));
  const after = await pids();
  return { ...figures, nodesReplaced: after.filter((pid, i) => pid !== before[i]).length, logs: world.logs() };
}

/** What needs no process of ours: against any Passerby. */
export const remoteScenarios = {
  cut: { ...few, fault: cutLinks },
  tabs: { ...few, pairs: 3, perSecond: 4, fault: cutLinks, tab: secondTab },
} satisfies Record<string, TalkOptions>;

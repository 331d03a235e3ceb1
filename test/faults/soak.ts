/** `npm run test:soak`: the same faults at full size (FAULTS, T2). One line of figures each; exits 1 where one has a flaw. */
import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig } from "../../shared/config.ts";
import { createTokens } from "../../shared/tokens.ts";
import { until } from "../support/until.ts";
import { chat } from "./chatter.ts";
import { gather, percentiles } from "./crowd.ts";
import { flood } from "./flood.ts";
import { fuzz } from "./fuzz.ts";
import { seed } from "./random.ts";
import { play } from "./scenarios.ts";
import { wrongs } from "./talk.ts";
import { injecting } from "./tier.ts";
import { wander } from "./wandering.ts";
import { startWorld, type World } from "./world.ts";

interface Soaked {
  flaws: number;
  [figure: string]: unknown;
}

const crowdOf = (world: World, count: number) => gather(world.stores, world.env.JWT_KEYS!, world.front.port, count);

async function wandering(): Promise<Soaked> {
  await using world = await startWorld({ nodes: 2 });
  using crowd = await crowdOf(world, 2_000);
  const { breaks, ...figures } = await wander(world.redis, crowd.guests, 60_000);
  const faulty = /unhandled|a fault of ours|request failed/i.test(world.logs()) ? 1 : 0;
  const idle = figures.matches < 1_000 ? 1 : 0;
  return { guests: 2_000, ...figures, breaks: breaks.slice(0, 5), flaws: breaks.length + faulty + idle };
}

async function cut(): Promise<Soaked> {
  await using world = await startWorld({ nodes: 2 });
  using crowd = await crowdOf(world, 2_000);
  const from = Date.now();
  world.front.cut(1);
  await until(
    "all have noticed",
    () => crowd.guests.every((guest) => !guest.online || guest.backMs.length > 0),
    30_000,
  );
  await until("all are back", () => crowd.online() === 2_000, 60_000);
  const allMs = Date.now() - from;
  const shares = Object.values(crowd.spread());
  const back = percentiles(crowd.guests.flatMap((guest) => guest.backMs));
  const uneven = shares.length !== 2 || Math.min(...shares) < 500 ? 1 : 0;
  return { sockets: 2_000, allMs, back, shares, flaws: (allMs > 10_000 ? 1 : 0) + uneven };
}

async function halfOpen(): Promise<Soaked> {
  await using world = await startWorld({ nodes: 2 });
  using crowd = await crowdOf(world, 40);
  const chatter = await chat(crowd.guests);
  await chatter.healed();
  const from = Date.now();
  world.back.stall(true);
  const health = new Set<number | undefined>();
  for (let i = 0; i < 30; i++) {
    for (const status of await Promise.all(world.tiers.map((tier) => tier.health("/health")))) health.add(status);
    await sleep(500);
  }
  world.back.stall(false);
  const codes = chatter.codesSince(from);
  const healedMs = await chatter.healed();
  await chatter.stop();
  const { falseAcks, storedTwice } = await chatter.check(world.redis);
  const answers = percentiles(chatter.since(from).map(({ ms }) => ms));
  const strange = Object.keys(codes).filter((code) => !["ok", "unavailable"].includes(code));
  const late = answers.maxMs > 2_000 ? 1 : 0;
  const unseen = codes.unavailable ? 0 : 1;
  const dead = [...health].filter((status) => status !== 200).length;
  const wrong = falseAcks + storedTwice + strange.length;
  return { codes, healedMs, answers, falseAcks, storedTwice, health: [...health], flaws: wrong + late + unseen + dead };
}

async function slowReader(): Promise<Soaked> {
  // What V8 has not collected yet is neither of a slow reader nor of any other: on a busy machine tens of MB, either way.
  await using world = await startWorld({ nodes: 1, env: injecting("collect") });
  const options = { before: 20_000, messages: 50_000, textBytes: 2_000 };
  const figures = await flood(world.tiers[0]!, world.stores, world.env.JWT_KEYS!, options);
  const slowed = figures.others.p99Ms > 2 * Math.max(1, figures.othersBefore.p99Ms) ? 1 : 0;
  return { ...figures, flaws: figures.refused + (figures.grownMB > 20 ? 1 : 0) + slowed };
}

async function fuzzed(): Promise<Soaked> {
  await using world = await startWorld({ nodes: 1 });
  const tokens = createTokens(loadConfig(world.env).secrets.jwtKeys);
  const guest = async () => {
    const { user } = await world.stores.sessions.create({});
    return { user, token: tokens.issue(user.id).token };
  };
  const figures = await fuzz(world.tiers[0]!, guest, 20_000);
  // Attackers and honest guests share this process: what they cost each other here is not the node's.
  const slowed = figures.meanwhile.p99Ms > 2 * Math.max(15, figures.inPeace.p99Ms) ? 1 : 0;
  const faulty = /unhandled|a fault of ours|request failed/i.test(world.logs()) ? 1 : 0;
  const unheard = figures.said - figures.heard + figures.outOfOrder;
  return { ...figures, flaws: figures.replaced + unheard + (figures.grownMB > 50 ? 1 : 0) + slowed + faulty };
}

const soaks: Record<string, () => Promise<Soaked>> = {
  kill: async () => {
    const { logs: _, ...figures } = await play("kill", { pairs: 500, perSecond: 2_000 });
    return { flaws: wrongs(figures) + (figures.reconnectP99Ms! > 3_000 ? 1 : 0) };
  },
  wandering,
  cut,
  "half-open": halfOpen,
  "slow-reader": slowReader,
  fuzz: fuzzed,
};

const names = process.argv.slice(2);
let failed = false;
for (const name of names.length > 0 ? names : Object.keys(soaks)) {
  const figures = await soaks[name]?.();
  if (!figures) throw new Error(`there is no soak ${name}: choose of ${Object.keys(soaks).join(", ")}`);
  console.log(JSON.stringify({ soak: name, seed, ...figures }));
  failed ||= figures.flaws > 0;
}
process.exit(failed ? 1 : 0);

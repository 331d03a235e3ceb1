/** What a cell carries and what that costs, worked out from measured figures, stated habits and a price list. `npx tsx test/growth/index.ts` */
import { measured } from "./speed.ts";

/** What a guest is taken to do: a message each 10 s, with a receipt and a sign of typing that cost as much as it does; 20 minutes a visit. */
export const habits = {
  messagesPerS: 0.1,
  eventsPerMessage: 3,
  bytesPerMessage: 1_000,
  visitS: 1_200,
  requestsPerVisit: 3,
};
/** How full a processor may be before waiting grows: the simulation says what waits then. */
export const load = 0.6;
/** Of ours: two of a task's processors are two nodes. */
const socketsPerNode = 20_000;

/** Dollars in eu-west-1, on demand, without free tiers. From memory, not from AWS: there is no network here. Check them before you rely on them. */
export const prices = {
  listed: "mid 2025, from memory",
  vCpuHour: 0.03238, // Fargate, arm64
  gbHour: 0.00356,
  redisHour: { "m7g.large": 0.141, "t4g.micro": 0.0144 }, // ElastiCache for Valkey
  balancerHour: 0.0252,
  balancerUnitHour: 0.008,
  addressHour: 0.005,
  gbOut: 0.09,
  millionRequests: 1.11 + 0.2, // HTTP API and Lambda
  gbS: 0.0000133334, // Lambda, arm64
};
const monthHours = 730;

export function cell() {
  const perGuest = habits.messagesPerS * habits.eventsPerMessage;
  const byRedis = Math.floor((load * 1e6) / (perGuest * measured.redisMicros));
  const byNode = Math.min(socketsPerNode, Math.floor((load * 1e6) / (perGuest * measured.nodeMicros)));
  return {
    guests: byRedis,
    guestsPerNode: byNode,
    nodes: Math.ceil(byRedis / byNode),
    nodeMiB: Math.round((byNode * measured.socketKiB) / 1024),
  };
}

/** As sst.config.ts has them: the tests of it compare. */
export const stages = {
  production: { tasks: 2, mostTasks: 10, vCpu: 2, gb: 4, redis: "m7g.large", redisNodes: 2 },
  "one's own": { tasks: 1, mostTasks: 2, vCpu: 0.5, gb: 1, redis: "t4g.micro", redisNodes: 1 },
} as const;
export type StageName = keyof typeof stages;

/** Dollars a month for one container more. */
export function containerMonth(stage: StageName): number {
  const { vCpu, gb } = stages[stage];
  return Math.round((vCpu * prices.vCpuHour + gb * prices.gbHour + prices.addressHour) * monthHours);
}

/** Dollars a month: what stands there anyway, and what each 1,000 guests who are there all the time add. */
export function cost(stage: StageName) {
  const { tasks, vCpu, gb, redis, redisNodes } = stages[stage];
  const standing =
    tasks * (vCpu * prices.vCpuHour + gb * prices.gbHour) +
    redisNodes * prices.redisHour[redis] +
    prices.balancerHour +
    (tasks + 2) * prices.addressHour;
  const seconds = monthHours * 3_600;
  const gbOut = (1_000 * habits.messagesPerS * seconds * habits.bytesPerMessage) / 1e9;
  const requests = (1_000 * seconds * habits.requestsPerVisit) / habits.visitS;
  const balancerUnits = Math.max(1_000 / 3_000, (2 * gbOut) / monthHours); // connections, or bytes both ways
  const perThousand =
    gbOut * prices.gbOut +
    balancerUnits * prices.balancerUnitHour * monthHours +
    (requests / 1e6) * prices.millionRequests +
    requests * 0.5 * 0.03 * prices.gbS;
  const nodes = tasks * Math.max(1, Math.floor(vCpu));
  const carries = Math.floor(Math.min(cell().guests, nodes * cell().guestsPerNode * Math.min(1, vCpu)) / 1_000) * 1_000;
  return { standing: Math.round(standing * monthHours), perThousand: Math.round(perThousand), carries };
}

/** Redis as one server: messages come at random, each takes its time. @returns the p99 of the wait, in ms */
export function simulateRedis(utilisation: number, messages: number, random: () => number): number {
  const serviceMs = measured.redisMicros / 1_000;
  const waits: number[] = [];
  let [now, freeAt] = [0, 0];
  for (let n = 0; n < messages; n++) {
    now += (-Math.log(1 - random()) * serviceMs) / utilisation;
    waits.push(Math.max(0, freeAt - now));
    freeAt = Math.max(now, freeAt) + serviceMs;
  }
  return waits.toSorted((a, b) => a - b)[Math.floor(0.99 * messages)]!;
}

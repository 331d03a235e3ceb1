/**
 * Matches a second, while ten thousand stand in the queue and hold out: over sockets at two nodes, and at the store, over one
 * connection. The peer's list takes anyone, so nobody can hold out in it.
 */
import type { MatchesPlan } from "./matches-load.ts";
import { ask, type Running, start } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";
import { type Side, startPasserby, startPeer } from "./sides.ts";
import { unwidened } from "./standing.ts";
import type { Many } from "./wire.ts";

export const matches: Ask = ({ quick, redis, redisUrl, redisPid }) => {
  const searching = quick ? 2_000 : 10_000;
  const [sockets, guests] = quick ? [500, 6_000] : [2_000, 30_000];
  const plan: MatchesPlan = { redisUrl, redisPid, nodePids: [], searching, guests };

  async function overSockets(load: Running, begin: () => Promise<Side>): Promise<Figures> {
    await using side = await begin();
    const many: Many = { ports: side.ports, welcome: side.welcome, auths: await side.auths(sockets), inFlight: 50 };
    return await ask<Figures>(load, "meet", many);
  }

  return {
    name: "matches",
    title: `Matches, ${searching} others searching at ours`,
    rows: [
      { figure: "overSocketsPerSecond", what: "over sockets, two nodes: matches a second", better: "more" },
      { figure: "overSocketsP95Ms", what: "… wait p95, ms", better: "less" },
      { figure: "perSecond", what: "at the store: matches a second", better: "more" },
      { figure: "redisMicros", what: "… Redis CPU, µs a match", better: "less" },
      { figure: "waitP95Ms", what: "… wait p95, ms", better: "less" },
    ],
    sides: [
      {
        name: "Passerby",
        async measure() {
          await using load = start("matches-load.ts");
          await ask(load, "search", plan);
          const told = await overSockets(load, () => startPasserby(redisUrl, 2, unwidened));
          return { ...told, ...(await ask<Figures>(load, "match", plan)) };
        },
      },
      {
        name: "a list, no wishes",
        async measure() {
          await using load = start("matches-load.ts");
          const told = await overSockets(load, () => startPeer("list", redisUrl, 2));
          await redis.flushdb();
          return { ...told, ...(await ask<Figures>(load, "list", plan)) };
        },
      },
    ],
  };
};

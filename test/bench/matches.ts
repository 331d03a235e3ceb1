/** Matches a second at the store, over one connection, while ten thousand stand in the queue and hold out; each is told to both sides' nodes. */
import type { MatchesPlan } from "./matches-load.ts";
import { ask, start } from "./processes.ts";
import type { Ask, Figures } from "./question.ts";

export const matches: Ask = ({ quick, redisUrl, redisPid }) => {
  const searching = quick ? 3_000 : 10_000;
  const plan: MatchesPlan = { redisUrl, redisPid, nodePids: [], searching, guests: quick ? 12_000 : 30_000 };
  const side = (name: string, job: string) => ({
    name,
    async measure() {
      await using load = start("matches-load.ts");
      return await ask<Figures>(load, job, plan);
    },
  });
  return {
    name: "matches",
    title: `Matches at the store, ${searching} others searching`,
    rows: [
      { figure: "perSecond", what: "matches a second", better: "more" },
      { figure: "redisMicros", what: "Redis CPU, µs a match", better: "less" },
      { figure: "waitP95Ms", what: "wait p95, ms", better: "less" },
    ],
    sides: [side("Passerby", "match"), side("a Redis list, no wishes", "list")],
  };
};

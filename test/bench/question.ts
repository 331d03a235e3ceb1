/** What a question of the bench is: how it is asked of each side, and how the answer reads. */
import type { Redis } from "ioredis";

/** By name; each name ends in its unit. */
export type Figures = Record<string, number>;

export interface Row {
  figure: string;
  what: string;
  better: "more" | "less";
}

export interface Question {
  /** As it is typed: `npm run bench -- pairs growth`. */
  name: string;
  title: string;
  rows: Row[];
  /** Us first. In each round all take turns, one at a time; a figure that a side does not give is left empty. */
  sides: { name: string; measure: () => Promise<Figures> }[];
}

export interface Bench {
  /** One round, shorter: to see that it works. */
  quick: boolean;
  redisUrl: string;
  redis: Redis;
  redisPid: number;
}

export type Ask = (bench: Bench) => Question;

/** Asks a question round by round, each side by itself, taking turns: the machine's mood then falls on all. */
import { cpus } from "node:os";
import { watchFamily } from "./family.ts";
import { median } from "./numbers.ts";
import { machineSeconds } from "./proc.ts";
import { takeUsed, type Used } from "./processes.ts";
import type { Bench, Figures, Question } from "./question.ts";

export interface Measurement {
  round: number;
  side: string;
  figures: Figures;
  seconds: number;
  /** CPU of the machine that went to none of our processes: what else was running. 0 to 1 */
  noiseShare: number;
  processes: Used[];
}

export interface Answered {
  question: Question;
  /** Medians, in the order of the question's sides. */
  medians: Figures[];
  /** What we are of each side: the median of the rounds' own ratios, since from round to round the machine is not the same. */
  ratios: Figures[];
  measurements: Measurement[];
}

async function measureOnce(
  { redis, redisPid }: Bench,
  side: Question["sides"][number],
  round: number,
): Promise<Measurement> {
  await redis.flushdb();
  takeUsed();
  const [from, machine] = [performance.now(), machineSeconds()];
  using family = watchFamily([process.pid, redisPid]);
  const figures = await side.measure();
  const seconds = (performance.now() - from) / 1000;
  const all = machineSeconds() - machine;
  const ours = family.used();
  // Of those that are started here it is known to their last moment.
  const told = takeUsed();
  const pids = new Set(told.map(({ pid }) => pid));
  const processes = [...told, ...ours.processes.filter(({ pid }) => !pids.has(pid))];
  const noiseShare = Math.max(0, all - ours.seconds) / (seconds * cpus().length);
  return { round, side: side.name, figures, seconds, noiseShare, processes };
}

const mediansOf = (all: Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(all[0]!).flatMap((name) => {
      const values = all.map((figures) => figures[name]!).filter(Number.isFinite);
      return values.length === 0 ? [] : [[name, median(values)]];
    }),
  );

const ratioOf = (ours: Figures, theirs: Figures): Figures =>
  Object.fromEntries(Object.entries(ours).map(([name, value]) => [name, value / (theirs[name] ?? NaN)]));

export async function answer(question: Question, bench: Bench): Promise<Answered> {
  const { sides } = question;
  const measurements: Measurement[] = [];
  // Where there is no peer, nothing is compared, and the machine's changes need no turns.
  for (let round = 0; round < (bench.quick || sides.length === 1 ? 1 : 3); round++)
    for (let turn = 0; turn < sides.length; turn++)
      measurements.push(await measureOnce(bench, sides[(turn + round) % sides.length]!, round));
  const rounds = sides.map(({ name }) =>
    measurements.filter(({ side }) => side === name).map(({ figures }) => figures),
  );
  const ours = rounds[0]!;
  return {
    question,
    medians: rounds.map(mediansOf),
    ratios: rounds.map((theirs) => mediansOf(theirs.map((figures, round) => ratioOf(ours[round]!, figures)))),
    measurements,
  };
}

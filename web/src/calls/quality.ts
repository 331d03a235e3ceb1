/** How good a connection is, from two looks at its statistics. Pure. */

export interface Sample {
  atMs: number;
  rttMs?: number;
  received: number;
  lost: number;
  frozenMs: number;
  /** Of what is heard: the sum of its energy, and over how many seconds. */
  energy: number;
  heardS: number;
  /** Of our own end: whether the other one sees a relay's address in place of ours. */
  relayed?: boolean;
}

/** Loud enough, over the whole time between two looks, to be somebody's voice. */
const VOICE_LEVEL = 0.01;

export type Quality = "good" | "fair" | "poor";

const BOUNDS = {
  fair: { lossRatio: 0.03, rttMs: 300, frozenRatio: 0.02 },
  poor: { lossRatio: 0.1, rttMs: 700, frozenRatio: 0.15 },
};

type Entry = RTCStats & Record<string, unknown>;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);

export function sampleOf(report: RTCStatsReport, atMs: number): Sample {
  const all = [...(report as unknown as Map<string, Entry>).values()];
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  const inbound = all.filter(({ type }) => type === "inbound-rtp");
  const sum = (name: string) => inbound.reduce((total, entry) => total + number(entry[name]), 0);
  // Firefox marks the pair itself.
  const selected =
    all.find((entry) => entry.type === "transport" && entry["selectedCandidatePairId"])?.["selectedCandidatePairId"] ??
    all.find((entry) => entry.type === "candidate-pair" && entry["selected"])?.id;
  const pair = byId.get(selected as string);
  const local = pair && byId.get(pair["localCandidateId"] as string);
  const rttS = pair?.["currentRoundTripTime"];
  return {
    atMs,
    ...(typeof rttS === "number" && { rttMs: rttS * 1000 }),
    received: sum("packetsReceived"),
    lost: sum("packetsLost"),
    frozenMs: sum("totalFreezesDuration") * 1000,
    energy: sum("totalAudioEnergy"),
    heardS: inbound.reduce((most, entry) => Math.max(most, number(entry["totalSamplesDuration"])), 0),
    ...(local && { relayed: local["candidateType"] === "relay" }),
  };
}

export function qualityOf(before: Sample, now: Sample): Quality {
  const packets = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  const lossRatio = packets + lost > 0 ? lost / (packets + lost) : 0;
  const frozenRatio = Math.max(0, now.frozenMs - before.frozenMs) / Math.max(1, now.atMs - before.atMs);
  const over = (bounds: (typeof BOUNDS)["fair"]) =>
    lossRatio > bounds.lossRatio || (now.rttMs ?? 0) > bounds.rttMs || frozenRatio > bounds.frozenRatio;
  if (over(BOUNDS.poor)) return "poor";
  return over(BOUNDS.fair) ? "fair" : "good";
}

export function speaks(before: Sample, now: Sample): boolean {
  const heardS = now.heardS - before.heardS;
  return heardS > 0 && Math.sqrt(Math.max(0, now.energy - before.energy) / heardS) > VOICE_LEVEL;
}

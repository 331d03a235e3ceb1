/** One guest stops reading while the partner floods: what it costs the node and everybody else on it (A3). */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stores } from "../../shared/stores/index.ts";
import { until } from "../support/until.ts";
import { gather, percentiles } from "./crowd.ts";
import type { TierProcess } from "./tier.ts";

export interface FloodOptions {
  /** While the reader reads, so that the memory and the latency of the traffic itself are known. */
  before: number;
  /** While it does not. */
  messages: number;
  /** At most 3 kB: a text has 1,000 characters. */
  textBytes: number;
}

const AT_ONCE = 20;
const OTHERS = 5;

const rssMB = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;

/** @returns figures; `refused`: sends that were not stored */
export async function flood(tier: TierProcess, stores: Stores, jwtKeys: string, options: FloodOptions) {
  const pid = (await tier.nodePid())!;
  const text = "€".repeat(Math.round(options.textBytes / 3));
  using crowd = await gather(stores, jwtKeys, tier.port, 2 + OTHERS);
  const [reader, writer, ...others] = crowd.guests;
  await Promise.all([reader!.ask("match:join", {}), writer!.ask("match:join", {})]);
  await until("they are matched", () => writer!.heard.has("match:found"));
  const { room } = writer!.heard.get("match:found")![0] as { room: { id: string } };
  let sent = 0;
  let refused = 0;

  async function pour(count: number) {
    const to = sent + count;
    const latencies: number[] = [];
    let most = 0;
    let pouring = true;
    const streams = Array.from({ length: AT_ONCE }, async () => {
      while (sent < to) {
        const draft = { roomId: room.id, clientMessageId: `m${sent++}`, kind: "text", text } as const;
        if (!(await writer!.ask("message:send", draft))?.ok) refused += 1;
        reader!.heard.delete("message:sent");
      }
    });
    const all = Promise.all(streams).finally(() => (pouring = false));
    while (pouring) {
      const at = performance.now();
      for (const guest of others) if (!(await guest.ask("stats:watch", { on: false }))?.ok) refused += 1;
      latencies.push((performance.now() - at) / others.length);
      most = Math.max(most, rssMB(pid));
      await sleep(5);
    }
    await all;
    return { most, others: percentiles(latencies) };
  }

  const reading = await pour(options.before);
  reader!.pause();
  const paused = await pour(options.messages);
  await until("the node has let the reader go", async () => {
    const { nodes } = await stores.stats.nodes();
    return nodes.find((node) => node.pid === pid)?.sockets === crowd.guests.length - 1;
  });
  reader!.resume();
  await until("it sees the end, and comes back", () => reader!.backMs.length === 1);
  return {
    messages: options.messages,
    textBytes: options.textBytes,
    refused,
    grownMB: Math.round(paused.most - reading.most),
    othersBefore: reading.others,
    others: paused.others,
  };
}

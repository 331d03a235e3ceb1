/** What an idle connection costs: RSS of one node before and after, garbage collected. */
import { setTimeout as sleep } from "node:timers/promises";
import { heard, rssBytes, start } from "./processes.ts";
import type { Side } from "./sides.ts";

/** @returns KiB of RSS per connection */
export async function measureIdle(side: Side, connections: number): Promise<number> {
  const node = side.nodes[0]!;
  const warm = start("load.ts");
  const settle = async () => {
    // SIGUSR2 is ours to the peer and the node alike: collect garbage.
    for (let i = 0; i < 3; i++) {
      process.kill(node.pid, "SIGUSR2");
      await sleep(300);
    }
  };
  // A few first, so that what is loaded and compiled once is not counted.
  warm.child.send({ kind: "idle", plan: { port: side.ports[0], auths: await side.auths(200) } });
  await heard(warm.child, (message) => (message as { result?: unknown }).result);
  await settle();
  const before = rssBytes(node.pid);
  await using load = start("load.ts");
  load.child.send({ kind: "idle", plan: { port: side.ports[0], auths: await side.auths(connections) } });
  await heard(load.child, (message) => (message as { result?: unknown }).result);
  await sleep(1_000);
  await settle();
  const after = rssBytes(node.pid);
  await warm[Symbol.asyncDispose]();
  return Math.round(((after - before) / connections / 1024) * 10) / 10;
}

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cluster, startCluster } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

test("[D1] two guests on two nodes: acked messages have seqs 1, 2, 3 without holes, and both see them", async () => {
  const [a, b, room] = await cluster.pair();
  for (let i = 1; i <= 10; i++) {
    const { message } = await (i % 2 ? a : b).say(room, `message ${i}`);
    expect(message.seq).toBe(i);
  }
});

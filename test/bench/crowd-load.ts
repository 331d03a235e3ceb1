/** The load generator of a large room, a process of its own: everybody listens, ten take turns to speak. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectWire, type WireClient } from "./wire.ts";

export interface CrowdPlan {
  ports: number[];
  auths: object[];
  /** To be joined after connecting; without it the handshake says the room. */
  roomId?: string;
  perSecond: number;
  forMs: number;
}

export interface CrowdResult {
  messages: number;
  /** Of what everybody should have heard. */
  heardShare: number;
  p50Ms: number;
  p99Ms: number;
}

const SPEAKERS = 10;
const SETTLE_MS = 2_000;

async function gather({ ports, auths, roomId, perSecond, forMs }: CrowdPlan): Promise<CrowdResult> {
  const text = "a message of an ordinary length, as people write them in chats";
  const clients: WireClient[] = [];
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  for (let n = 0; n < auths.length; n += 50) {
    const some = auths.slice(n, n + 50);
    clients.push(...(await Promise.all(some.map((auth, i) => connectWire(ports[(n + i) % ports.length]!, auth)))));
  }
  for (const client of clients) {
    if (roomId) await new Promise((resolve) => client.emit("room:join", { roomId }, resolve));
    client.on("message:sent", ({ message }: { message: { clientMessageId: string } }) =>
      latencies.push(performance.now() - sentAt.get(message.clientMessageId)!),
    );
  }
  await sleep(SETTLE_MS);
  process.send?.("measure");
  const total = Math.round((perSecond * forMs) / 1000);
  for (let n = 0; n < total; n++) {
    const clientMessageId = `m${n}`;
    sentAt.set(clientMessageId, performance.now());
    const draft = { ...(roomId && { roomId, kind: "text" }), clientMessageId, text };
    clients[n % SPEAKERS]!.emit("message:send", draft, (answer) => {
      if (!answer.ok) throw new Error(JSON.stringify(answer));
    });
    await sleep(1000 / perSecond);
  }
  await sleep(SETTLE_MS / 2);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
  const heardShare = latencies.length / (total * (clients.length - 1));
  return { messages: total, heardShare, p50Ms: at(0.5), p99Ms: at(0.99) };
}

process.on("message", (plan: CrowdPlan) => void gather(plan).then((result) => process.send?.({ result })));
process.on("disconnect", () => process.exit(0));

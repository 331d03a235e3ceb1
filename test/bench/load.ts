/** The load generator, a process of its own: pairs that talk as fast as acks come back. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectWire, type WireClient } from "./wire.ts";

export interface PairPlan {
  ports: [number, number];
  /** Handshakes of the two sides of each pair. */
  pairs: [object, object][];
  /** Ask the server to match the two, rather than being in a room by handshake. */
  match: boolean;
  /** Messages on the way per side. */
  window: number;
  warmMs: number;
  forMs: number;
}

export interface PairResult {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

async function talk(plan: PairPlan): Promise<PairResult> {
  const text = "a message of an ordinary length, as people write them in chats";
  const sides: { client: WireClient; room: string }[] = [];
  let delivered = 0;
  const latencies: number[] = [];
  const sentAt = new Map<string, number>();
  let counting = false;
  let running = true;

  for (const auths of plan.pairs) {
    const clients = [await connectWire(plan.ports[0], auths[0]), await connectWire(plan.ports[1], auths[1])] as const;
    let room = "";
    if (plan.match) {
      const found = new Promise<string>((resolve) => {
        clients[0].on("match:found", (event: { room: { id: string } }) => resolve(event.room.id));
      });
      for (const client of clients) await new Promise((resolve) => client.emit("match:join", {}, resolve));
      room = await found;
    }
    for (const client of clients) {
      client.on("message:sent", ({ message }: { message: { clientMessageId: string } }) => {
        const at = sentAt.get(message.clientMessageId);
        sentAt.delete(message.clientMessageId);
        if (!counting || at === undefined) return;
        delivered += 1;
        latencies.push(performance.now() - at);
      });
      sides.push({ client, room });
    }
  }
  const roomOf = (room: string) => (plan.match ? { roomId: room, kind: "text" } : {});
  let n = 0;
  const send = ({ client, room }: (typeof sides)[number]) => {
    const clientMessageId = `m${n++}`;
    sentAt.set(clientMessageId, performance.now());
    client.emit("message:send", { ...roomOf(room), clientMessageId, text }, (answer) => {
      if (!answer.ok) throw new Error(JSON.stringify(answer));
      if (running) send({ client, room });
    });
  };
  for (const side of sides) for (let i = 0; i < plan.window; i++) send(side);
  await sleep(plan.warmMs);
  process.send?.("measure");
  counting = true;
  const from = performance.now();
  await sleep(plan.forMs);
  counting = false;
  const seconds = (performance.now() - from) / 1000;
  process.send?.("measured");
  running = false;
  await sleep(300);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
  return { perSecond: Math.round(delivered / seconds), p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Holds idle connections. */
async function idle(plan: { port: number; auths: object[] }): Promise<{ connected: number }> {
  const clients: WireClient[] = [];
  for (let start = 0; start < plan.auths.length; start += 50) {
    clients.push(
      ...(await Promise.all(plan.auths.slice(start, start + 50).map((auth) => connectWire(plan.port, auth)))),
    );
  }
  return { connected: clients.length };
}

process.on("message", ({ kind, plan }: { kind: "talk" | "idle"; plan: never }) => {
  void (kind === "talk" ? talk(plan) : idle(plan)).then((result) => process.send?.({ result }));
});
process.on("disconnect", () => process.exit(0));

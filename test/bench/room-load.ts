/** A large room: everybody listens, ten take turns to speak. */
import { setTimeout as sleep } from "node:timers/promises";
import { serveJobs } from "./jobs.ts";
import { latencies } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";
import { connectMany } from "./wire.ts";

export interface RoomPlan extends Watched {
  ports: number[];
  auths: object[];
  welcome?: string;
  /** To be joined after connecting; without it the handshake says the room. */
  roomId?: string;
  perSecond: number;
  forMs: number;
}

const SPEAKERS = 10;
const SETTLE_MS = 1_500;
/** Not heard for so long after the last was sent: never. */
const LOST_MS = 5_000;
const TEXT = "a message of an ordinary length, as people write them in chats";

async function gather({ ports, auths, welcome, roomId, perSecond, forMs, ...watch }: RoomPlan) {
  const sentAt = new Map<string, number>();
  const times: number[] = [];
  const { clients } = await connectMany({ ports, auths, welcome, inFlight: 50 });
  for (const client of clients) {
    if (roomId) await new Promise((resolve) => client.emit("room:join", { roomId }, resolve));
    client.on("message:sent", ({ message }: { message: { clientMessageId: string } }) =>
      times.push(performance.now() - sentAt.get(message.clientMessageId)!),
    );
  }
  await sleep(SETTLE_MS);
  const micros = watchCpu(watch);
  const total = Math.round((perSecond * forMs) / 1000);
  for (let n = 0; n < total; n++) {
    const clientMessageId = `m${n}`;
    sentAt.set(clientMessageId, performance.now());
    const draft = { ...(roomId && { roomId, kind: "text" }), clientMessageId, text: TEXT };
    clients[n % SPEAKERS]!.emit("message:send", draft, (answer) => {
      if (!answer.ok) throw new Error(JSON.stringify(answer));
    });
    await sleep(1000 / perSecond);
  }
  const expected = total * (clients.length - 1);
  for (const end = performance.now() + LOST_MS; times.length < expected && performance.now() < end;) await sleep(10);
  return { ...micros(total), ...latencies(times), heardShare: times.length / expected };
}

serveJobs({ gather });

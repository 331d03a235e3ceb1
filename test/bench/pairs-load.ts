/** Pairs that talk: as fast as their partners hear them, or at a steady pace. */
import { setTimeout as sleep } from "node:timers/promises";
import { serveJobs } from "./jobs.ts";
import { latencies } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";
import { connectMany, type WireClient } from "./wire.ts";

export interface PairsPlan {
  /** Neighbours in the list are a pair, and on neighbouring ports. */
  auths: object[];
  ports: number[];
  /** Ask the server to match the two, rather than being in a room by handshake. */
  match: boolean;
  welcome?: string;
}

export interface TalkPlan extends Watched {
  /** A steady pace of all together; without it a sender goes on as soon as the partner has heard. */
  perSecond?: number;
  warmMs: number;
  forMs: number;
}

export interface Talked {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  nodeMicros: number;
  redisMicros: number;
  /** Of the whole job, warming up included. */
  sent: number;
  heard: number;
}

interface Talker {
  client: WireClient;
  room: string;
}

const TEXT = "a message of an ordinary length, as people write them in chats";
/** Not heard for so long: it is taken for lost, and a sender who waits for that goes on. */
const LOST_MS = 5_000;
const MARK = '"clientMessageId":"';
const talkers: Talker[] = [];
const underWay = new Map<string, { at: number; talker: Talker }>();
let onHeard = (_talker: Talker, _ms: number) => {};
let sent = 0;

async function connect({ auths, ports, match, welcome }: PairsPlan): Promise<void> {
  const { clients } = await connectMany({ auths, ports, inFlight: 20, welcome });
  for (let n = 0; n < clients.length; n += 2) {
    const pair = clients.slice(n, n + 2);
    const room = match ? await matched(pair) : "";
    for (const client of pair) {
      client.onText("message:sent", (json) => {
        const id = clientMessageIdIn(json);
        const found = underWay.get(id);
        if (!found || !underWay.delete(id)) return;
        onHeard(found.talker, performance.now() - found.at);
      });
      talkers.push({ client, room });
    }
  }
}

/** Found, not parsed: what this process takes of the cores is taken from those who are measured, and from whoever says more the most. */
function clientMessageIdIn(json: string): string {
  const from = json.indexOf(MARK) + MARK.length;
  return json.slice(from, json.indexOf('"', from));
}

async function matched(pair: WireClient[]): Promise<string> {
  const found = new Promise<string>((resolve) => {
    pair[0]!.on("match:found", (event: { room: { id: string } }) => resolve(event.room.id));
  });
  for (const client of pair) await new Promise((resolve) => client.emit("match:join", {}, resolve));
  return found;
}

function send(talker: Talker): void {
  const clientMessageId = `m${sent++}`;
  underWay.set(clientMessageId, { at: performance.now(), talker });
  const draft = { ...(talker.room && { roomId: talker.room, kind: "text" }), clientMessageId, text: TEXT };
  talker.client.tell("message:send", draft);
}

async function pace(perSecond: number, until: number): Promise<void> {
  const from = performance.now();
  const before = sent;
  for (let now = from; now < until; now = performance.now()) {
    const due = ((now - from) * perSecond) / 1000;
    while (sent - before < due) send(talkers[sent % talkers.length]!);
    await sleep(1);
  }
}

async function talk({ perSecond, warmMs, forMs, ...watch }: TalkPlan): Promise<Talked> {
  const times: number[] = [];
  const before = sent;
  let [counting, running, heard] = [false, true, 0];
  onHeard = (talker, ms) => {
    heard += 1;
    if (counting) times.push(ms);
    if (running && perSecond === undefined) send(talker);
  };
  const givingUp = setInterval(() => {
    for (const [id, { at, talker }] of underWay) {
      if (performance.now() - at < LOST_MS) break; // the oldest come first
      underWay.delete(id);
      if (running && perSecond === undefined) send(talker);
    }
  }, 500);
  const pacing = perSecond && pace(perSecond, performance.now() + warmMs + forMs);
  if (!pacing) talkers.forEach(send);

  await sleep(warmMs);
  const from = performance.now();
  const micros = watchCpu(watch);
  counting = true;
  await sleep(forMs);
  counting = false;
  const figures = {
    perSecond: Math.round(times.length / ((performance.now() - from) / 1000)),
    ...micros(times.length),
  };
  running = false;
  await pacing;
  for (const end = performance.now() + LOST_MS; underWay.size > 0 && performance.now() < end;) await sleep(10);
  clearInterval(givingUp);
  underWay.clear();
  return { ...figures, ...latencies(times), sent: sent - before, heard };
}

serveJobs({ connect, talk });

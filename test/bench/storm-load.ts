/** Guests with the real clients behind a balancer that cuts them all off at once. */
import { io } from "socket.io-client";
import { createClient } from "../../shared/client/index.ts";
import { type Balancer, startBalancer } from "../faults/balancer.ts";
import { until } from "../support/until.ts";
import { serveJobs } from "./jobs.ts";
import { quantile } from "./numbers.ts";
import { watchCpu, type Watched } from "./proc.ts";

export interface StormPlan {
  ports: number[];
  auths: object[];
  /** Ours, with their pairs; without it those of socket.io-client as it comes. */
  ours: boolean;
}

interface StormGuest {
  online: () => boolean;
  /** Has been lost and found since. */
  backAt?: number;
}

const BATCH = 50;
const WITHIN_MS = 60_000;
const guests: StormGuest[] = [];
let balancer: Balancer;

async function ours(socketUrl: string, { token }: { token: string }): Promise<StormGuest> {
  const { sub } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as { sub: string };
  const user = { id: sub, username: "guest" };
  const credentials = { token, socketUrl, user, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const client = createClient({
    httpUrl: "",
    storage: { load: () => ({ version: 1, credentials, obtainedMs: Date.now() }), save: () => {} },
  });
  const guest: StormGuest = { online: () => client.getState().connection.state === "online" };
  client.resume();
  await until("a guest is in", guest.online, WITHIN_MS);
  await client.join({});
  await until("a guest is matched", () => Object.keys(client.getState().rooms).length > 0, WITHIN_MS);
  let wasOnline = true;
  client.subscribe(() => {
    if (guest.online() && !wasOnline) guest.backAt = performance.now();
    wasOnline = guest.online();
  });
  return guest;
}

async function bare(socketUrl: string, auth: object): Promise<StormGuest> {
  const socket = io(socketUrl, { transports: ["websocket"], forceNew: true, auth });
  const guest: StormGuest = { online: () => socket.connected };
  await until("a guest is in", guest.online, WITHIN_MS);
  socket.on("connect", () => (guest.backAt = performance.now()));
  return guest;
}

async function gather(plan: StormPlan): Promise<void> {
  balancer = await startBalancer(plan.ports);
  const url = `http://127.0.0.1:${balancer.port}`;
  for (let n = 0; n < plan.auths.length; n += BATCH) {
    const some = plan.auths.slice(n, n + BATCH);
    guests.push(...(await Promise.all(some.map((auth) => (plan.ours ? ours(url, auth as never) : bare(url, auth))))));
  }
}

async function cut(watch: Watched) {
  const micros = watchCpu(watch);
  const from = performance.now();
  const links = balancer.cut(1);
  if (links < guests.length) throw new Error(`only ${links} of ${guests.length} were connected`);
  await until("all are back", () => guests.every((guest) => guest.backAt && guest.online()), WITHIN_MS);
  const { nodeMicros, redisMicros } = micros(guests.length);
  const times = guests.map((guest) => guest.backAt! - from);
  const seconds = (share: number) => Number((quantile(times, share) / 1000).toFixed(2));
  return { allSeconds: seconds(1), halfSeconds: seconds(0.5), nodeMicros, redisMicros };
}

serveJobs({ gather, cut });

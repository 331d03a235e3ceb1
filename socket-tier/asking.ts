/**
 * Who waits for a partner is asked every few seconds whether they are there, and keeps their place by the answer: a phone that
 * went dark is out of the queue within its lease (M5). Engine.IO's own ping would take 18 s to find out.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeContext } from "./context.ts";
import type { Guest } from "./guests.ts";
import { queueAnew } from "./matching.ts";

const BATCH = 200;

/** Private in its types; the server of Engine.IO 4 may ping at any time, and a client answers each. */
interface Pinging {
  sendPacket(type: "ping"): void;
}

export async function askWaiting(ctx: NodeContext): Promise<void> {
  const waiting = ctx.guests.all().filter(({ place }) => place);
  for (let start = 0; start < waiting.length; start += BATCH) {
    for (const guest of waiting.slice(start, start + BATCH)) ask(ctx, guest);
    await nextTurn();
  }
}

function ask(ctx: NodeContext, guest: Guest): void {
  for (const { conn } of guest.sockets) {
    if (conn.listenerCount("heartbeat") > 0) continue; // it owes an answer
    conn.once("heartbeat", () => heard(ctx, guest));
    (conn as unknown as Pinging).sendPacket("ping");
  }
}

function heard(ctx: NodeContext, guest: Guest): void {
  if (guest.place === "lapsed") queueAnew(ctx, guest.id);
  if (guest.place !== "held") return;
  ctx.stores.matching.renew(guest.id).catch((error: unknown) => ctx.logger.debug({ err: error }, "place not renewed"));
}

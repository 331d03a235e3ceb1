/** Until the streams adapter has read one entry it reads from "$" and may miss what is written between two reads. */
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeContext } from "./context.ts";

const AGAIN_MS = 100;

/** Resolves once the adapter has read an entry of the stream; while Redis is away it waits, and the node is not ready. */
export async function warmUp(ctx: NodeContext): Promise<void> {
  const { io } = ctx;
  const adapter = io.of("/").adapter as unknown as { onRawMessage(message: unknown, offset: string): void };
  const read = adapter.onRawMessage.bind(adapter);
  let warm = false;
  adapter.onRawMessage = function (message, offset) {
    warm = true;
    adapter.onRawMessage = read;
    read(message, offset);
  };
  while (!warm && ctx.state === "starting") {
    io.to("warm-up").emit("server:draining", { reconnectInMs: 0 }); // a room that nobody is in
    await sleep(AGAIN_MS);
  }
}

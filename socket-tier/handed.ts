/**
 * A connection that the primary hands to a node which dies before it took it: Node lets go neither of it nor of its guest, who
 * would wait for an answer until their own patience ends. Here it is closed, and they come back at once.
 */
import type { ChildProcess } from "node:child_process";
import type { Worker } from "node:cluster";

/** What Node's cluster says, in its own words. They are private: were they others, we would be where Node is. */
interface Handing {
  act?: string;
  seq?: number;
}

interface Taken {
  /** The `seq` it answers. */
  ack?: number;
}

export function closeUntaken(worker: Worker): void {
  const handed = new Map<number, { close(): void }>();
  const { process } = worker;
  const send = process.send.bind(process) as (...args: unknown[]) => boolean;

  process.send = ((message: Handing, handle?: { close(): void }, ...rest: unknown[]) => {
    if (message.act === "newconn" && handle) handed.set(message.seq!, handle);
    return send(message, handle, ...rest);
  }) as ChildProcess["send"];
  // Also where it answers that it takes none: the primary offers it to another.
  process.on("internalMessage", ({ ack }: Taken) => ack !== undefined && handed.delete(ack));
  worker.on("exit", () => {
    // After this turn, in which its last words are read.
    setImmediate(() => handed.forEach((handle) => handle.close()));
  });
}

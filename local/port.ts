import { createServer, type AddressInfo } from "node:net";

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once("error", reject)
      .listen(port, "127.0.0.1", () => {
        const { port: got } = server.address() as AddressInfo;
        server.close(() => resolve(got));
      });
  });
}

/** Below the ports that systems give to outgoing connections (Linux: 32768 and up), and above those that services have names for. */
const PRIVATE = { from: 15_000, to: 32_000 };
const TRIES = 100;

/**
 * A port of 127.0.0.1 that was free a moment ago. Not one that the system would give (port 0): between this moment and the
 * listening an outgoing connection of any program may get that.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = PRIVATE.from + Math.floor(Math.random() * (PRIVATE.to - PRIVATE.from));
    const free = await listenOnce(port).catch(() => undefined);
    if (free !== undefined) return free;
  }
  return listenOnce(0);
}

/** @throws Error with one line for the operator when `port` is taken */
export async function demandFree(name: string, port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch {
    throw new Error(`${name} ${port} is already in use; for example ${name}=${port + 100}`);
  }
}

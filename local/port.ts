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

/** A port of 127.0.0.1 that was free a moment ago. */
export const freePort = (): Promise<number> => listenOnce(0);

/** @throws Error with one line for the operator when `port` is taken */
export async function demandFree(name: string, port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch {
    throw new Error(`${name} ${port} is already in use; for example ${name}=${port + 100}`);
  }
}

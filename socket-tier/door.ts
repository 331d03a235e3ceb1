/**
 * How a node that is alone with its primary takes connections: by itself, and several a turn of its event loop. Node takes one a turn
 * (libuv since 1.45, `uv__server_io`), from the kernel as from its primary, who hands over the next when the last was answered. Where a
 * thousand guests of a node that died come to one that is busy with its own, that is seconds at the door: back p99 1.9 to 5.9 s in four
 * runs, and 1.5 to 3.2 s in ten this way (`npm run test:soak -- kill`). So the primary binds the port, never listens, and the node
 * inherits it as often as it shall take connections a turn. Several nodes are dealt theirs by the primary: evenly, which the kernel's
 * race between them is not (300 who came one by one to four: 11, 21, 100 and 168).
 */
import cluster, { type Worker } from "node:cluster";
import type { Server } from "node:http";
import * as net from "node:net";
import { getSystemErrorName } from "node:util";
import { limits } from "../shared/protocol/limits.ts";

/** For `createServer`, wherever connections come in: who is slow to say what they want is cut. */
export const patience = {
  headersTimeout: limits.connectTimeoutMs,
  requestTimeout: limits.connectTimeoutMs,
  connectionsCheckingInterval: 1_000, // by default Node looks only every 30 s
};

interface Handle {
  fd: number;
  close(): void;
}

/** What Node's cluster binds by and opens descriptors: private to it. A negative number is an error. */
const { _createServerHandle: handleOf } = net as unknown as {
  _createServerHandle(this: void, address: null, port: number, type?: undefined, fd?: number): Handle | number;
};

const A_TURN = 16;
/** After standard input, output and error, and IPC. */
const FIRST_FD = 4;
const BACKLOG = 4_096;

function good(handle: Handle | number): Handle {
  if (typeof handle === "number") throw new Error(`listen ${getSystemErrorName(handle)}`);
  return handle;
}

/** Forks a node that can `listenAtDoor`. @throws where the port cannot be bound */
export function forkAtDoor(port: number): Worker {
  const door = good(handleOf(null, port));
  cluster.setupPrimary({ stdio: ["inherit", "inherit", "inherit", "ipc", ...Array<number>(A_TURN).fill(door.fd)] });
  const worker = cluster.fork();
  door.close(); // the node's alone now: when it dies, who comes is refused, and goes to another
  return worker;
}

/** @returns stops listening. Rejects where the port was taken */
export async function listenAtDoor(http: Server, port: number): Promise<() => void> {
  const [first, ...others] = Array.from({ length: A_TURN }, (_, i) => good(handleOf(null, 0, undefined, FIRST_FD + i)));
  const listen = (server: net.Server, handle: Handle) =>
    new Promise<net.Server>((resolve, reject) => {
      server.once("error", reject).listen(handle, BACKLOG, () => resolve(server));
    });
  await listen(http, first!);
  // A port that was taken shows only now: the kernel has given us another.
  if ((http.address() as net.AddressInfo).port !== port) throw new Error("listen EADDRINUSE");
  const options = { allowHalfOpen: true, noDelay: true }; // as http's own
  const beside = () => net.createServer(options, (connection) => http.emit("connection", connection));
  const doors = await Promise.all(others.map((handle) => listen(beside(), handle)));
  return () => {
    for (const server of [http, ...doors]) server.close();
  };
}

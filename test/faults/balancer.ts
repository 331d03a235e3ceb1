/** A TCP balancer between guests and nodes (or nodes and Redis) that can delay, stall, cut, strand and black-hole. */
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Asked } from "./balancer-thread.ts";
import { seed } from "./random.ts";

/** What it can be told; done when the call returns. */
export interface Breaks {
  /** @param ports of 127.0.0.1, taken in turn; one that refuses is passed over */
  aim(ports: readonly number[]): void;
  /** Cuts this share (0 to 1) of the live links. @returns how many */
  cut(share: number): number;
  /** Bytes towards the client (or the server) vanish while on; the links stay up. */
  blackHole(direction: "toClient" | "toServer", on: boolean): void;
  /** No byte passes while on, on old links and new ones; none is lost. */
  stall(on: boolean): void;
  /** The links of this moment are dead and nobody is told, as where a router forgot them; new ones work. @returns how many */
  strand(): number;
  /** The same for the first link that passes these bytes towards the client, right after them. */
  strandAfter(bytes: string): void;
  /** The first link that passes these bytes towards the client holds them back, and what comes after, until `letGo`. */
  holdFrom(bytes: string): void;
  /** Does it? */
  holds(): boolean;
  letGo(): void;
  /** Each chunk waits this long, either way. */
  delay(ms: number): void;
  /** New links are refused while off. */
  accept(on: boolean): void;
  links(): number;
}

export interface Balancer extends Breaks, AsyncDisposable {
  port: number;
}

type Call = (balancer: number, does: Asked["does"], ...args: unknown[]) => unknown;

const ANSWER_MS = 30_000;

/**
 * Node takes one connection a turn of its event loop (libuv 1.45, `uv__server_io`), and with a thousand guests in one process a
 * turn is long: 500 who came back at once stood at the door for up to 7 s. So the door is a thread of its own.
 */
async function startThread(): Promise<Call> {
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const file = pathToFileURL("test/faults/balancer-thread.ts").href;
  const loads = `import("tsx/esm/api").then(({ register }) => (register(), import("${file}")))`;
  const thread = new Worker(loads, {
    eval: true,
    execArgv: [],
    env: { ...process.env, SEED: String(seed) },
    workerData: { port: port2, answered },
    transferList: [port2],
  });
  await once(thread, "online");
  thread.unref();
  return (balancer, does, ...args) => {
    Atomics.store(answered, 0, 0);
    port.postMessage({ balancer, does, args } satisfies Asked);
    if (Atomics.wait(answered, 0, 0, ANSWER_MS) === "timed-out")
      throw new Error(`the balancer does not answer: ${does}`);
    return receiveMessageOnPort(port)?.message as unknown;
  };
}

let thread: Promise<Call> | undefined;
let balancers = 0;

/** @param ports see `aim` */
export async function startBalancer(ports: readonly number[] = []): Promise<Balancer> {
  const call = await (thread ??= startThread());
  const balancer = balancers++;
  const tell =
    (does: Asked["does"]) =>
    (...args: unknown[]) =>
      call(balancer, does, ...args) as never;
  tell("aim")(ports);
  return {
    port: tell("port")(),
    aim: tell("aim"),
    cut: tell("cut"),
    blackHole: tell("blackHole"),
    stall: tell("stall"),
    strand: tell("strand"),
    strandAfter: tell("strandAfter"),
    holdFrom: tell("holdFrom"),
    holds: tell("holds"),
    letGo: tell("letGo"),
    delay: tell("delay"),
    accept: tell("accept"),
    links: tell("links"),
    [Symbol.asyncDispose]: async () => tell("close")(),
  };
}

/** Who may come in just now: Origin, sockets per node, sockets and handshakes per address, and nobody while the event loop is late. */
import type { IncomingMessage } from "node:http";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { Config } from "../shared/config.ts";
import { type Logger, sparing } from "../shared/logger.ts";
import { addressOf } from "../shared/middleware/client-address.ts";
import { Buckets } from "./buckets.ts";

/** Shed above, take in again below: between the two nothing changes, so that it does not flap. */
const LATE_MS = { shed: 250, accept: 100 };

type Decide = (refusal: string | null, ok: boolean) => void;

export class Admission {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #warn: ReturnType<typeof sparing>;
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });
  readonly #byAddress = new Map<string, number>();
  readonly #handshakes: Buckets;
  readonly refused = { origin: 0, late: 0, full: 0, address: 0, handshakes: 0 };
  #sockets = 0;
  #shedding = false;
  lagMs = 0;

  constructor(config: Config, logger: Logger) {
    this.#config = config;
    this.#logger = logger;
    this.#warn = sparing(logger);
    this.#handshakes = new Buckets(config.socketsPerAddress);
  }

  /** For Socket.IO's `allowRequest`: its `cors.origin` does not guard websockets. */
  readonly allowRequest = (request: IncomingMessage, decide: Decide): void => {
    const [why, refusal] = this.#refusal(request) ?? [];
    if (why) {
      this.refused[why] += 1;
      this.#warn({ refusal }, `socket refused: ${why}`); // a storm has thousands, each line is written before it returns
    }
    decide(refusal ?? null, !refusal);
  };

  #refusal(request: IncomingMessage): [keyof Admission["refused"], string] | undefined {
    const { corsOrigins, socketsPerNode, socketsPerAddress } = this.#config;
    const { origin } = request.headers;
    // No Origin means no browser, and then no page that could be abused: the token decides.
    if (origin !== undefined && corsOrigins !== "any" && !corsOrigins.includes(origin))
      return ["origin", `origin ${origin.slice(0, 200)} is not in CORS_ORIGINS`];
    if (this.#shedding) return ["late", "this node is late"];
    if (this.#sockets >= socketsPerNode) return ["full", "this node is full (SOCKETS_PER_NODE)"];
    if (socketsPerAddress === 0) return undefined;
    const address = this.address(request);
    if ((this.#byAddress.get(address) ?? 0) >= socketsPerAddress)
      return ["address", "too many sockets from one address (SOCKETS_PER_ADDRESS)"];
    // Who connects and disconnects in a loop never has many, and each costs a handshake.
    if (!this.#handshakes.take(address))
      return ["handshakes", "too many handshakes from one address in a minute (SOCKETS_PER_ADDRESS)"];
    return undefined;
  }

  /** The network a request comes from. */
  address(request: IncomingMessage): string {
    return addressOf(request.socket.remoteAddress, request.headers["x-forwarded-for"], this.#config.trustedProxies);
  }

  /** An engine connection is there. @returns call when it is gone */
  opened(request: IncomingMessage): () => void {
    this.#sockets += 1;
    if (this.#config.socketsPerAddress === 0) return this.#left;
    const address = this.address(request);
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    return () => {
      this.#left();
      const rest = (this.#byAddress.get(address) ?? 1) - 1;
      if (rest > 0) this.#byAddress.set(address, rest);
      else this.#byAddress.delete(address);
    };
  }

  /** One function for all where addresses are not counted: a closure a socket is memory. */
  readonly #left = (): void => {
    this.#sockets -= 1;
  };

  /** Once a second, and no sooner: how late is the event loop? From the first time on; a node's own start is not counted. */
  measure(): void {
    if (this.#delay.enable()) return;
    this.lagMs = Math.max(0, Math.round((this.#delay.mean || 0) / 1e4) / 100 - 20);
    this.#delay.reset();
    const shedding = this.lagMs > (this.#shedding ? LATE_MS.accept : LATE_MS.shed);
    if (shedding !== this.#shedding)
      this.#logger.warn({ lagMs: this.lagMs }, shedding ? "late: shedding" : "in time again");
    this.#shedding = shedding;
  }

  stop(): void {
    this.#delay.disable();
  }
}

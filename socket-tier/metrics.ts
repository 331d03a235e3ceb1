/**
 * What a node counts. Guests' traffic passes plain numbers; they become Prometheus' only when somebody asks.
 * No label says anything of a guest: events, codes and purposes are closed lists.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ErrorCode } from "../shared/protocol/errors.ts";
import type { RequestName } from "../shared/protocol/index.ts";
import type { RedisPurpose } from "../shared/redis.ts";
import type { NodeContext } from "./context.ts";

const deliveryBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
const waitBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 900];

type Counts<Name extends string> = Partial<Record<Name, number>>;
type Aggregator = "sum" | "max";

export class Metrics {
  readonly registry = new Registry();
  messages = 0;
  matches = 0;
  /** Age of the oldest entry of the inbox that nobody had read at the last beat. */
  inboxLagMs = 0;
  worst = { inboxLagMs: 0, eventLoopLagMs: 0 };
  /** How much Redis' clock is ahead of this process'. */
  redisAheadMs = 0;
  readonly requests: Counts<RequestName> = {};
  readonly refusals: Counts<ErrorCode> = {};
  readonly redisErrors: Counts<RedisPurpose> = {};
  readonly #delivery = this.#histogram(
    "passerby_delivery_seconds",
    "From a message being stored to its being sent to this node's sockets, by Redis' clock",
    deliveryBuckets,
  );
  readonly #wait = this.#histogram(
    "passerby_match_wait_seconds",
    "How long each guest had waited who was told of a match",
    waitBuckets,
  );

  #histogram(name: string, help: string, buckets: number[]) {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  #gauge(name: string, help: string, aggregator: Aggregator, read: () => number): void {
    const gauge = new Gauge({
      name,
      help,
      aggregator,
      registers: [],
      collect() {
        this.set(read());
      },
    });
    this.registry.registerMetric(gauge);
  }

  #counter(name: string, help: string, read: () => number): void {
    const counter = new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
    this.registry.registerMetric(counter);
  }

  #counters(name: string, help: string, label: string, counts: Record<string, number | undefined>): void {
    const collect = function (this: Counter): void {
      this.reset();
      for (const [value, count = 0] of Object.entries(counts)) this.inc({ [label]: value }, count);
    };
    this.registry.registerMetric(new Counter({ name, help, labelNames: [label], registers: [], collect }));
  }

  /** Declares all that is told. */
  watch({ io, guests, admission, publishing }: NodeContext): void {
    this.#gauge("passerby_connections", "Live sockets", "sum", () => io.of("/").sockets.size);
    this.#gauge(
      "passerby_guests",
      "Guests with a live socket; one on two nodes counts twice",
      "sum",
      () => guests.size,
    );
    this.#counter("passerby_matches_total", "Matches told, each counted on one of its two sides", () => this.matches);
    this.#counter("passerby_messages_total", "Messages accepted here and stored", () => this.messages);
    this.#counters("passerby_requests_total", "Requests of guests", "event", this.requests);
    this.#counters(
      "passerby_refusals_total",
      "Requests and handshakes refused, by code; rate-limited is a limit hit",
      "code",
      this.refusals,
    );
    this.#counters(
      "passerby_sockets_refused_total",
      "Sockets refused before their handshake",
      "why",
      admission.refused,
    );
    this.#gauge(
      "passerby_inbox_lag_seconds",
      "Age of the oldest entry that the node's inbox holds unread",
      "max",
      () => this.inboxLagMs / 1000,
    );
    this.#gauge(
      "passerby_event_loop_lag_seconds",
      "Mean lateness of the event loop in the last second",
      "max",
      () => admission.lagMs / 1000,
    );
    this.#counters(
      "passerby_redis_errors_total",
      "Faults of the links to Redis and commands it did not carry out, by the link's purpose",
      "purpose",
      this.redisErrors,
    );
    this.#counter(
      "passerby_broadcasts_lost_total",
      "Writes of the adapter that did not succeed in time",
      () => publishing.failed,
    );
    this.#gauge("passerby_resident_memory_bytes", "Memory of the processes", "sum", () => process.memoryUsage.rss());
    this.#counter("passerby_cpu_seconds_total", "Processor time of the processes", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  /** What a log tells where nobody scrapes, worst cases since the last time; alarms on AWS read it. */
  line({ io, guests }: NodeContext) {
    const { worst, messages, matches } = this;
    this.worst = { inboxLagMs: 0, eventLoopLagMs: 0 };
    return { ...worst, connections: io.of("/").sockets.size, guests: guests.size, messages, matches };
  }

  /** Once a beat. */
  measured(inboxLagMs: number, eventLoopLagMs: number): void {
    this.inboxLagMs = inboxLagMs;
    this.worst.inboxLagMs = Math.max(this.worst.inboxLagMs, inboxLagMs);
    this.worst.eventLoopLagMs = Math.max(this.worst.eventLoopLagMs, eventLoopLagMs);
  }

  redisFailed(purpose: RedisPurpose): void {
    this.redisErrors[purpose] = (this.redisErrors[purpose] ?? 0) + 1;
  }

  requested(event: RequestName): void {
    this.requests[event] = (this.requests[event] ?? 0) + 1;
  }

  refused(code: ErrorCode): void {
    this.refusals[code] = (this.refusals[code] ?? 0) + 1;
  }

  /** @param storedAtMs by Redis' clock */
  delivered(storedAtMs: number): void {
    this.#delivery.observe(Math.max(0, Date.now() + this.redisAheadMs - storedAtMs) / 1000);
  }

  /** A guest of this node is told of a match. @param first exactly one of the two sides is */
  matched(waitedMs: number, first: boolean): void {
    this.#wait.observe(waitedMs / 1000);
    if (first) this.matches += 1;
  }
}

/** Many light guests on bare wire frames: they come back by themselves, as the real client does, and cost little. */
import { WebSocket } from "ws";
import { delayMs, reconnecting } from "../../shared/client/backoff.ts";
import type { Ack, Answer, EventName, Payload, RequestName } from "../../shared/protocol/index.ts";
import type { Stores } from "../../shared/stores/index.ts";
import { createTokens } from "../../shared/tokens.ts";
import { begun } from "../support/until.ts";

const BATCH = 50;

export class LightGuest {
  online = false;
  nodeId = "";
  /** Refused or sent away for good. */
  ended = "";
  /** How long each reconnection took. */
  readonly backMs: number[] = [];
  readonly heard = new Map<EventName, unknown[]>();
  readonly id: string;
  readonly #url: string;
  readonly #token: string;
  readonly #acks = new Map<number, (ack: Ack<never> | undefined) => void>();
  #socket: WebSocket | undefined;
  #nextId = 0;
  #attempt = 0;
  #lostAt = 0;
  #notBefore = 0;
  #stopped = false;

  constructor(port: number, id: string, token: string) {
    this.#url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
    this.id = id;
    this.#token = token;
    this.#connect();
  }

  #connect(): void {
    if (this.#stopped) return;
    const socket = (this.#socket = new WebSocket(this.#url, { perMessageDeflate: false, handshakeTimeout: 10_000 }));
    socket.on("error", () => {});
    socket.on("message", (data: Buffer) => this.#take(data.toString()));
    socket.on("close", () => this.#lost());
  }

  #lost(): void {
    for (const answer of this.#acks.values()) answer(undefined);
    this.#acks.clear();
    if (this.online) this.#lostAt = Date.now();
    this.online = false;
    const waitMs = Math.max(delayMs(this.#attempt++, reconnecting), this.#notBefore - Date.now());
    if (!this.#stopped) setTimeout(() => this.#connect(), waitMs);
  }

  #take(text: string): void {
    if (text === "2") this.#socket!.send("3");
    else if (text.startsWith("0")) this.#socket!.send(`40${JSON.stringify({ token: this.#token, protocol: 1 })}`);
    else if (text.startsWith("44")) this.#refused(text);
    else if (text.startsWith("43")) {
      const start = text.indexOf("[");
      const id = Number(text.slice(2, start));
      this.#acks.get(id)?.((JSON.parse(text.slice(start)) as [Ack<never>])[0]);
      this.#acks.delete(id);
    } else if (text.startsWith("42")) this.#hear(...(JSON.parse(text.slice(2)) as [EventName, never]));
  }

  #refused(text: string): void {
    const { data } = JSON.parse(text.slice(2)) as { data?: { code: string } };
    if (data?.code === "session-ended") this.#end(data.code);
    this.#socket!.close();
  }

  #end(why: string): void {
    this.ended = why;
    this.#stopped = true;
  }

  #hear(event: EventName, payload: { nodeId: string; reconnectInMs: number }): void {
    if (event === "session:welcome") {
      if (this.#lostAt) this.backMs.push(Date.now() - this.#lostAt);
      this.#attempt = 0;
      this.nodeId = payload.nodeId;
      this.online = true;
    } else if (event === "server:draining") this.#notBefore = Date.now() + payload.reconnectInMs;
    else if (event === "session:ended") this.#end(event);
    this.heard.set(event, [...(this.heard.get(event) ?? []), payload]);
  }

  /** Undefined where the connection went before the answer came. */
  ask<E extends RequestName>(event: E, payload: Payload<E>): Promise<Ack<Answer<E>> | undefined> {
    if (!this.online) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#acks.set(this.#nextId, resolve);
      this.#socket!.send(`42${this.#nextId++}${JSON.stringify([event, payload])}`);
    });
  }

  /** Reads no more; the link stays. */
  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Its link goes; it comes back. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** The host is gone: nothing is said. */
  close(): void {
    this.#stopped = true;
    this.#socket?.terminate();
  }
}

export interface Crowd extends Disposable {
  guests: LightGuest[];
  online(): number;
  /** How many are on each node. */
  spread(): Record<string, number>;
}

/** Comes in small batches, so that the machine is not the first fault. */
export async function gather(stores: Stores, jwtKeys: string, port: number, count: number): Promise<Crowd> {
  const [kid = "", secret = ""] = jwtKeys.split(":");
  const tokens = createTokens([{ kid, secret }]);
  const guests: LightGuest[] = [];
  const online = () => guests.filter((guest) => guest.online).length;
  while (guests.length < count) {
    const users = await Promise.all(
      Array.from({ length: Math.min(BATCH, count - guests.length) }, () => stores.sessions.create({})),
    );
    guests.push(...users.map(({ user }) => new LightGuest(port, user.id, tokens.issue(user.id).token)));
    await begun(`${guests.length} guests are welcome`, () => online() === guests.length);
  }
  return {
    guests,
    online,
    spread() {
      const nodes: Record<string, number> = {};
      for (const { nodeId } of guests) nodes[nodeId] = (nodes[nodeId] ?? 0) + 1;
      return nodes;
    },
    [Symbol.dispose]: () => guests.forEach((guest) => guest.close()),
  };
}

/** What to print of a list of durations. */
export function percentiles(list: number[]) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  return { count: list.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: Math.round(sorted.at(-1) ?? 0) };
}

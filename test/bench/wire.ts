/** A Socket.IO client reduced to its frames, so that a load generator costs little of the cores it shares. */
import { setTimeout as sleep } from "node:timers/promises";
import { openRaw } from "./raw-socket.ts";

type Listener = (payload: never) => void;

export interface WireClient {
  emit(event: string, payload: unknown, ack: (answer: { ok: boolean; data: never }) => void): void;
  on(event: string, listener: Listener): void;
  /** An answer of which nothing is read but that it is ok: another ends the process. */
  tell(event: string, payload: unknown): void;
  /** The payload as it came. */
  onText(event: string, listener: (json: string) => void): void;
  close(): void;
}

/** @param welcome an event that has to be heard too until one counts as connected (Engine.IO 4, Socket.IO 5; websocket only) */
export function connectWire(port: number, auth: object, welcome?: string): Promise<WireClient> {
  const acks = new Map<number, (answer: never) => void>();
  const listeners = new Map<string, Listener>();
  const textListeners = new Map<string, (json: string) => void>();
  let nextId = 0;
  return new Promise((resolve, reject) => {
    const client: WireClient = {
      emit(event, payload, ack) {
        acks.set(nextId, ack);
        socket.send(`42${nextId++}${JSON.stringify([event, payload])}`);
      },
      on: (event, listener) => listeners.set(event, listener),
      tell: (event, payload) => socket.send(`42${nextId++}${JSON.stringify([event, payload])}`),
      onText: (event, listener) => textListeners.set(event, listener),
      close: () => socket.destroy(),
    };
    if (welcome) listeners.set(welcome, () => resolve(client));
    const onText = (text: string) => {
      if (text === "2") socket.send("3");
      else if (text.startsWith("0")) socket.send(`40${JSON.stringify(auth)}`);
      else if (text.startsWith("40")) void (welcome || resolve(client));
      else if (text.startsWith("44")) reject(new Error(text));
      else if (text.startsWith("43")) {
        const start = text.indexOf("[");
        const id = Number(text.slice(2, start));
        const ack = acks.get(id);
        if (!ack && !text.startsWith('[{"ok":true', start)) throw new Error(text);
        ack?.((JSON.parse(text.slice(start)) as never[])[0]!);
        acks.delete(id);
      } else if (text.startsWith("42")) {
        const name = text.slice(4, text.indexOf('"', 4));
        const heard = textListeners.get(name);
        if (heard) return heard(text.slice(name.length + 6, -1));
        const [event, payload] = JSON.parse(text.slice(2)) as [string, never];
        listeners.get(event)?.(payload);
      }
    };
    const socket = openRaw(port, "/socket.io/?EIO=4&transport=websocket", onText, reject);
  });
}

export interface Many {
  ports: number[];
  auths: object[];
  inFlight: number;
  welcome?: string;
}

/** Connects them all, some at a time; one that is refused (a busy node sheds) tries again. */
export async function connectMany({ ports, auths, inFlight, welcome }: Many) {
  const clients: WireClient[] = [];
  let refused = 0;
  let next = 0;
  const lane = async () => {
    while (next < auths.length) {
      const n = next++;
      for (let attempt = 1; !clients[n]; attempt++) {
        try {
          clients[n] = await connectWire(ports[n % ports.length]!, auths[n]!, welcome);
        } catch (error) {
          refused += 1;
          if (attempt === 20) throw error;
          await sleep(100);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return { clients, refused };
}

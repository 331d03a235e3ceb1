/** A Socket.IO client reduced to its frames, so that a load generator costs little of the cores it shares. */
import { WebSocket } from "ws";

type Listener = (payload: never) => void;

export interface WireClient {
  emit(event: string, payload: unknown, ack: (answer: { ok: boolean; data: never }) => void): void;
  on(event: string, listener: Listener): void;
  close(): void;
}

/** Resolves once connected (Engine.IO 4, Socket.IO 5; websocket only). */
export function connectWire(port: number, auth: object): Promise<WireClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  });
  const acks = new Map<number, (answer: never) => void>();
  const listeners = new Map<string, Listener>();
  let nextId = 0;
  return new Promise((resolve, reject) => {
    const client: WireClient = {
      emit(event, payload, ack) {
        acks.set(nextId, ack);
        socket.send(`42${nextId++}${JSON.stringify([event, payload])}`);
      },
      on: (event, listener) => listeners.set(event, listener),
      close: () => socket.terminate(),
    };
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text === "2") socket.send("3");
      else if (text.startsWith("0")) socket.send(`40${JSON.stringify(auth)}`);
      else if (text.startsWith("40")) resolve(client);
      else if (text.startsWith("44")) reject(new Error(text));
      else if (text.startsWith("43")) {
        const start = text.indexOf("[");
        const id = Number(text.slice(2, start));
        acks.get(id)?.((JSON.parse(text.slice(start)) as never[])[0]!);
        acks.delete(id);
      } else if (text.startsWith("42")) {
        const [event, payload] = JSON.parse(text.slice(2)) as [string, never];
        listeners.get(event)?.(payload);
      }
    });
  });
}

/** Where guests talk: a world of our own, or a Passerby at somebody's address. */
import { subscribe } from "node:diagnostics_channel";
import type { Socket as Tcp } from "node:net";
import { io, type Socket } from "socket.io-client";
import type { Ack, Answer, Message } from "../../shared/protocol/index.ts";
import type { Guest } from "./guests.ts";
import { random } from "./random.ts";

export interface Entry {
  id: string;
  /** sender:clientMessageId */
  name: string;
}

export interface Field extends AsyncDisposable {
  httpUrl: string;
  /** Cuts this share (0 to 1) of the guests' links. @returns how many */
  cut(share: number): number;
  /** A room's whole log, as one of its members may read it. */
  logOf(member: Guest, roomId: string): Promise<Entry[]>;
  /** How often the log may be asked for. */
  readEveryMs: number;
}

const PAGE = 200;

/** Reads by `message:history` and cuts from this side; nothing else is needed of the cluster. */
export function remoteField(httpUrl: string): Field {
  const links = new Set<Tcp>();
  subscribe("net.client.socket", (message) => {
    const { socket } = message as { socket: Tcp };
    links.add(socket);
    socket.once("close", () => links.delete(socket));
  });
  const readers = new Map<Guest, Socket>();

  function readerOf(member: Guest): Socket {
    let reader = readers.get(member);
    if (!reader) {
      const { token, socketUrl } = member.credentials();
      reader = io(socketUrl, { auth: { token, protocol: 1 }, transports: ["websocket"], forceNew: true });
      readers.set(member, reader);
    }
    return reader;
  }

  return {
    httpUrl,
    readEveryMs: 3_000,
    cut(share) {
      const chosen = [...links].filter(() => random() < share);
      for (const link of chosen) link.destroy();
      return chosen.length;
    },
    async logOf(member, roomId) {
      const entries: Entry[] = [];
      for (let after = 0; ;) {
        const range = { roomId, after, limit: PAGE };
        const ack = (await readerOf(member).timeout(20_000).emitWithAck("message:history", range)) as Ack<
          Answer<"message:history">
        >;
        if (!ack.ok) throw new Error(`message:history: ${ack.error.code}`);
        entries.push(...ack.data.messages.map(toEntry));
        if (!ack.data.more) return entries;
        after = ack.data.messages.at(-1)!.seq;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const reader of readers.values()) reader.disconnect();
    },
  };
}

export const toEntry = ({
  id,
  sender,
  clientMessageId,
}: Pick<Message, "id" | "sender" | "clientMessageId">): Entry => ({
  id,
  name: `${sender.id}:${clientMessageId}`,
});

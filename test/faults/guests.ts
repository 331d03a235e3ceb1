/** Guests with the real client, and naive ones without outbox, cursor or order, who show that the harness can fail. */
import { io } from "socket.io-client";
import { type Client, createClient, type Saved } from "../../shared/client/index.ts";
import type { Ack, Credentials, Message } from "../../shared/protocol/index.ts";
import { isRetry, PasserbyError } from "../../shared/protocol/errors.ts";
import { randomText } from "../../shared/protocol/ids.ts";
import { type Entry, toEntry } from "./field.ts";
import { begun } from "../support/until.ts";

export interface Guest {
  id: string;
  roomId(): string | undefined;
  /** @param interests that strangers do not share, so that our guests meet each other */
  join(interests?: string[]): Promise<void>;
  send(text: string): void;
  /** All that ever was, in that order. */
  shown: Entry[];
  /** What is on the screen now: sender:clientMessageId. */
  screen(): string[];
  /** clientMessageIds of all it was asked to send. */
  sent(): string[];
  credentials(): Credentials;
  /** clientMessageIds the server has acked, as far as this guest knows. */
  acked(): string[];
  /** Nothing is waiting to be sent. */
  idle(): boolean;
  /** How long each reconnection took, ms. */
  reconnects: number[];
  online(): boolean;
  destroy(): void;
}

/** A person presses Start again. */
async function started(client: Client): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await client.start({}));
    } catch (error) {
      if (tries === 5 || !(error instanceof PasserbyError) || !isRetry(error.code)) throw error;
    }
  }
}

export async function realGuest(
  httpUrl: string,
  saved?: Saved,
): Promise<Guest & { client: Client; saved(): Saved | undefined }> {
  let kept = saved;
  const shown: Entry[] = [];
  const sent: string[] = [];
  const reconnects: number[] = [];
  const client = createClient({
    httpUrl,
    storage: { load: () => kept, save: (next) => (kept = next) },
    onShown: (messages: readonly Message[]) => shown.push(...messages.map(toEntry)),
  });
  let lostAt: number | undefined;
  client.subscribe(() => {
    const { state } = client.getState().connection;
    if (state === "online" && lostAt !== undefined) {
      reconnects.push(Date.now() - lostAt);
      lostAt = undefined;
    } else if (state === "waiting" || state === "connecting") lostAt ??= Date.now();
  });
  if (!client.resume()) await started(client);
  lostAt = undefined;
  reconnects.length = 0;
  const roomId = () => Object.values(client.getState().rooms).find((room) => !room.ended)?.id;
  return {
    client,
    id: client.getState().user!.id,
    roomId,
    join: (interests = []) => client.join({ interests }),
    screen: () => (client.getState().rooms[roomId() ?? ""]?.log.shown ?? []).map((message) => toEntry(message).name),
    sent: () => sent,
    credentials: () => kept!.credentials!,
    send: (text) => void sent.push(client.send(roomId()!, text)),
    shown,
    acked: () => {
      const waiting = new Set(client.getState().outbox.map(({ clientMessageId }) => clientMessageId));
      return sent.filter((id) => !waiting.has(id));
    },
    idle: () => client.getState().outbox.length === 0,
    reconnects,
    online: () => client.getState().connection.state === "online",
    saved: () => kept,
    destroy: () => client.destroy(),
  };
}

/** Another tab of a real guest: the same identity, nothing else in common. */
export async function secondTab(httpUrl: string, guest: Guest): Promise<Guest> {
  return realGuest(httpUrl, { version: 1, credentials: guest.credentials() });
}

/** Emits and hopes: what most chat clients do. */
export async function naiveGuest(httpUrl: string): Promise<Guest> {
  const response = await fetch(`${httpUrl}/api/guest`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const credentials = (await response.json()) as Credentials;
  const { token, socketUrl, user } = credentials;
  const socket = io(socketUrl, {
    auth: { token, protocol: 1 },
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelayMax: 1_000,
  });
  const shown: Entry[] = [];
  const sent: string[] = [];
  const show = (message: Message) => void shown.push(toEntry(message));
  const acked: string[] = [];
  let room: string | undefined;
  socket.on("match:found", (found: { room: { id: string } }) => (room = found.room.id));
  socket.on("message:sent", ({ message }: { message: Message }) => show(message));
  await begun("a naive guest is welcome", () => socket.connected);
  return {
    id: user.id,
    roomId: () => room,
    join: async (interests = []) => void (await socket.emitWithAck("match:join", { interests })),
    screen: () => shown.map(({ name }) => name),
    sent: () => sent,
    credentials: () => credentials,
    send: (text) => {
      const clientMessageId = randomText(16);
      sent.push(clientMessageId);
      socket.emit(
        "message:send",
        { roomId: room, clientMessageId, kind: "text", text },
        (ack: Ack<{ message: Message }>) => {
          if (!ack.ok) return;
          acked.push(clientMessageId);
          show(ack.data.message);
        },
      );
    },
    shown,
    acked: () => acked,
    idle: () => true,
    reconnects: [],
    online: () => socket.connected,
    destroy: () => void socket.disconnect(),
  };
}

/**
 * Messages the guest wrote which the server has not acked. Each keeps its clientMessageId on every retry, over
 * reconnects and page reloads, so that it is stored once (D2).
 *
 * In a room one message is under way at a time: the next goes out when the one before is acked. Pipelining would save a
 * round trip, but a message refused for now (`rate-limited`, `unavailable`) would be overtaken by the one behind it.
 */
import { PasserbyError, type ErrorBody } from "../protocol/errors.ts";
import { randomText } from "../protocol/ids.ts";
import type { Draft, Message } from "../protocol/index.ts";
import { mayRetry, retrying, sleep, waitMs, type Sleep } from "./backoff.ts";
import type { LocalAttachment } from "./files.ts";

export interface OutboxItem extends Draft {
  /** ISO time; what the guest sees until the server's `sentAt`. */
  writtenAt: string;
  /** Refused for good: shown, until retried or discarded by the guest. */
  failed?: ErrorBody;
  /** Of a file or voice note: what the guest sees of it meanwhile. */
  attachment?: LocalAttachment;
}

/** `clientMessageId`: of a file, which had it before it was a message. */
export type NewMessage = Pick<Draft, "text" | "replyTo" | "uploadId"> &
  Partial<Pick<OutboxItem, "kind" | "clientMessageId" | "attachment">>;

export interface Outbox {
  items: () => readonly OutboxItem[];
  add: (roomId: string, message: NewMessage) => OutboxItem;
  /** The log has it: by ack, push or page. */
  confirm: (clientMessageId: string) => void;
  /** Acked once, but the log that had them is gone. */
  requeue: (messages: readonly Message[]) => void;
  retry: (clientMessageId: string) => void;
  discard: (clientMessageId: string) => void;
  /** Goes on with what stopped for the session's sake. */
  flush: () => void;
  /** Nothing will be sent any more: what waits is refused. */
  end: (error: ErrorBody) => void;
  clear: () => void;
}

export interface OutboxOptions {
  /** Asks until answered; rejects with PasserbyError. */
  send: (draft: Draft) => Promise<Message>;
  load: () => readonly OutboxItem[];
  /** Called on each change, before the first attempt to send. */
  save: (items: readonly OutboxItem[]) => void;
  onAck: (message: Message) => void;
  random?: () => number;
  sleep?: Sleep;
}

/** A fault of the server's that stays is not the guest's to wait for. */
const INTERNAL_ATTEMPTS = 8;
/** The session's matters, not this message's: the connection deals with them, the message waits. */
const ofSession = new Set(["token-expired", "unauthenticated", "session-ended", "banned"]);

const roomGone = new Set(["room-closed", "not-found", "forbidden"]);

export function createOutbox({
  send,
  load,
  save,
  onAck,
  random = Math.random,
  sleep: wait = sleep,
}: OutboxOptions): Outbox {
  let items = load();
  /** Rooms with a message under way. */
  const busy = new Set<string>();

  const find = (clientMessageId: string) => items.find((item) => item.clientMessageId === clientMessageId);

  function flush() {
    for (const { roomId } of items) if (!busy.has(roomId)) void pump(roomId);
  }

  function change(next: readonly OutboxItem[]) {
    items = next;
    save(items);
    flush();
  }

  const remove = (id: string) => find(id) && change(items.filter(({ clientMessageId }) => clientMessageId !== id));
  const fail = (doomed: (item: OutboxItem) => boolean, failed: ErrorBody) =>
    change(items.map((item) => (doomed(item) && !item.failed ? { ...item, failed } : item)));

  /** Sends what the room has, one after the other, until nothing is left to send. */
  async function pump(roomId: string) {
    busy.add(roomId);
    let attempt = 0;
    for (;;) {
      const item = items.find((one) => one.roomId === roomId && !one.failed);
      if (!item) break;
      const { writtenAt: _writtenAt, failed: _failed, attachment: _attachment, ...draft } = item;
      try {
        const message = await send(draft);
        attempt = 0;
        onAck(message);
        remove(item.clientMessageId);
      } catch (error) {
        const { code, message } = error as PasserbyError;
        if (!(error instanceof PasserbyError) || ofSession.has(code)) break;
        if (mayRetry(error) && (code !== "internal" || attempt < INTERNAL_ATTEMPTS)) {
          await wait(waitMs(error, attempt++, retrying, random));
          continue;
        }
        attempt = 0;
        // What it replies to may be of a log that was replaced meanwhile: better without it than not at all.
        if (code === "not-found" && item.replyTo) {
          const { replyTo: _, ...rest } = item;
          change(items.map((one) => (one === item ? rest : one)));
          continue;
        }
        const ofRoom = roomGone.has(code); // and refuses all
        fail((one) => (ofRoom ? one.roomId === roomId : one.clientMessageId === item.clientMessageId), {
          code,
          message,
        });
      }
    }
    busy.delete(roomId);
  }

  // What was unsent when the page went.
  queueMicrotask(flush);

  return {
    items: () => items,
    add(roomId, { kind = "text", clientMessageId = randomText(16), ...message }) {
      const item = { roomId, clientMessageId, kind, ...message, writtenAt: new Date().toISOString() };
      change([...items, item]);
      return item;
    },
    confirm: remove,
    requeue(messages) {
      const lost = messages.filter(({ clientMessageId }) => !find(clientMessageId)).map(toItem);
      if (lost.length > 0) change([...lost, ...items]);
    },
    retry(id) {
      change(items.map((item) => (item.clientMessageId === id ? { ...item, failed: undefined } : item)));
    },
    discard: remove,
    flush,
    end: (error) => fail(() => true, error),
    clear: () => change([]),
  };
}

/** `replyTo` named a message of the log that went. */
const toItem = ({ roomId, clientMessageId, kind, text, attachment, sentAt }: Message): OutboxItem => ({
  roomId,
  clientMessageId,
  kind,
  ...(text !== undefined && { text }),
  ...(attachment && { uploadId: attachment.uploadId, attachment }),
  writtenAt: sentAt,
});

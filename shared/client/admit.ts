/** How messages get into a log: in any order, any number of times. Pure, like log.ts. */
import type { Message } from "../protocol/index.ts";
import { lastSeq, rewind, type Log } from "./log.ts";

const HELD_MAX = 200;
const DELETED_MAX = 200;
/** Enough for anybody to scroll; the server itself keeps the newest 1,000. */
const SHOWN_MAX = 5_000;

export const bySeq = (a: Message, b: Message): number => a.seq - b.seq;

const sameMessage = (a: Message, b: Message): boolean =>
  a.clientMessageId === b.clientMessageId && a.sender.id === b.sender.id;

/** A deleted message keeps its place and nothing else. */
export function withoutBody(message: Message): Message {
  const { text: _text, attachment: _attachment, reactions: _reactions, stamp: _stamp, ...rest } = message;
  return { ...rest, deleted: true };
}

/**
 * Takes in messages of this log's own epoch, in any order. With `fresh` (read from the server just now, not pushed)
 * they also replace what is shown in their place, so that missed reactions and deletions are made good.
 */
export function admit(log: Log, incoming: readonly Message[], fresh = false): Log {
  if (incoming.length === 0 && log.held.length === 0) return log;
  const conflict = incoming.find((message) => {
    const place = log.shown[message.seq - (log.base ?? 0) - 1];
    // A deleted one may be of a guest who is forgotten, and then of nobody.
    return place !== undefined && !message.deleted && !place.deleted && !sameMessage(place, message);
  });
  // One place of one log never holds two messages: if it seems so, the log was rolled back and written again.
  if (conflict) return admit(rewind(log, conflict.seq - 1), incoming, fresh);

  const last = lastSeq(log);
  const ahead = new Map<number, Message>();
  let shown = log.shown as Message[];
  let head = log.head;
  for (const message of log.held) ahead.set(message.seq, message);
  for (const raw of incoming) {
    head = Math.max(head, raw.seq);
    const message = log.deleted.includes(raw.id) && !raw.deleted ? withoutBody(raw) : raw;
    const place = message.seq - (log.base ?? 0) - 1;
    const here = log.base === undefined ? undefined : shown[place];
    if (here && (fresh || message.deleted)) {
      if (shown === log.shown) shown = [...shown];
      shown[place] = here.deleted && !message.deleted ? here : message;
    } else if (!here && (log.base === undefined || message.seq > last)) {
      if (fresh || !ahead.has(message.seq)) ahead.set(message.seq, message);
    }
  }
  if (log.base === undefined) return { ...log, head, held: [...ahead.values()].toSorted(bySeq).slice(0, HELD_MAX) };

  let next = last + 1;
  if (ahead.has(next) && shown === log.shown) shown = [...shown];
  for (let message = ahead.get(next); message; message = ahead.get(++next)) {
    shown.push(message);
    ahead.delete(next);
  }
  const held = [...ahead.values()].filter(({ seq }) => seq > next).toSorted(bySeq);
  return trim({ ...log, shown, head, held: held.slice(0, HELD_MAX) });
}

function trim(log: Log): Log {
  const extra = log.shown.length - SHOWN_MAX;
  if (extra < SHOWN_MAX / 10) return log;
  return { ...log, base: log.base! + extra, shown: log.shown.slice(extra), older: true };
}

/** Changes that message, shown or held. `seq`: its place. */
export function amend(log: Log, { id, seq }: Pick<Message, "id" | "seq">, change: (message: Message) => Message): Log {
  const place = seq - (log.base ?? 0) - 1;
  const here = log.shown[place];
  if (here) return here.id === id ? { ...log, shown: log.shown.with(place, change(here)) } : log;
  if (!log.held.some((message) => message.id === id)) return log;
  return { ...log, held: log.held.map((message) => (message.id === id ? change(message) : message)) };
}

/** The body of that message is gone, also if the message itself is still to come. */
export function erase(log: Log, which: Pick<Message, "id" | "seq">): Log {
  const next = amend(log, which, withoutBody);
  const shown = log.shown[which.seq - (log.base ?? 0) - 1]?.id === which.id;
  return shown ? next : { ...next, deleted: [...log.deleted, which.id].slice(-DELETED_MAX) };
}

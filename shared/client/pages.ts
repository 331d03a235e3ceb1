/** What the server tells of a whole log or a page of it. Pure, like log.ts. */
import type { Cursor, Message, Room } from "../protocol/index.ts";
import { admit, bySeq } from "./admit.ts";
import { lastSeq, restartAt, rewind, switchTo, type Log, ownUndeleted } from "./log.ts";

/** The answer to a pull. `after`: the seq that was asked for; absent for "the newest". */
export interface Page {
  after?: number;
  messages: readonly Message[];
  gap?: boolean;
}

/** A room as `session:welcome`, `room:join` or `match:found` tells of it. */
export interface Introduction {
  room: Pick<Room, "epoch" | "lastSeq">;
  /** Absent where the server tells of the room only (`match:found`): the log is then pulled from its start. */
  messages?: readonly Message[];
  more?: boolean;
  gap?: boolean;
  /** The cursor this client had given for the room. */
  cursor?: Cursor;
}

/** Is a message of that epoch from a log that was replaced already? */
const isLate = (log: Log, epoch: string): boolean => epoch !== log.epoch && log.past.includes(epoch);

/** One pushed message, or the ack of an own one. */
export function push(log: Log, message: Message): Log {
  // An own message acked under a log that has gone meanwhile: only this client still has it.
  if (isLate(log, message.epoch)) return { ...log, lost: [...log.lost, ...ownUndeleted(log, [message])] };
  return admit(switchTo(log, message.epoch), [message]);
}

/** A page of the log, read by the server after it was asked. */
export function page(log: Log, { after, messages, gap = false }: Page): Log {
  const [first] = [...messages].toSorted(bySeq);
  if (!first || isLate(log, first.epoch)) return log;
  let next = switchTo(log, first.epoch);
  const last = lastSeq(next);
  // Asked for what follows `after`, the server began later: what is between no longer exists, said (`gap`) or not.
  const begins = after ?? (gap ? 0 : first.seq - 1);
  if (next.base !== undefined && begins <= last && first.seq > last + 1) next = restartAt(next, first.seq);
  return admit(next, messages, true);
}

/** A page before the first shown message. */
export function olderPage(log: Log, messages: readonly Message[], more: boolean): Log {
  if (log.base === undefined) return log;
  const before = new Map(messages.filter(({ epoch }) => epoch === log.epoch).map((message) => [message.seq, message]));
  const fitting: Message[] = [];
  for (let seq = log.base; before.has(seq); seq -= 1) fitting.unshift(before.get(seq)!);
  if (messages.length > 0 && fitting.length === 0) return log;
  const base = log.base - fitting.length;
  const older = more && base > 0;
  return { ...log, base, shown: [...fitting, ...log.shown], older, gap: log.gap || (!older && base > 0) };
}

/** The server's own word on which log is the room's, and what this client lacks of it. */
export function introduce(log: Log, told: Introduction): Log {
  const { room, messages, more = false, gap = false, cursor } = told;
  let next = switchTo(log, room.epoch);
  // The log is shorter than what was shown before this connection: it was rolled back.
  if (cursor && cursor.epoch === room.epoch && cursor.seq > room.lastSeq) next = rewind(next, room.lastSeq);
  if (next.base === undefined) {
    const first = messages?.length ? Math.min(...messages.map(({ seq }) => seq)) : undefined;
    const base = first !== undefined ? first - 1 : messages ? room.lastSeq : 0;
    next = { ...next, base, older: more && base > 0, gap: gap || (!more && base > 0) };
  }
  next = { ...next, head: Math.max(next.head, room.lastSeq) };
  // For a cursor of another log the server sends the room's log from its start; for none, the newest messages.
  const after = cursor && (cursor.epoch === room.epoch ? cursor.seq : 0);
  return messages?.length ? page(next, { after, messages, gap }) : admit(next, []);
}

/** How long the log is, told by the ack of `message:ack`. `asked`: what this client had when it asked. */
export function measure(log: Log, epoch: string, last: number, asked?: Cursor): Log {
  if (log.epoch === undefined) return log;
  // The answer is older than what has come meanwhile. Else it is the server's word, also where it names a log of the past:
  // one that was rolled back to before it was replaced.
  if (epoch !== log.epoch && asked && asked.epoch !== log.epoch) return log;
  if (epoch !== log.epoch) return { ...switchTo(log, epoch), head: last };
  return asked?.epoch === epoch && last < asked.seq ? rewind(log, last) : { ...log, head: Math.max(log.head, last) };
}

/**
 * One room's log as this client has it. Pure: every function takes a log and gives the next one.
 *
 * `shown` is always a range of the server's log without holes: a message is shown when it is the next one, kept in
 * `held` while one before it is missing, and `head > lastSeq` says that a pull is due. So pushes may be lost, repeated
 * and reordered (D2, D3), and a log that was replaced (another epoch) or rolled back gives way to what the server has.
 */
import type { Message } from "../protocol/index.ts";

export interface Log {
  /** The guest whose client this is: own messages that fall out of the log are sent again. */
  readonly me: string;
  readonly epoch: string | undefined;
  /** The seq before the first shown message; undefined until the server has introduced the room. */
  readonly base: number | undefined;
  readonly shown: readonly Message[];
  /** Ahead of a missing message, by seq. */
  readonly held: readonly Message[];
  /** The highest seq known to exist. */
  readonly head: number;
  /** The server has messages before the first shown. */
  readonly older: boolean;
  /** Messages before the first shown existed and are gone (D5). */
  readonly gap: boolean;
  /** Epochs of logs that were replaced: what still arrives from them is late. */
  readonly past: readonly string[];
  /** Own messages that were in a log that went; the outbox takes them over once the new log is complete. */
  readonly lost: readonly Message[];
  /** Ids of messages deleted before they were shown: a late push must not bring the text back. */
  readonly deleted: readonly string[];
}

export const emptyLog = (me: string): Log => ({
  me,
  epoch: undefined,
  base: undefined,
  shown: [],
  held: [],
  head: 0,
  older: false,
  gap: false,
  past: [],
  lost: [],
  deleted: [],
});

/** The seq of the last shown message, or of the place before the first one. */
export const lastSeq = (log: Log): number => (log.base ?? 0) + log.shown.length;

/** What to ask the server for next: the page after this seq. */
export const nextPull = (log: Log): { after: number } | undefined =>
  log.base !== undefined && log.head > lastSeq(log) ? { after: lastSeq(log) } : undefined;

export const ownUndeleted = (log: Log, messages: readonly Message[]): Message[] =>
  messages.filter((message) => message.sender.id === log.me && !message.deleted);

/** Another log stands in place of this one; it is shown from its start. */
export function switchTo(log: Log, epoch: string): Log {
  if (log.epoch === epoch) return log;
  if (log.epoch === undefined) return { ...log, epoch };
  return {
    ...emptyLog(log.me),
    epoch,
    base: log.base === undefined ? undefined : 0,
    past: [...log.past.filter((old) => old !== epoch), log.epoch].slice(-8),
    lost: [...log.lost, ...ownUndeleted(log, [...log.shown, ...log.held])],
    deleted: log.deleted,
  };
}

/** The server's log ends at `seq` although more of it was shown: it was rolled back. */
export function rewind(log: Log, seq: number): Log {
  if (log.base === undefined || lastSeq(log) <= seq) return log;
  const keep = Math.max(0, seq - log.base);
  return {
    ...log,
    base: Math.min(log.base, seq),
    shown: log.shown.slice(0, keep),
    held: [],
    head: seq,
    lost: [...log.lost, ...ownUndeleted(log, [...log.shown.slice(keep), ...log.held])],
  };
}

/** Starts over just before `seq`: what lay between is gone. */
export const restartAt = (log: Log, seq: number): Log => ({
  ...log,
  base: seq - 1,
  shown: [],
  gap: true,
  older: false,
});

/** Own messages of a log that went which the new log, now complete, does not have. */
export function lostForGood(log: Log): readonly Message[] {
  if (log.lost.length === 0 || log.base === undefined || nextPull(log)) return [];
  const kept = new Map(
    log.shown.filter(({ sender }) => sender.id === log.me).map((own) => [own.clientMessageId, own.seq]),
  );
  // Where both logs have the same message in the same place they agree on all before it: what is missing there was trimmed.
  const agreed = new Map<string, number>();
  for (const { epoch, seq, clientMessageId } of log.lost) {
    if (kept.get(clientMessageId) === seq) agreed.set(epoch, Math.max(seq, agreed.get(epoch) ?? 0));
  }
  return log.lost.filter(
    ({ epoch, seq, clientMessageId }) => !kept.has(clientMessageId) && seq > (agreed.get(epoch) ?? 0),
  );
}

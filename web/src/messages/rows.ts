/** The log as a list draws it: the lines between messages, and which of them stand together. Pure. */
import type { Entry } from "../../../shared/client/index.ts";

export type Row =
  | { kind: "top"; key: string }
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  /** `first`, `last`: of a run of messages by one sender within a minute. */
  | { kind: "message"; key: string; entry: Entry; first: boolean; last: boolean };

const GROUP_MS = 60_000;

/** The guest's own day around a moment; a log's messages mostly share theirs. */
function dayAround(ms: number): { fromMs: number; toMs: number } {
  const date = new Date(ms);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return { fromMs: new Date(year, month, day).getTime(), toMs: new Date(year, month, day + 1).getTime() };
}

/** @param seenSeq what the guest had seen when they turned away; what others wrote since stands below a line */
export function rowsOf(entries: readonly Entry[], seenSeq: number | undefined, nowMs: number): Row[] {
  const rows: Row[] = entries.length > 0 ? [{ kind: "top", key: "top" }] : [];
  // A talk that began today needs no date.
  let day = dayAround(nowMs);
  let lined = seenSeq === undefined;
  let before: (Row & { kind: "message" }) | undefined;
  let beforeMs = 0;
  for (const entry of entries) {
    const atMs = Date.parse(entry.at);
    let apart = before?.entry.sender.id !== entry.sender.id || Math.abs(atMs - beforeMs) >= GROUP_MS;
    if (atMs < day.fromMs || atMs >= day.toMs) {
      day = dayAround(atMs);
      rows.push({ kind: "day", key: `day ${day.fromMs} ${entry.key}`, at: entry.at });
      apart = true;
    }
    if (!lined && !entry.mine && (entry.message?.seq ?? 0) > seenSeq!) {
      rows.push({ kind: "new", key: "new" });
      lined = apart = true;
    }
    if (apart && before) before.last = true;
    before = { kind: "message", key: entry.key, entry, first: apart, last: false };
    beforeMs = atMs;
    rows.push(before);
  }
  if (before) before.last = true;
  return rows;
}

/**
 * One connection's requests reach Redis in the order they were asked. Some are collected for a turn of the event loop, and a
 * file takes two steps: by themselves a goodbye would be overtaken by the leave behind it, a file by the text.
 */
import type { Checked, RequestName } from "../shared/protocol/index.ts";
import { flushed } from "../shared/stores/batch.ts";
import type { GuestSocket } from "./context.ts";

/** What goes out together, in order; "steps": not done with the first word to Redis. */
type Kind = "messages" | "matching" | "steps" | undefined;

/** The last request that was not out at once. */
export interface Underway {
  kind: Kind;
  /** It begins after this. */
  begins?: Promise<unknown> | undefined;
  /** It is out, and what is behind it may begin. */
  out: Promise<unknown>;
}

export function kindOf(name: RequestName, payload: unknown): Kind {
  if (name === "message:send") return (payload as Checked<"message:send">).kind === "text" ? "messages" : "steps";
  return name.startsWith("match:") ? "matching" : undefined;
}

export function inOrder<T>({ data }: GuestSocket, kind: Kind, work: () => Promise<T>): Promise<T> {
  const { underway } = data;
  if (!underway && !kind) return work();
  const alike = kind !== "steps" && kind === underway?.kind;
  const begins = underway && (alike ? underway.begins : underway.out);
  const answer = begins ? begins.then(work) : work();
  const mine: Underway = { kind, begins, out: outOf(kind, answer, begins) };
  data.underway = mine;
  void mine.out.then(() => data.underway === mine && (data.underway = undefined));
  return answer;
}

/** Never rejects. */
function outOf(kind: Kind, answer: Promise<unknown>, begins: Promise<unknown> = Promise.resolve()): Promise<unknown> {
  if (kind === "steps") return answer.catch(() => {});
  return kind ? begins.then(flushed) : begins;
}

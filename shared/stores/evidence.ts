/** What a report goes by: what the server knows itself, its messages in order, each judged by its stamp, what is missing between them. */
import { PasserbyError } from "../protocol/errors.ts";
import { messagePlace } from "../protocol/ids.ts";
import type { Message, Report } from "../protocol/index.ts";
import type { Stamps } from "../stamps.ts";
import type { StoreContext } from "./index.ts";
import { toMessage } from "./log.ts";

export interface Accusation {
  roomId: string;
  userId: string;
  reason: string;
  messageIds?: string[] | undefined;
  messages?: Message[] | undefined;
  note?: string | undefined;
}

export interface Exhibit {
  message: Message;
  source: "log" | "reporter";
}

/** By their place; of several logs of one room, in the order in which these were named. */
export function inOrder(exhibits: Exhibit[]): Exhibit[] {
  const epochs = [...new Set(exhibits.map(({ message }) => message.epoch))];
  return exhibits.toSorted(
    ({ message: a }, { message: b }) => epochs.indexOf(a.epoch) - epochs.indexOf(b.epoch) || a.seq - b.seq,
  );
}

export const judge = (stamps: Stamps, { message, source }: Exhibit): Report["messages"][number] => ({
  message,
  source,
  verdict: stamps.verdict(message),
});

/** @param exhibits in order */
export function gapsOf(exhibits: Exhibit[]): Report["gaps"] {
  return exhibits.flatMap(({ message: { epoch, seq } }, i) => {
    const before = exhibits[i - 1]?.message;
    const missing = before?.epoch === epoch ? seq - before.seq - 1 : 0;
    return missing > 0 ? [{ epoch, after: before!.seq, before: seq, missing }] : [];
  });
}

/** What the server has to say of it. @throws `not-found`, `forbidden` where nothing shows that they met there */
export async function look({ run, stamps }: StoreContext, reporterId: string, accusation: Accusation) {
  const { roomId, userId, messageIds = [], messages = [] } = accusation;
  const places = [...new Set(messageIds)].map((one) => messagePlace(one)).filter((place) => place !== undefined);
  const flat = places.flatMap(({ epoch, seq }) => [epoch, seq]);
  const reply = await run("report_look", roomId, reporterId, userId, ...flat);
  const [epoch, mine, theirs, name, theirName, madeFrom, seenFrom, ...entries] = reply as [
    string,
    number,
    number,
    string,
    string,
    string,
    string,
    ...[number, number, string][],
  ];
  // A room that was left or forgotten since: who holds what the other really said there was told it there.
  const met = messages.some((one) => one.sender.id === userId && stamps.verdict(one) === "genuine");
  if (!met && epoch === "") throw new PasserbyError("not-found", "There is no such room, or not any more");
  if (!met && mine === 0) throw new PasserbyError("forbidden", "You are not a member of this room");
  if (!met && theirs === 0) throw new PasserbyError("not-found", "That guest was not in this room");
  const logged = entries.map(([seq, at, body]) => toMessage(stamps, roomId, epoch, seq, at, body));
  return { name, theirName, addresses: [madeFrom, seenFrom].filter(Boolean), logged };
}

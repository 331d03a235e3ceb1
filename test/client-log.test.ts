/** The reducer of the headless client, case by case: gaps, another log in the place of the old one, late answers, receipts. */
import { expect, test } from "vitest";
import { emptyRoom, lastSeq, nextPull, roomReducer, type RoomState } from "../shared/client/index.ts";
import { lostForGood } from "../shared/client/log.ts";
import type { Outbox } from "../shared/client/outbox.ts";
import { createRooms } from "../shared/client/rooms.ts";
import { messageId } from "../shared/protocol/ids.ts";
import type { Message } from "../shared/protocol/index.ts";
import { epochOf, logOf, ME, OTHER, ROOM, roomOf, write } from "./support/room-logs.ts";

const told = (length: number, epoch = epochOf(0)) =>
  roomReducer(emptyRoom(ROOM, ME), {
    type: "introduced",
    room: roomOf(epoch, length),
    messages: logOf(epoch, length),
    receipts: [{ userId: OTHER, deliveredSeq: 3, readSeq: 2 }],
  });

test("[D5] after a gap it shows what the server still has, and says that something is missing", () => {
  const messages = logOf(epochOf(0), 40).slice(29);
  const room = roomReducer(told(5), { type: "page", after: 5, messages, gap: true });
  expect(room.log).toMatchObject({ base: 29, gap: true, older: false });
  expect(lastSeq(room.log)).toBe(40);
});

test("[D5] another epoch's log takes the place of the old one; own messages it lacks are to be sent again", () => {
  const [first] = logOf(epochOf(1), 1);
  // The other tab has sent the first of the lost ones again already.
  const again = { ...first!, clientMessageId: logOf(epochOf(0), 1)[0]!.clientMessageId };
  const room = roomReducer(told(5), { type: "pushed", message: again });
  expect(room.log.shown).toEqual([again]);
  expect(room.receipts).toEqual({});
  expect(lostForGood(room.log).map(({ seq }) => seq)).toEqual([4]);
  const late = roomReducer(room, { type: "pushed", message: logOf(epochOf(0), 6)[5]! });
  expect(late.log.shown).toEqual([again]);
});

test("[D2] of another epoch's log only that is announced which was not shown before", () => {
  let rooms: Readonly<Record<string, RoomState>> = {};
  const announced: string[] = [];
  const never = () => new Promise<never>(() => {});
  const client = createRooms({
    me: () => ME,
    request: never,
    outbox: () => ({ confirm: () => {}, requeue: () => {} }) as unknown as Outbox,
    get: () => rooms,
    set: (next) => (rooms = next),
    shared: () => undefined,
    onShown: (messages) => announced.push(...messages.map(({ clientMessageId }) => clientMessageId)),
    onClosed: () => {},
    sleep: never,
  });
  const written = logOf(epochOf(0), 8).map(({ clientMessageId }) => clientMessageId);
  /** Redis comes back with some of it: under another epoch, in pages, then something new. */
  const again = (index: number): Message[] =>
    logOf(epochOf(index), 8).map((message, n) => ({ ...message, clientMessageId: written[n]! }));
  const introduce = (index: number, upTo: number) => {
    const [epoch, messages] = [epochOf(index), again(index).slice(0, upTo)];
    client.dispatch(ROOM, { type: "introduced", room: roomOf(epoch, upTo), messages });
  };
  introduce(0, 5);
  introduce(1, 2);
  client.dispatch(ROOM, { type: "page", after: 2, messages: again(1).slice(2, 6) });
  // It ends earlier than it did, which shows before it has another epoch.
  client.dispatch(ROOM, { type: "measured", epoch: epochOf(1), lastSeq: 4, asked: { epoch: epochOf(1), seq: 6 } });
  introduce(2, 7);
  // Or it is written again under the same: another message in the last place.
  client.dispatch(ROOM, { type: "pushed", message: { ...again(2)[6]!, clientMessageId: "another" } });
  client.dispatch(ROOM, { type: "pushed", message: again(2)[7]! });
  client.stop();
  expect(rooms[ROOM]?.log.shown).toHaveLength(8);
  expect(announced).toEqual([...written.slice(0, 7), "another", written[7]]);
});

test("[D2] what another epoch's log has trimmed of the same past was not lost, and is not sent again", () => {
  const before = told(5); // the guest's own are 1 and 4
  const past = logOf(epochOf(0), 5);
  const log = logOf(epochOf(1), 6).slice(2);
  for (const [i, message] of log.entries()) message.clientMessageId = past[i + 2]?.clientMessageId ?? "new";
  const room = roomReducer(before, { type: "introduced", room: roomOf(epochOf(1), 6), messages: log, gap: true });
  expect(room.log).toMatchObject({ base: 2 });
  expect(lostForGood(room.log)).toEqual([]);
});

test("[D3] a log that was rolled back and written again is noticed: by its length, by a cursor, by another message in a place", () => {
  const epoch = epochOf(0);
  const shorter = roomReducer(told(5), { type: "measured", epoch, lastSeq: 3, asked: { epoch, seq: 5 } });
  expect(lastSeq(shorter.log)).toBe(3);
  expect(lostForGood(shorter.log).map(({ seq }) => seq)).toEqual([4]);

  const cursor = { epoch, seq: 5 };
  const welcomed = roomReducer(told(5), { type: "introduced", room: roomOf(epoch, 3), messages: [], cursor });
  expect(lastSeq(welcomed.log)).toBe(3);

  const other = { ...write(epoch, 4, OTHER), clientMessageId: "another" };
  const pushed = roomReducer(told(5), { type: "pushed", message: other });
  expect(pushed.log.shown.at(-1)).toEqual(other);
  expect(lastSeq(pushed.log)).toBe(4);
});

test("[D2] an answer of before the log was replaced does not bring the old one back; one of after does", () => {
  const [next] = logOf(epochOf(1), 1);
  const room = roomReducer(told(5), { type: "pushed", message: next! });
  const late = { type: "measured", epoch: epochOf(0), lastSeq: 5, asked: { epoch: epochOf(0), seq: 5 } } as const;
  expect(roomReducer(room, late)).toBe(room);
  const fresh = roomReducer(room, { ...late, asked: { epoch: epochOf(1), seq: 1 } });
  expect(fresh.log.epoch).toBe(epochOf(0));
  expect(nextPull(fresh.log)).toEqual({ after: 0 });
});

test("[D8] an answer that says the log is longer asks for what was lost", () => {
  const room = roomReducer(told(5), { type: "measured", epoch: epochOf(0), lastSeq: 6 });
  expect(nextPull(room.log)).toEqual({ after: 5 });
});

test("receipts only rise, reactions and typing come and go", () => {
  let room = told(5);
  room = roomReducer(room, { type: "acked", receipt: { userId: OTHER, deliveredSeq: 2, readSeq: 5 } });
  expect(room.receipts[OTHER]).toEqual({ userId: OTHER, deliveredSeq: 5, readSeq: 5 });
  const reaction = { messageId: messageId(epochOf(0), 2), seq: 2, userId: OTHER, emoji: "👍" };
  room = roomReducer(room, { type: "reacted", ...reaction, on: true });
  room = roomReducer(room, { type: "reacted", ...reaction, on: true });
  expect(room.log.shown[1]?.reactions).toEqual({ "👍": [OTHER] });
  room = roomReducer(room, { type: "reacted", ...reaction, on: false });
  expect(room.log.shown[1]?.reactions).toEqual({});
  room = roomReducer(room, { type: "typing", userId: OTHER, typing: true, nowMs: 0 });
  room = roomReducer(room, { type: "tick", nowMs: 5_000 });
  expect(room.typing).toEqual({ [OTHER]: 0 });
  expect(roomReducer(room, { type: "tick", nowMs: 6_000 }).typing).toEqual({});
  expect(roomReducer(room, { type: "pushed", message: write(epochOf(0), 6, OTHER) }).typing).toEqual({});
});

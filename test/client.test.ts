/** The headless client without a server: what it shows, under every order, loss and repetition; when it tries again. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delayMs, mayRetry, reconnecting, retrying, waitMs } from "../shared/client/backoff.ts";
import { cursorOf, emptyRoom, lastSeq, nextPull, roomReducer, type RoomState } from "../shared/client/index.ts";
import { lostForGood } from "../shared/client/log.ts";
import { createRooms } from "../shared/client/rooms.ts";
import type { Outbox } from "../shared/client/outbox.ts";
import { errors, PasserbyError, type ErrorCode } from "../shared/protocol/errors.ts";
import { messageId } from "../shared/protocol/ids.ts";
import type { Message, Room } from "../shared/protocol/index.ts";

const ROOM = "room_aaaaaaaaaaaaaaaa";
const ME = "usr_meeeeeeeeeeeeeee";
const OTHER = "usr_otherrrrrrrrrrrr";

const epochOf = (index: number) => `epoch-${index}`.padEnd(16, "_");
const write = (epoch: string, seq: number, sender: string): Message => ({
  id: messageId(epoch, seq),
  roomId: ROOM,
  epoch,
  seq,
  clientMessageId: `${epoch}${seq}`,
  sender: { id: sender, username: sender.slice(4, 9) },
  kind: "text",
  text: `${seq}`,
  sentAt: new Date(seq * 1000).toISOString(),
});
const logOf = (epoch: string, length: number): Message[] =>
  Array.from({ length }, (_, index) => write(epoch, index + 1, index % 3 === 0 ? ME : OTHER));
const roomOf = (epoch: string, last: number): Room => ({
  id: ROOM,
  kind: "pair",
  capacity: 2,
  members: [],
  epoch,
  lastSeq: last,
  createdAt: new Date(0).toISOString(),
});

type Reducer = typeof roomReducer;

/** What the server holds and the network does with it: each step shows the client some true thing, at any time, again or late. */
type Step =
  | { do: "push"; seq: number }
  | { do: "delete"; seq: number }
  | { do: "page"; after: number; limit: number; upTo: number }
  | { do: "measure"; upTo: number }
  | { do: "ask" }
  | { do: "answer" }
  | { do: "welcome"; newest: number; upTo: number }
  | { do: "pull"; limit: number }
  | { do: "replace"; length: number };

const seq = fc.integer({ min: 1, max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("push" as const), seq }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete" as const), seq }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("page" as const), after: fc.nat(12), limit: seq, upTo: seq }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("measure" as const), upTo: seq }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("ask" as const, "answer" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("welcome" as const), newest: seq, upTo: seq }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pull" as const), limit: seq }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("replace" as const), length: seq }) },
);
const story = fc.record({ length: seq, steps: fc.array(step, { minLength: 1, maxLength: 25 }) });

/** Plays the story and holds the client to it after every step; at the end it pulls until nothing is missing. */
function check(reduce: Reducer, { length, steps }: { length: number; steps: Step[] }): void {
  let epochs = 0;
  let log = logOf(epochOf(0), length);
  let answer: Parameters<Reducer>[1] | undefined;
  let newest = 0;
  const deleted = new Set<string>();
  let room: RoomState = emptyRoom(ROOM, ME);
  const stored = (message: Message): Message => {
    if (!deleted.has(message.id)) return message;
    const { text: _text, ...rest } = message;
    return { ...rest, deleted: true };
  };
  const tell = (action: Parameters<Reducer>[1]) => (room = reduce(room, action));
  const pull = (limit: number) => {
    const after = nextPull(room.log)?.after;
    if (after === undefined) return false;
    tell({ type: "page", after, messages: log.slice(after, after + limit).map(stored) });
    return true;
  };
  const play = (now: Step) => {
    if (now.do === "push") {
      // As it was written: a deletion may have overtaken it.
      const message = log[now.seq - 1];
      if (message) tell({ type: "pushed", message });
    } else if (now.do === "delete") {
      const message = log[now.seq - 1];
      if (!message) return;
      deleted.add(message.id);
      tell({ type: "deleted", messageId: message.id, seq: message.seq });
    } else if (now.do === "page") {
      const messages = log.slice(0, now.upTo).slice(now.after, now.after + now.limit);
      tell({ type: "page", after: now.after, messages: messages.map(stored) });
    } else if (now.do === "measure") {
      tell({ type: "measured", epoch: epochOf(epochs), lastSeq: Math.min(now.upTo, log.length) });
    } else if (now.do === "ask") {
      const asked = cursorOf(room);
      if (asked) answer = { type: "measured", epoch: epochOf(epochs), lastSeq: log.length, asked };
    } else if (now.do === "answer") {
      if (answer) tell(answer);
    } else if (now.do === "welcome") {
      const told = log.slice(0, now.upTo);
      const messages = told.slice(-now.newest).map(stored);
      tell({ type: "introduced", room: roomOf(epochOf(epochs), told.length), messages, more: messages[0]!.seq > 1 });
    } else if (now.do === "pull") pull(now.limit);
    else {
      epochs += 1;
      log = logOf(epochOf(epochs), now.length);
      deleted.clear();
    }
  };
  const consistent = () => {
    const { shown, base } = room.log;
    const epoch = Array.from({ length: epochs + 1 }, (_, i) => epochOf(i)).indexOf(room.log.epoch ?? epochOf(0));
    expect(epoch, "a log that was replaced is not shown again").toBeGreaterThanOrEqual(newest);
    newest = epoch;
    if (shown.length === 0) return;
    const all = room.log.epoch === epochOf(epochs) ? log : logOf(room.log.epoch!, 12);
    expect(shown.map(({ id }) => id)).toEqual(all.slice(base, base! + shown.length).map(({ id }) => id));
  };
  for (const now of steps) {
    play(now);
    consistent();
  }
  const messages = log.slice(-5).map(stored);
  if (room.log.base === undefined || room.log.epoch !== epochOf(epochs))
    tell({ type: "introduced", room: roomOf(epochOf(epochs), log.length), messages, more: log.length > 5 });
  tell({ type: "measured", epoch: epochOf(epochs), lastSeq: log.length });
  for (let pulls = 0; pull(3); pulls += 1) expect(pulls, "pulls must end").toBeLessThan(20);
  consistent();
  expect(lastSeq(room.log)).toBe(log.length);
  const undeleted = room.log.shown.filter(({ id, text }) => deleted.has(id) && text !== undefined);
  expect(undeleted, "a deleted text").toEqual([]);
}

/** Believes every push and every page: what most chat clients do. */
const naive: Reducer = (room, action) => {
  const add = (messages: readonly Message[]) => ({
    ...room,
    log: {
      ...room.log,
      base: room.log.base ?? 0,
      epoch: messages.at(-1)?.epoch ?? room.log.epoch,
      shown: [...room.log.shown, ...messages],
    },
  });
  if (action.type === "pushed") return add([action.message]);
  return action.type === "page" || action.type === "introduced" ? add(action.messages ?? []) : room;
};

describe("the reducer", () => {
  test("[D3] under loss, repetition and any order, what is shown is a range of the log, and becomes all of it: 10,000 runs", () => {
    fc.assert(
      fc.property(story, (each) => check(roomReducer, each)),
      { numRuns: 10_000 },
    );
  });

  test("[D2] what is announced as just shown is so once, in order, however often it was told: a catch-up may repeat a push", () => {
    let told = 0;
    let announced = 0;
    fc.assert(
      fc.property(story, (each) => {
        let state: Readonly<Record<string, RoomState>> = {};
        const shown: Message[] = [];
        const never = () => new Promise<never>(() => {});
        const rooms = createRooms({
          me: () => ME,
          request: never,
          outbox: () => ({ confirm: () => {}, requeue: () => {} }) as unknown as Outbox,
          get: () => state,
          set: (next) => (state = next),
          shared: () => undefined,
          onShown: (messages) => shown.push(...messages),
          onClosed: () => {},
          sleep: never,
        });
        const through: Reducer = (_room, action) => {
          if (action.type === "pushed") told += 1;
          rooms.dispatch(ROOM, action);
          return state[ROOM]!;
        };
        check(through, each);
        rooms.stop();
        announced += shown.length;
        expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
        const last = new Map<string, number>();
        for (const { epoch, seq } of shown) {
          expect(seq).toBeGreaterThan(last.get(epoch) ?? 0);
          last.set(epoch, seq);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(announced).toBeGreaterThan(2_000);
    expect(told).toBeGreaterThan(2_000);
  });

  test("[D3] the same checker catches a client that trusts what is pushed", () => {
    expect(() =>
      fc.assert(
        fc.property(story, (each) => check(naive, each)),
        { numRuns: 200 },
      ),
    ).toThrow(/Property failed/);
  });

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
});

describe("errors", () => {
  const retry = ["busy", "rate-limited", "draining", "unavailable", "internal"];
  test.each(Object.keys(errors) as ErrorCode[])("%s is retry or final as the contract says", (code) => {
    expect(mayRetry(new PasserbyError(code))).toBe(retry.includes(code));
  });

  test("a code of a newer server, or no code, is final", () => {
    expect(mayRetry({ code: "teapot" })).toBe(false);
    expect(mayRetry(new Error("of our own"))).toBe(false);
  });
});

describe("back-off", () => {
  test("full jitter: from nothing to base · 2^attempt, never above the cap, never before the server's word", () => {
    const backoff = fc.constantFrom(reconnecting, retrying);
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(backoff, fc.nat(2_000), chance, fc.nat(60_000), (each, attempt, random, retryAfterMs) => {
        const delay = delayMs(attempt, each, () => random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(each.capMs, each.baseMs * 2 ** attempt));
        const asked = new PasserbyError("rate-limited", "", { retryAfterMs });
        expect(waitMs(asked, attempt, each, () => random)).toBe(retryAfterMs + delay);
      }),
    );
    const many = Array.from({ length: 1_000 }, () => delayMs(20, reconnecting));
    expect(Math.min(...many)).toBeLessThan(reconnecting.capMs / 10);
    expect(Math.max(...many)).toBeGreaterThan(reconnecting.capMs * 0.9);
  });
});

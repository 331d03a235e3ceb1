/** The reducer of the headless client without a server: what it shows, under every order, loss and repetition. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorOf, emptyRoom, lastSeq, nextPull, roomReducer, type RoomState } from "../shared/client/index.ts";
import type { Outbox } from "../shared/client/outbox.ts";
import { createRooms } from "../shared/client/rooms.ts";
import type { Message } from "../shared/protocol/index.ts";
import { epochOf, logOf, ME, ROOM, roomOf } from "./support/room-logs.ts";

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
});

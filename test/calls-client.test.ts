/** What the client makes of what it is told about calls, without a server: in any order, late, twice. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  callsReducer,
  incomingCalls,
  mayBeDirect,
  noCalls,
  offersTo,
  ownCall,
  type CallAction,
  type CallsState,
} from "../shared/client/call-state.ts";
import type { Call } from "../shared/protocol/index.ts";

const ME = "usr_meeeeeeeeeeeeeee";
const ANN = "usr_annnnnnnnnnnnnnn";
const BEN = "usr_bennnnnnnnnnnnnn";
type State = Call["participants"][number]["state"];

const person = (userId: string, state: State, direct = false) => ({
  userId,
  state,
  direct,
  audio: true,
  video: false,
  screen: false,
});
const callOf = (people: Call["participants"], more: Partial<Call> = {}): Call => ({
  id: "call_1",
  roomId: "room_1",
  media: "audio",
  state: people.filter(({ state }) => state === "joined").length > 1 ? "active" : "ringing",
  startedBy: ANN,
  startedAt: new Date(0).toISOString(),
  participants: people,
  ...more,
});
const ringing = callOf([person(ANN, "joined"), person(ME, "ringing")]);
const active = callOf([person(ANN, "joined"), person(ME, "joined")]);
const ended = { ...ringing, state: "ended", endedReason: "hangup" } as const;
const run = (...actions: CallAction[]): CallsState =>
  actions.reduce((calls, action) => callsReducer(calls, action, ME), noCalls);
const told = (call: Call): CallAction => ({ type: "told", call });
const entered = (call: Call): CallAction => ({ type: "entered", call, iceServers: [] });

test("it rings until it is answered, declined or over; what rang and was taken back was missed", () => {
  expect(incomingCalls(run(told(ringing)), ME)).toEqual([ringing]);
  expect(incomingCalls(run(told(ringing), { type: "asked", roomId: "room_1" }), ME)).toEqual([]);
  const missed = run(told(ringing), told(ended));
  expect(missed).toMatchObject({ live: {}, over: { reason: "hangup", missed: true } });
  expect(callsReducer(missed, { type: "read" }, ME).over).toBeUndefined();
});

test("what is told late about a call brings neither the ringing nor the call back", () => {
  expect(run(told(ringing), told(ended), told(active), told(ringing)).live).toEqual({});
  const inside = run(told(ringing), entered(active), told(ringing));
  expect(inside.part).toMatchObject({ state: "in", callId: "call_1" });
  expect(ownCall(inside)).toEqual(active);
});

test("an event that overtook the answer counts for more than the answer", () => {
  const three = callOf([...active.participants, person(BEN, "joined")]);
  expect(ownCall(run({ type: "asked", roomId: "room_1" }, told(three), entered(active)))).toEqual(three);
});

test("[C4] a welcome without the call, or with oneself out of it, ends one's part; another tab's part is not ours", () => {
  expect(run(entered(active), { type: "welcomed", calls: [] })).toMatchObject({
    part: { state: "none" },
    live: {},
    over: {
      reason: "lost",
      missed: false,
    },
  });
  const without = callOf([person(ANN, "joined"), person(BEN, "joined"), person(ME, "left")]);
  expect(run(entered(active), { type: "welcomed", calls: [without] })).toMatchObject({
    part: { state: "none" },
    over: { reason: "lost" },
  });
  expect(run(told(active), told({ ...active, state: "ended" })).over).toBeUndefined();
});

test("[C4] a call that another tab takes over is told as that, not as lost", () => {
  const left = told(callOf([person(ANN, "joined"), person(ME, "left")]));
  const taken = run(entered(active), left, told(active));
  expect(taken).toMatchObject({ part: { state: "none" }, over: { reason: "elsewhere", missed: false } });
  expect(callsReducer(taken, { type: "read" }, ME).over).toBeUndefined();
  expect(run(entered(active), { type: "left" }, left, told(active)).over).toBeUndefined();
});

test("[C3][C5] of two the later one offers; both must want to be direct", () => {
  expect([offersTo(active, ME, ANN), offersTo(active, ANN, ME)]).toEqual([true, false]);
  const direct = (mine: boolean, hers: boolean) =>
    mayBeDirect(callOf([person(ANN, "joined", hers), person(ME, "joined", mine)]), ME, ANN);
  expect([direct(true, true), direct(true, false), direct(false, true)]).toEqual([true, false, false]);
});

test("[C1] whatever is told in whatever order: one call a room, and a part only in a call that lives", () => {
  const states = fc.constantFrom<State>("ringing", "joined", "left", "declined");
  const call = fc
    .record({ n: fc.nat(2), room: fc.nat(1), mine: states, hers: states, over: fc.boolean() })
    .map(({ n, room, mine, hers, over }) =>
      callOf([person(ANN, hers), person(ME, mine)], {
        id: `call_${room}${n}`,
        roomId: `room_${room}`,
        ...(over && {
          state: "ended" as const,
          endedReason: "timeout" as const,
        }),
      }),
    );
  const action = fc.oneof(
    call.map(told),
    call.filter(({ state, participants }) => state !== "ended" && participants[1]!.state === "joined").map(entered),
    fc.array(call, { maxLength: 2 }).map((calls): CallAction => ({ type: "welcomed", calls })),
    fc.constantFrom<CallAction>({ type: "asked", roomId: "room_0" }, { type: "refused" }, { type: "left" }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
      actions.reduce((before, action) => {
        const after = callsReducer(before, action, ME);
        for (const [roomId, { roomId: own, id, state }] of Object.entries(after.live)) {
          expect(own).toBe(roomId);
          expect(state).not.toBe("ended");
          expect(after.ended).not.toContain(id);
        }
        expect(after.part.state !== "in" || ownCall(after)?.id === after.part.callId).toBe(true);
        return after;
      }, noCalls);
    }),
    { numRuns: 3_000 },
  );
});

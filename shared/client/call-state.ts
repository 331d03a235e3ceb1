/** The calls of the guest's rooms, and this client's own part in one of them. Pure: (calls, action) → calls. */
import type { Call, CallEndReason } from "../protocol/index.ts";

export type Participant = Call["participants"][number];
export type IceServers = { urls: string | string[]; username?: string; credential?: string }[];

/** What this very client does; another tab of the guest may do something else. */
export type Part =
  | { readonly state: "none" }
  /** Asked to start or to join, not answered yet. */
  | { readonly state: "asking"; readonly roomId: string }
  | {
      readonly state: "in";
      readonly callId: string;
      readonly roomId: string;
      readonly iceServers: IceServers;
      /** The operator shows no addresses, whatever two agree on; absent until known. */
      readonly relayOnly?: boolean;
      /** A page that was loaded anew, and takes up what it did before. */
      readonly again: boolean;
    };

/** `elsewhere`: it goes on in another tab of the guest, which has taken it over. */
export type CallOver = CallEndReason | "elsewhere";

export interface CallsState {
  /** Room id → its live call; there is at most one (C1). */
  readonly live: Readonly<Record<string, Call>>;
  readonly part: Part;
  /** How a call that concerned this client ended, until it is read. `missed`: it only rang here. */
  readonly over?: { readonly call: Call; readonly reason: CallOver; readonly missed: boolean };
  /** The newest that ended: what is told late does not bring them back. */
  readonly ended: readonly string[];
}

export type CallAction =
  | { type: "told"; call: Call }
  | { type: "welcomed"; calls: readonly Call[] }
  | { type: "asked"; roomId: string }
  | { type: "refused" }
  | { type: "entered"; call: Call; iceServers: IceServers; again?: boolean }
  | { type: "supplied"; iceServers: IceServers; relayOnly: boolean }
  | { type: "left" }
  | { type: "read" };

export const noCalls: CallsState = { live: {}, part: { state: "none" }, ended: [] };
const NONE: Part = { state: "none" };
const ENDED_KEPT = 20;

export const participantOf = (call: Call | undefined, userId: string | undefined): Participant | undefined =>
  call?.participants.find((one) => one.userId === userId);

export const ownCall = ({ part, live }: CallsState): Call | undefined =>
  part.state === "in" ? live[part.roomId] : undefined;

/** Calls that ring for this guest and wait for an answer. */
export const incomingCalls = ({ live, part }: CallsState, me: string): Call[] =>
  Object.values(live).filter(
    (call) => participantOf(call, me)?.state === "ringing" && !(part.state === "asking" && part.roomId === call.roomId),
  );

export const joinedOthers = (call: Call | undefined, me: string): Participant[] =>
  (call?.participants ?? []).filter(({ userId, state }) => userId !== me && state === "joined");

/** Of two who are in, the one who came later makes the first offer and gives way: participants stand as they joined. */
export const offersTo = (call: Call, me: string, other: string): boolean => {
  const place = (userId: string) => call.participants.findIndex((one) => one.userId === userId);
  return place(me) > place(other);
};

/** Addresses are shown between two who both want it, and to nobody else. */
export const mayBeDirect = (call: Call | undefined, me: string, other: string): boolean =>
  (participantOf(call, me)?.direct ?? false) && (participantOf(call, other)?.direct ?? false);

export function callsReducer(calls: CallsState, action: CallAction, me: string): CallsState {
  switch (action.type) {
    case "told":
      return told(calls, action.call, me);
    case "welcomed": {
      const now = action.calls.reduce((all, call) => told(all, call, me), calls);
      const gone = Object.values(now.live).filter((call) => !action.calls.some(({ id }) => id === call.id));
      return gone.reduce((all, call) => over(all, call, "lost", me), now);
    }
    case "asked":
      return { ...calls, part: { state: "asking", roomId: action.roomId }, over: undefined };
    case "refused":
      return calls.part.state === "asking" ? { ...calls, part: NONE } : calls;
    case "entered": {
      const { iceServers, again = false } = action;
      // It was over before the answer came.
      if (calls.ended.includes(action.call.id)) return { ...calls, part: NONE };
      const known = calls.live[action.call.roomId];
      // An event may have overtaken the answer.
      const heard = known?.id === action.call.id && participantOf(known, me)?.state === "joined";
      const call = heard ? known : action.call;
      const part: Part = { state: "in", callId: call.id, roomId: call.roomId, iceServers, again };
      return told({ ...calls, part, over: undefined }, call, me);
    }
    case "supplied": {
      const { iceServers, relayOnly } = action;
      return calls.part.state === "in" ? { ...calls, part: { ...calls.part, iceServers, relayOnly } } : calls;
    }
    case "left": {
      const own = ownCall(calls);
      const live = own ? { ...calls.live, [own.roomId]: withoutMe(own, me) } : calls.live;
      return { ...calls, live, part: NONE };
    }
    case "read":
      return calls.over ? { ...calls, over: undefined } : calls;
    default:
      return action satisfies never;
  }
}

function told(calls: CallsState, call: Call, me: string): CallsState {
  if (calls.ended.includes(call.id)) return calls;
  if (call.state === "ended") return over(calls, call, call.endedReason ?? "hangup", me);
  const before = calls.live[call.roomId];
  // A room has one call at a time: the end of the former was not heard.
  if (before && before.id !== call.id) return told(over(calls, before, "lost", me), call, me);
  const mine = isIn(calls, call) ? participantOf(call, me)?.state : undefined;
  // From before our own answer, and overtaken by it.
  if (mine === "ringing") return calls;
  const live = { ...calls.live, [call.roomId]: call };
  if (mine === "left" || mine === "declined")
    // The others go on without us: the server had not heard of us for too long, or another tab comes in our place.
    return { ...calls, live, part: NONE, over: { call, reason: "lost", missed: false } };
  const taken = calls.over?.call.id === call.id && !isIn(calls, call) && participantOf(call, me)?.state === "joined";
  return { ...calls, live, ...(taken && { over: { call, reason: "elsewhere" as const, missed: false } }) };
}

function over(calls: CallsState, call: Call, reason: CallEndReason, me: string): CallsState {
  const { [call.roomId]: known, ...rest } = calls.live;
  const live = known && known.id !== call.id ? calls.live : rest;
  const ended = [...calls.ended.filter((id) => id !== call.id), call.id].slice(-ENDED_KEPT);
  const was = known?.id === call.id ? known : call;
  if (isIn(calls, call)) return { ...calls, live, ended, part: NONE, over: { call, reason, missed: false } };
  const rang = participantOf(was, me)?.state === "ringing";
  return { ...calls, live, ended, ...(rang && { over: { call, reason, missed: true } }) };
}

const withoutMe = (call: Call, me: string): Call => ({
  ...call,
  participants: call.participants.map((one) => (one.userId === me ? { ...one, state: "left" } : one)),
});

const isIn = ({ part }: CallsState, call: Call): boolean => part.state === "in" && part.callId === call.id;

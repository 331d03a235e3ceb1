/**
 * Calls as far as the server knows them: who rings, who is in, and signals between those who are. Media is the page's.
 * What a call has become, events tell in one order to all; acks of one's own requests may be older than those.
 */
import { PasserbyError } from "../protocol/errors.ts";
import type { Call, EventPayload, RouteAnswer, Signal } from "../protocol/index.ts";
import { persist as persistWith, type Sleep } from "./backoff.ts";
import {
  callsReducer,
  incomingCalls,
  noCalls,
  participantOf,
  type CallAction,
  type CallsState,
  type IceServers,
  type Part,
} from "./call-state.ts";
import type { Request } from "./requests.ts";

export interface Sends {
  audio: boolean;
  video: boolean;
  screen: boolean;
}
interface Entrance {
  call: Call;
  iceServers: IceServers;
}
export type SignalListener = (signal: EventPayload<"call:signal">) => void;

export interface CallsOptions {
  me: () => string;
  request: Request;
  servers: () => Promise<RouteAnswer<"GET /api/calls/ice-servers">>;
  get: () => CallsState;
  set: (calls: CallsState) => void;
  /** The call this client is in, kept over a reload. */
  load: () => string | undefined;
  save: (callId: string | undefined) => void;
  sleep: Sleep;
}

/** After this a connection that is down offers anew anyway. */
const SIGNAL_MS = 5_000;

export function createCalls({ me, request, servers, get, set, load, save, sleep }: CallsOptions) {
  const persist = <T>(run: () => Promise<T>, wanted: () => boolean) => persistWith(run, wanted, sleep);
  const listeners = new Set<SignalListener>();
  /** Grows with all that the guest wants: an answer to something older changes nothing. */
  let version = 0;
  let sends: Sends = { audio: true, video: false, screen: false };

  function dispatch(action: CallAction) {
    const before = get();
    const after = callsReducer(before, action, me());
    if (after === before) return;
    if (before.part.state === "in" && after.part.state !== "in") save(undefined);
    set(after);
  }

  const inCall = (): Extract<Part, { state: "in" }> | undefined => {
    const { part } = get();
    return part.state === "in" ? part : undefined;
  };

  async function enter(roomId: string, ask: (wanted: () => boolean) => Promise<Entrance>, again = false) {
    const mine = ++version;
    dispatch({ type: "asked", roomId });
    try {
      const answer = await ask(() => mine === version);
      if (mine !== version) {
        abandon(answer.call.id);
        return;
      }
      save(answer.call.id);
      sends = { audio: true, video: answer.call.media === "video", screen: false };
      dispatch({ type: "entered", call: answer.call, iceServers: answer.iceServers, again });
    } catch (error) {
      if (mine === version) dispatch({ type: "refused" });
      throw error;
    }
  }

  const join = async (callId: string): Promise<Entrance> => {
    const { call, iceServers } = await request("call:accept", { callId });
    return { call, iceServers: iceServers ?? (await servers()).iceServers };
  };

  function abandon(callId: string) {
    // Asked until answered: who has hung up here must not be left in the call there.
    persist(
      () => request("call:hangup", { callId }),
      () => true,
    ).catch(ignore);
  }

  /** The last one said counts. */
  function say(now: Sends) {
    const part = inCall();
    if (!part) return;
    const wanted = () => now === sends && inCall()?.callId === part.callId;
    persist(() => request("call:media", { callId: part.callId, ...now }), wanted).catch(ignore);
  }

  return {
    /** Rings the others of the room; a call that is there already is joined instead, so two who start at once meet. */
    start: (roomId: string, media: Call["media"]): Promise<void> =>
      enter(roomId, async () => {
        try {
          return await request("call:start", { roomId, media });
        } catch (error) {
          const callId = busyWith(error);
          const elsewhere = Object.values(get().live).some((call) => call.id === callId && call.roomId !== roomId);
          if (!callId || elsewhere) throw error;
          return join(callId).catch(() => {
            throw error;
          });
        }
      }),

    accept: ({ id, roomId }: Call): Promise<void> => enter(roomId, () => join(id)),
    decline({ id }: Call) {
      persist(
        () => request("call:decline", { callId: id }),
        () => incomingCalls(get(), me()).some((call) => call.id === id),
      ).catch(ignore);
    },

    /** Out at once, whatever the server says and when. */
    hangUp() {
      version += 1;
      const part = inCall();
      dispatch({ type: "left" });
      if (part) abandon(part.callId);
    },

    /** What this client sends just now. */
    media(now: Sends) {
      sends = now;
      say(now);
    },

    /** Whether the others may see this guest's address. */
    async direct(allow: boolean): Promise<void> {
      const part = inCall();
      if (part) await request("call:direct", { callId: part.callId, allow });
    },

    /** To one other participant. Whose connection is away just now gets it when back, if that is soon. */
    signal(to: string, data: Signal) {
      const part = inCall();
      if (!part) return;
      const untilMs = Date.now() + SIGNAL_MS;
      const wanted = () => inCall()?.callId === part.callId && Date.now() < untilMs;
      persist(() => request("call:signal", { callId: part.callId, to, data }), wanted).catch(ignore);
    },
    onSignal(listener: SignalListener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    /** The servers of just now: a relay's credentials run out. */
    async supply(): Promise<void> {
      const { iceServers, relayOnly } = await servers();
      dispatch({ type: "supplied", iceServers, relayOnly });
    },

    /** The sentence about the last call was read. */
    read: () => dispatch({ type: "read" }),

    told: (call: Call) => dispatch({ type: "told", call }),
    signalled(signal: EventPayload<"call:signal">) {
      if (signal.callId === inCall()?.callId) for (const listener of listeners) listener(signal);
    },

    welcome(calls: readonly Call[]) {
      const kept = load();
      const before = inCall();
      dispatch({ type: "welcomed", calls });
      const call = calls.find(({ id }) => id === kept);
      // From here on this connection carries the call; its media never noticed.
      if (before && inCall()) say(sends);
      else if (call && participantOf(call, me())?.state === "joined") resume(call);
      else if (get().part.state === "none") save(undefined);
    },

    /** The room is over, and with it what was said in it. */
    closeRoom(roomId: string) {
      const call = get().live[roomId];
      const { part } = get();
      if (part.state === "asking" && part.roomId === roomId) {
        version += 1;
        dispatch({ type: "refused" });
      }
      if (call) dispatch({ type: "told", call: { ...call, state: "ended", endedReason: "room-closed" } });
    },

    clear() {
      version += 1;
      set(noCalls);
    },
  };

  /** A page that was loaded anew joins again: the others begin anew with it. */
  function resume(call: Call) {
    enter(call.roomId, (wanted) => persist(() => join(call.id), wanted), true).catch(() => save(undefined));
  }
}

export type Calls = ReturnType<typeof createCalls>;

const ignore = () => {};

/** `busy` names the call that is in the way. */
function busyWith(error: unknown): string | undefined {
  if (!(error instanceof PasserbyError) || error.code !== "busy") return undefined;
  return Object.values(error.fields ?? {}).find((value) => value.startsWith("call_"));
}

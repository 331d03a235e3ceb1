/** The parts of one client, and what each tells the others. */
import type { EventPayload, Message, Stats, User } from "../protocol/index.ts";
import { noCalls, type CallsState } from "./call-state.ts";
import { createSleep } from "./backoff.ts";
import { createCalls } from "./calls.ts";
import { createConnection, type ConnectionState } from "./connection.ts";
import { handleEvent } from "./events.ts";
import { sendByFetch, type SendForm } from "./forms.ts";
import { createGroups } from "./groups.ts";
import { createHttp } from "./http.ts";
import { createMatching, type Match } from "./matching.ts";
import { createOutbox, type Outbox, type OutboxItem } from "./outbox.ts";
import type { RoomState } from "./reducer.ts";
import { createReports } from "./reports.ts";
import { createRooms } from "./rooms.ts";
import { createKeep, type Storage } from "./saved.ts";
import { createSending } from "./sending.ts";
import { createSession } from "./session.ts";
import { createStats } from "./stats.ts";
import { createStore } from "./store.ts";
import { everySecond } from "./ticker.ts";
import { type ClientSpan, spanOf } from "./trace.ts";
import { createTyping } from "./typing.ts";
import type { UploadItem } from "./uploads.ts";

export interface ClientState {
  readonly connection: ConnectionState;
  readonly user?: User;
  readonly match: Match;
  readonly rooms: Readonly<Record<string, RoomState>>;
  readonly outbox: readonly OutboxItem[];
  readonly uploads: readonly UploadItem[];
  readonly calls: CallsState;
  /** Ids of those this guest blocked or reported. */
  readonly blocked: readonly string[];
  readonly stats?: Stats;
}

export interface ClientOptions {
  /** Origin of the HTTP functions; "" is the page's own. */
  httpUrl: string;
  /** What outlives this client; nothing by default. */
  storage?: Storage;
  fetch?: typeof fetch;
  /** How files get to the store; with `fetch` by default, which tells no progress. */
  sendForm?: SendForm;
  /** Messages just shown, in order, each once. */
  onShown?: (messages: readonly Message[]) => void;
  /** For programs that trace: each message that was acked. The page does not. */
  onSpan?: (span: ClientSpan) => void;
  /** A fault of this client's own while it handled what the server said. */
  onFault?: (error: unknown) => void;
}

/** After this the event that should have introduced a room is taken for lost. */
const INTRODUCTION_MS = 1_500;

export function createParts({ httpUrl, storage, fetch: fetcher, sendForm, onShown, onSpan, onFault }: ClientOptions) {
  const keep = createKeep(storage);
  const over = new AbortController();
  const { sleep, stop: wakeAll } = createSleep();
  const http = createHttp(httpUrl, fetcher, over.signal);
  const store = createStore<ClientState>({
    connection: { state: "idle" },
    user: keep.get().credentials?.user,
    match: { state: "idle" },
    rooms: {},
    outbox: keep.get().outbox ?? [],
    uploads: [],
    calls: noCalls,
    blocked: keep.get().blocked ?? [],
  });
  const session = createSession({
    http,
    keep,
    onUser: (user) => store.set({ user }),
    onEnded: (error) => connection.close(error.toBody()),
  });
  const connection = createConnection({
    fresh: session.fresh,
    refresh: session.refresh,
    cursors: () => rooms.cursors(),
    onState: (state) => {
      store.set({ connection: state });
      // An identity that is over is not tried again after a reload.
      if (state.state === "ended" && state.error.code !== "conflict") {
        outbox.end(state.error);
        keep.clear();
      }
      if (state.state === "ended") calls.clear();
    },
    onWelcome: (welcome, cursors) => {
      store.set({ user: welcome.user });
      rooms.welcome(welcome, cursors);
      matching.welcome(welcome.match);
      calls.welcome(welcome.calls);
      outbox.flush();
      stats.welcome();
    },
    onEvent: (name, payload) => {
      try {
        handleEvent({ name, payload } as Parameters<typeof handleEvent>[0], listeners);
      } catch (error) {
        onFault?.(error);
      }
    },
  });
  const { request } = connection;
  const rooms = createRooms({
    me: () => session.user()?.id ?? "",
    request,
    outbox: (): Outbox => outbox,
    get: () => store.get().rooms,
    set: (next) => store.set({ rooms: next }),
    shared: (roomId) => keep.get().shared?.[roomId],
    onShown,
    onClosed: (roomId) => {
      uploads.close(roomId);
      calls.closeRoom(roomId);
      matching.ended(roomId);
    },
    sleep,
  });
  const matching = createMatching({
    request,
    get: () => store.get().match,
    set: (match) => store.set({ match }),
    load: () => keep.get().search,
    save: (search) => keep.set({ search }),
    onCancelled: (roomId) => rooms.leaving(roomId),
    onMatched: (roomId) => {
      if (!rooms.room(roomId)?.info) void sleep(INTRODUCTION_MS).then(() => introduce(roomId));
    },
    sleep,
  });
  const outbox = createOutbox({
    async send(draft) {
      const startMs = Date.now();
      const { message } = await request("message:send", draft);
      if (onSpan)
        spanOf(draft, message.sender.id, startMs, Date.now())
          .then(onSpan)
          .catch((error: unknown) => onFault?.(error));
      return message;
    },
    load: () => keep.get().outbox ?? [],
    save: (items) => {
      keep.set({ outbox: items });
      store.set({ outbox: items });
    },
    onAck: (message) => rooms.dispatch(message.roomId, { type: "pushed", message }),
    sleep,
  });
  const uploads = createSending({ http, session, store, outbox, sendForm: sendForm ?? sendByFetch(fetcher) });
  const calls = createCalls({
    me: () => session.user()?.id ?? "",
    request,
    servers: async () => http("GET /api/calls/ice-servers", { token: (await session.fresh()).token }),
    get: () => store.get().calls,
    set: (calls) => store.set({ calls }),
    load: () => keep.get().callId,
    save: (callId) => keep.set({ callId }),
    sleep,
  });
  const reports = createReports({
    http,
    request,
    session,
    room: rooms.room,
    blocked: () => store.get().blocked,
    setBlocked: (blocked) => {
      keep.set({ blocked });
      store.set({ blocked });
    },
  });
  const typing = createTyping(request);
  const stats = createStats({
    http,
    request,
    online: () => store.get().connection.state === "online",
    set: (stats) => store.set({ stats }),
  });
  const listeners = {
    rooms,
    matching,
    calls,
    onEntered: (roomId: string) => {
      rooms.joined(roomId);
      void introduce(roomId);
    },
    // The guest is in one pair at most, so only the newest is worth keeping.
    onFound: ({ room, shared }: EventPayload<"match:found">) => keep.set({ shared: { [room.id]: shared } }),
    onStats: (stats: Stats) => store.set({ stats }),
    onReplaced: (message: string) => connection.close({ code: "conflict", message }),
    onEnded: ({ reason, retryAfterMs }: EventPayload<"session:ended">) =>
      connection.close({ code: reason === "banned" ? "banned" : "session-ended", message: reason, retryAfterMs }),
  };
  const stopTicking = everySecond(() => {
    session.tick();
    rooms.tick();
    typing.tick();
    stats.tick();
  });

  /** Asks for a room that is ours by right, if nothing has told of it yet. */
  async function introduce(roomId: string) {
    if (rooms.isOpen(roomId)) return;
    const told = await request("room:join", { roomId }, { once: true }).catch(() => undefined);
    if (told) rooms.dispatch(roomId, { type: "introduced", ...told });
  }

  /** Nothing of this client goes on: no socket, no timer, no question. */
  function end() {
    over.abort();
    stopTicking();
    uploads.clear();
    connection.end();
    rooms.stop();
    wakeAll();
  }

  const groups = createGroups({ http, session, request, rooms });
  return {
    http,
    groups,
    store,
    session,
    connection,
    rooms,
    matching,
    outbox,
    uploads,
    calls,
    reports,
    typing,
    stats,
    over: over.signal,
    sleep,
    end,
  };
}

/** One live socket at a time, brought back with full jitter until told to stop. */
import { io } from "socket.io-client";
import { isRetry, type ErrorBody, type PasserbyError } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import type { Credentials, Cursor, EventName, Welcome } from "../protocol/index.ts";
import { reconnecting, waitMs } from "./backoff.ts";
import { createRequests, type LiveSocket, type Request } from "./requests.ts";

export type ConnectionState =
  | { state: "idle" }
  | { state: "connecting"; attempt: number }
  | { state: "online"; connectionId: string; nodeId: string }
  | { state: "waiting"; attempt: number; retryAtMs: number; error?: ErrorBody }
  /** Nothing will come of waiting. */
  | { state: "ended"; error: ErrorBody };

export type Cursors = Record<string, Cursor>;

export interface ConnectionOptions {
  /** Credentials good for now. Throws PasserbyError. */
  fresh: () => Promise<Credentials>;
  refresh: () => Promise<unknown>;
  cursors: () => Cursors;
  onState: (state: ConnectionState) => void;
  /** `cursors`: what this connection's handshake said. Runs before waiting requests go out. */
  onWelcome: (welcome: Welcome, cursors: Cursors) => void;
  onEvent: (name: EventName, payload: unknown) => void;
  random?: () => number;
}

export interface Connection {
  request: Request;
  open: () => void;
  /** Until `open`; with an error, the guest is told why. */
  close: (error?: ErrorBody) => void;
  /** For good: nothing opens it again, and a server that hangs is not waited for. */
  end: () => void;
  /** A network came back, a laptop woke: tries now instead of at the end of the wait. */
  wake: () => void;
}

const KICKED_MS = 1_000;

/** What the guest is told; an error's own class and stack are not for the state. */
const bare = ({ code, message, retryAfterMs }: ErrorBody): ErrorBody => ({
  code,
  message,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

export function createConnection(options: ConnectionOptions): Connection {
  const { random = Math.random } = options;
  const requests = createRequests();
  let socket: LiveSocket | undefined;
  let running = false;
  let over = false;
  let attempt = 0;
  /** Grows with every attempt, so that what belongs to an older one is recognised. */
  let current = 0;
  let notBeforeMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function drop() {
    clearTimeout(timer);
    current += 1;
    requests.pause();
    const old = socket;
    socket = undefined;
    old?.off();
    old?.offAny();
    // The transport first: a goodbye on a socket that the server is closing is an error on the page's console.
    old?.io.engine.close();
    old?.disconnect();
  }

  function close(ended?: ErrorBody) {
    const error = ended && bare(ended);
    running = false;
    drop();
    options.onState(error ? { state: "ended", error } : { state: "idle" });
    requests.refuse(error ?? { code: "session-ended", message: "The client was closed" });
  }

  async function connect() {
    drop();
    const mine = current;
    options.onState({ state: "connecting", attempt });
    // Covers the credentials, the transport and the welcome.
    timer = setTimeout(() => lost({ code: "unavailable", message: "No welcome in time" }), limits.ackTimeoutMs);
    try {
      const credentials = await options.fresh();
      if (mine === current) listen(credentials);
    } catch (error) {
      if (mine === current) refused(error as PasserbyError);
    }
  }

  function listen({ socketUrl, token }: Credentials) {
    let cursors: Cursors = {};
    const live: LiveSocket = io(socketUrl, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      auth: (send) => send({ token, protocol: limits.protocolVersion, cursors: (cursors = options.cursors()) }),
    });
    socket = live;
    live.on("connect_error", (error) => refused((error as { data?: ErrorBody }).data));
    live.on("disconnect", (reason) => {
      // The server itself hung up, not its transport: something was wrong with what we sent.
      if (reason === "io server disconnect") notBeforeMs = Date.now() + KICKED_MS * (1 + 4 * random());
      lost();
    });
    // A transport that opens and closes again before the handshake tells the engine only. One that is closed from here is so
    // because of a refusal or a goodbye, which come right after, and say why.
    live.io.engine.on("close", (reason) => socket === live && reason !== "forced close" && lost());
    // One listener for all: a client costs little, and an event of a newer server costs nothing.
    live.onAny((name: EventName, payload: unknown) => {
      if (name === "session:welcome") welcome(live, payload as Welcome, cursors);
      else if (name === "server:draining") leaveIn((payload as { reconnectInMs: number }).reconnectInMs);
      else options.onEvent(name, payload);
    });
  }

  function welcome(live: LiveSocket, payload: Welcome, cursors: Cursors) {
    clearTimeout(timer);
    attempt = 0;
    notBeforeMs = 0;
    // What waits goes out in later turns, so after the backfill has shown what need not be sent again.
    requests.start(live);
    options.onWelcome(payload, cursors);
    if (live !== socket) return;
    options.onState({ state: "online", connectionId: payload.connectionId, nodeId: payload.nodeId });
  }

  /** The node is about to stop: it may close first, and we come back at the time it gave us either way. */
  function leaveIn(reconnectInMs: number) {
    notBeforeMs = Date.now() + reconnectInMs;
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), reconnectInMs);
  }

  function refused(error?: ErrorBody) {
    if (!error?.code || isRetry(error.code)) lost(error);
    else if (error.code === "token-expired") void renew(error);
    else close(error);
  }

  /** A fresh token, then again: at once the first time, later with pauses. */
  async function renew(error: ErrorBody) {
    drop();
    const mine = current;
    const first = attempt === 0;
    attempt += 1;
    let failure: ErrorBody | undefined = first ? undefined : { ...error, code: "unavailable" };
    try {
      await options.refresh();
    } catch (refreshing) {
      failure = refreshing as PasserbyError;
    }
    if (mine !== current || !running) return;
    if (failure) refused(failure);
    else await connect();
  }

  function lost(error?: ErrorBody) {
    if (!running) return;
    drop();
    const restMs = notBeforeMs - Date.now();
    const delay = restMs > 0 ? restMs : waitMs(error, attempt, reconnecting, random);
    attempt += 1;
    options.onState({ state: "waiting", attempt, retryAtMs: Date.now() + delay, ...(error && { error }) });
    timer = setTimeout(() => void connect(), delay);
  }

  return {
    request: requests.request,
    close,
    end() {
      over = true;
      const transport = socket?.io.engine.transport as { ws?: { terminate?: () => void } } | undefined;
      const raw = transport?.ws;
      close();
      raw?.terminate?.(); // in Node it would wait half a minute for the other side's goodbye
    },
    open() {
      if (running || over) return;
      running = true;
      attempt = 0;
      void connect();
    },
    wake() {
      if (running && !socket) void connect();
    },
  };
}

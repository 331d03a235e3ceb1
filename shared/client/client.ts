/** The whole client without a page: web, tests and bench all talk to the server through this. */
import { PasserbyError } from "../protocol/errors.ts";
import type { User, Wishes } from "../protocol/index.ts";
import { persist } from "./backoff.ts";
import type { LocalAttachment, NewFile } from "./files.ts";
import type { NewMessage } from "./outbox.ts";
import type { Accusation } from "./reports.ts";
import type { Profile } from "./session.ts";
import { createParts, type ClientOptions } from "./wiring.ts";

const CONNECT_MS = 30_000;

export type Client = ReturnType<typeof createClient>;

/** Nothing happens before `start` or `resume`. Every method that asks the server rejects with PasserbyError. */
export function createClient(options: ClientOptions) {
  const {
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
    over,
    sleep,
    end,
  } = createParts(options);
  const { request } = connection;

  function reset() {
    outbox.clear();
    uploads.clear();
    calls.clear();
    store.set({ rooms: {}, match: { state: "idle" }, blocked: [] });
  }

  /** Grows when the guest is let go of: a start that is under way then is over. */
  let life = 0;
  const closed = () => new PasserbyError("session-ended", "The client was closed");

  const find = (roomId: string, messageId: string) =>
    rooms.room(roomId)?.log.shown.find((message) => message.id === messageId);

  return {
    getState: store.get,
    subscribe: store.subscribe,
    when: store.when,
    http,

    /** Goes on as the guest the storage remembers; false if there is none. */
    resume(): boolean {
      if (!session.user()) return false;
      connection.open();
      return true;
    },

    /** Becomes a guest (or renames the one there is) and connects; resolves once welcome. */
    async start(profile: Profile = {}): Promise<User> {
      const before = session.user()?.id;
      const mine = life;
      const user = await session.start(profile).catch((error: unknown) => {
        throw over.aborted ? closed() : error;
      });
      if (mine !== life) throw closed();
      if (user.id !== before) reset();
      connection.open();
      const { connection: now } = await store
        .when(({ connection: { state } }) => state !== "connecting" && state !== "waiting", CONNECT_MS)
        .catch(() => {
          throw new PasserbyError("unavailable", `No welcome within ${CONNECT_MS} ms; still trying`);
        });
      if (now.state === "idle") throw closed();
      if (now.state === "ended") throw new PasserbyError(now.error.code, now.error.message);
      return user;
    },

    /** Everything of this guest is forgotten, here and on the server. */
    async signOut(): Promise<void> {
      life += 1;
      connection.close();
      reset();
      await session.signOut();
    },

    suggestName: async (): Promise<string> => (await http("GET /api/guest/username")).username,

    join: (wishes: Wishes = {}) => matching.join(wishes),
    leaveQueue: () => matching.leave(),
    lastWishes: matching.wishes,

    /** Group rooms: `list`, `look`, `create`, `join`, `refresh`. Those one is in are among the state's `rooms`; `leave` leaves. */
    groups,

    /** Leaves the pair for the next one, with the same wishes. */
    skip(roomId: string): Promise<void> {
      uploads.drop(roomId);
      rooms.leave(roomId, "skipped");
      return matching.skip(roomId);
    },

    async leave(roomId: string): Promise<void> {
      uploads.drop(roomId);
      rooms.leave(roomId, "left");
      const mine = life;
      const ask = () => request("room:leave", { roomId });
      await persist(ask, () => mine === life, sleep).catch((error: PasserbyError) => {
        // Gone already is as good as left.
        if (!["not-found", "forbidden", "room-closed"].includes(error.code)) throw error;
      });
      rooms.leave(roomId, "left"); // a welcome in between showed it again
    },

    /** An ended room is shown no longer. */
    forget(roomId: string) {
      uploads.drop(roomId);
      rooms.forget(roomId);
    },
    loadOlder: rooms.older,

    /** Shown as sending at once; what becomes of it is in the state. Answers its clientMessageId. */
    send(roomId: string, text: string, more: Omit<NewMessage, "text"> = {}): string {
      typing.sent(roomId);
      return outbox.add(roomId, { text, ...more }).clientMessageId;
    },
    /** As `send`, for a file. @throws PasserbyError with `fields.file` where the server would not take it */
    sendFile: (roomId: string, file: Blob, about: NewFile): string => uploads.add(roomId, file, about).clientMessageId,
    /** Where to read it, for `<img>` and `<audio>` too; undefined until it is a message. */
    fileUrl: ({ url }: LocalAttachment): string | undefined =>
      url && (/^https?:/.test(url) ? url : options.httpUrl + url),
    retry(clientMessageId: string) {
      uploads.retry(clientMessageId);
      outbox.retry(clientMessageId);
    },
    /** Takes back what is not stored yet; a file on its way is cancelled. */
    discard(clientMessageId: string) {
      uploads.discard(clientMessageId);
      outbox.discard(clientMessageId);
    },

    async react(roomId: string, messageId: string, emoji: string, on: boolean): Promise<void> {
      await request("message:react", { roomId, messageId, emoji, on });
      const message = find(roomId, messageId);
      const userId = session.user()?.id;
      if (message && userId)
        rooms.dispatch(roomId, { type: "reacted", messageId, seq: message.seq, userId, emoji, on });
    },

    /** Own message: its body is gone, its place stays. */
    async remove(roomId: string, messageId: string): Promise<void> {
      await request("message:delete", { roomId, messageId });
      const message = find(roomId, messageId);
      if (message) rooms.dispatch(roomId, { type: "deleted", messageId, seq: message.seq });
    },

    calls,

    /** Never matched again, never reached again; a pair with them ends. */
    block: (userId: string) => reports.block(userId),
    report: (roomId: string, accusation: Accusation) => reports.report(roomId, accusation),

    setTyping: (roomId: string, is: boolean) => typing.set(roomId, is),
    /** The guest has seen the room up to `seq`. */
    markRead: rooms.read,
    readSeq: rooms.readSeq,
    watchStats: (on: boolean) => stats.watch(on),
    /** A network came back, a tab woke up: tries to connect now. */
    wake: connection.wake,
    /** After `session:replaced`: takes the chat back to this client. */
    takeBack: connection.open,

    /** For good, whatever is under way: nothing of it goes on, and who waits for an answer is refused. */
    destroy() {
      life += 1;
      end();
    },
  };
}

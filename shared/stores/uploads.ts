/** Uploads: a slot (pending) → checked bytes (complete) → part of one message. Redis says who may read and until when; the bytes are the object store's. */
import { PasserbyError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Draft, Message, RouteBody, Upload } from "../protocol/index.ts";
import { createTickets } from "../tickets.ts";
import type { StoreContext } from "./index.ts";
import { key } from "./keys.ts";
import { createLimit, type LimitState } from "./limits.ts";
import { refuse } from "./log.ts";
import { pseudonymFor } from "./pseudonym.ts";
import type { Reply } from "./scripts.ts";
import { flat, type Found, toFields, toUpload } from "./upload-record.ts";

const MINUTE_MS = 60_000;
/** How long the form works, and how long after that the upload may still be completed. */
export const formMs = 10 * MINUTE_MS;
const slotMs = 2 * formMs;
/** A check that takes longer has died. */
const checkLeaseMs = MINUTE_MS;

export type Slot = RouteBody<"POST /api/uploads">;

const gone = () => new PasserbyError("not-found", "There is no such upload, or not any more");
const notTheirs = () => new PasserbyError("forbidden", "That upload is not yours, or not for this room");

const unattachable: Record<string, () => PasserbyError> = {
  gone,
  forbidden: notTheirs,
  pending: () => new PasserbyError("conflict", "That upload is not complete"),
  used: () => new PasserbyError("conflict", "That upload was sent already"),
  kind: () => new PasserbyError("invalid", undefined, { fields: { kind: "is not what was uploaded" } }),
};

export function uploadStore({ redis, run, config }: StoreContext) {
  const tickets = createTickets(config.secrets.jwtKeys);
  const limit = createLimit(redis, "uploads", config.uploadsPerHour, 60 * MINUTE_MS);
  const pseudonym = pseudonymFor(config, "uploads");

  return {
    /** Counts one slot of the guest's UPLOADS_PER_HOUR. @throws `rate-limited` */
    count: (userId: string): Promise<LimitState> => limit.consume(pseudonym(userId)),

    /** Leave to upload one file. @throws `not-found`, `forbidden`, `room-closed` */
    async create(userId: string, { roomId, ...slot }: Slot): Promise<{ upload: Upload; formExpiresAt: string }> {
      const id = newId("upl", config.cell);
      const times = [Math.min(formMs, config.uploadTtlMs), Math.min(slotMs, config.uploadTtlMs), config.uploadTtlMs];
      const reply = (await run("upload_create", id, roomId, userId, ...times, ...flat(slot))) as number[];
      refuse(reply[0]!);
      const [expiresAt, createdAt] = reply as [number, number];
      const fields = { ...toFields(flat(slot)), room: roomId, state: "pending", expiresAt: String(expiresAt) };
      return { upload: toUpload(id, fields), formExpiresAt: new Date(createdAt + times[0]!).toISOString() };
    },

    /**
     * The owner says that the bytes are there. `begun`: the caller alone checks them now and calls `end`.
     * @throws `not-found`, `forbidden`, `busy`
     */
    async begin(userId: string, id: string): Promise<{ upload: Upload; begun: boolean }> {
      const [verdict, ...rest] = (await run("upload_begin", id, userId, checkLeaseMs)) as [string, ...Reply[]];
      if (verdict === "gone") throw gone();
      if (verdict === "forbidden") throw notTheirs();
      if (verdict === "busy")
        throw new PasserbyError("busy", "It is being checked", { retryAfterMs: Math.min(2_000, Number(rest[0])) });
      return { upload: toUpload(id, toFields(rest)), begun: verdict === "begun" };
    },

    /** Ends a check. @returns the upload, or undefined where it went meanwhile (its bytes are then the caller's to delete) */
    async end(id: string, verdict: "complete" | "pending" | "refused", found: Found = {}): Promise<Upload | undefined> {
      const reply = (await run("upload_end", id, verdict, ...flat(found))) as Reply[];
      return reply.length > 0 ? toUpload(id, toFields(reply)) : undefined;
    },

    /** May this guest (undefined: the holder of a valid ticket) read it? @throws `not-found`, `forbidden` */
    async read(id: string, userId: string | undefined): Promise<Upload> {
      const [due, fields] = await Promise.all([redis.zscore(key("uploadsDue"), id), redis.hgetall(key("upload", id))]);
      const { room, owner, state, message } = fields;
      if (due === null || Number(due) <= Date.now() || room === undefined || state !== "complete") throw gone();
      if (userId === undefined || userId === owner) return toUpload(id, fields);
      if (!(await redis.hexists(key("members", room), userId))) throw notTheirs();
      if (message === undefined) throw gone(); // not sent (yet): nobody else's business
      return toUpload(id, fields);
    },

    /** @throws `unauthenticated` where it is not ours for this upload, `not-found` where its time is over */
    checkTicket(id: string, ticket: string): void {
      const verdict = tickets.check(id, ticket);
      if (verdict === "expired") throw gone();
      if (verdict === "wrong") throw new PasserbyError("unauthenticated");
    },

    /**
     * What a message of kind `file` or `voice` carries; from then on the upload belongs to that message alone.
     * Undefined where the log already holds the message: `append` answers with what is kept.
     * @throws `not-found`, `forbidden`, `room-closed`, `conflict`, `invalid`
     */
    async attach(userId: string, { roomId, clientMessageId, kind, uploadId }: Draft): Promise<Message["attachment"]> {
      const reply = (await run("upload_attach", uploadId!, roomId, userId, clientMessageId, kind)) as Reply[];
      const [verdict, ...rest] = reply as [string | number, ...Reply[]];
      if (verdict === "seen") return undefined;
      if (typeof verdict === "number") refuse(verdict);
      const refusal = unattachable[verdict];
      if (refusal) throw refusal();
      const { id, roomId: _, kind: __, state: ___, ...file } = toUpload(uploadId!, toFields(rest));
      const ticket = tickets.issue(id, Date.parse(file.expiresAt));
      return { uploadId: id, ...file, url: `/api/uploads/${id}?ticket=${ticket}` };
    },

    /** The message at that place was deleted by its sender; so is its file. */
    async unsend(userId: string, roomId: string, seq: number): Promise<void> {
      await run("upload_unsend", roomId, userId, seq);
    },

    /** Up to `most` uploads whose bytes are to go, to this caller alone for as long as `leaseMs`; no read finds them any more. */
    async take(most: number, leaseMs: number): Promise<string[]> {
      return (await run("uploads_take", most, leaseMs)) as string[];
    },

    /** The bytes of these are deleted. */
    async gone(ids: string[]): Promise<void> {
      if (ids.length > 0) await run("uploads_gone", ...ids);
    },

    /** Complete uploads by id, those after `after` up to and including `last` (without it: up to `most`). */
    kept: (after: string, last: string | undefined, most: number): Promise<string[]> =>
      redis.zrangebylex(key("uploadsKept"), after ? `(${after}` : "-", last ? `[${last}` : "+", "LIMIT", 0, most),

    /** The bytes of this complete upload are missing: nobody is promised them any longer. */
    async lost(id: string): Promise<void> {
      await run("upload_end", id, "refused");
    },

    /** Where the search for orphans stopped, "" at its start. */
    cursor: async (prefix: string): Promise<string> => (await redis.hget(key("cleanup"), prefix)) ?? "",
    async setCursor(prefix: string, after: string): Promise<void> {
      await redis.hset(key("cleanup"), prefix, after);
    },
  };
}

/**
 * The server's word, on each message a guest receives, that it was said so: room, place, sender, content, time. Nothing is kept
 * for it: whoever holds the message holds its proof, and any process with JWT_KEYS can tell. Measured: 3 µs a message.
 */
import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Message } from "./protocol/index.ts";
import type { TokenKey } from "./tokens.ts";

/** 132 bits of the HMAC: it travels with every message. */
const MAC_LENGTH = 22;

/** `unverifiable`: without a stamp, or by a key that is not known any more. */
export type Verdict = "genuine" | "altered" | "unverifiable";

export type Stampable = Omit<Message, "id" | "stamp" | "deleted">;

type Said = Pick<Stampable, "sender" | "clientMessageId" | "kind" | "text" | "replyTo" | "attachment">;

/** Where and when it was said, and by whom. */
interface Place {
  roomId: string;
  epoch: string;
  seq: number;
  senderId: string;
  sentAt: string;
}

/** What the sender said, in one form, whatever order a client keeps its fields in. A url is a place, and changes. */
function digestOf({ sender, clientMessageId, kind, text, replyTo, attachment: file }: Said): string {
  const attached = file && [file.uploadId, file.filename, file.contentType, file.sizeBytes, file.durationMs];
  const content = JSON.stringify([sender.username, clientMessageId, kind, text, replyTo, attached]);
  return hash("sha256", content, "base64url");
}

function macOf(key: KeyObject, { roomId, epoch, seq, senderId, sentAt }: Place, digest: string): string {
  const line = `${roomId}\n${epoch}\n${seq}\n${senderId}\n${digest}\n${sentAt}`;
  return createHmac("sha256", key).update(line).digest("base64url").slice(0, MAC_LENGTH);
}

const placeOf = ({ roomId, epoch, seq, sender, sentAt }: Stampable): Place => ({
  roomId,
  epoch,
  seq,
  senderId: sender.id,
  sentAt,
});

/** Signs with the newest of JWT_KEYS, checks with all, as tokens do; the keys themselves are derived (HKDF). */
export function createStamps(keys: readonly TokenKey[]) {
  const derive = (secret: string) =>
    createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", "passerby message stamp", 32)));
  const derived = new Map(keys.map(({ kid, secret }) => [kid, derive(secret)]));
  const [newest] = derived;
  if (!newest) throw new Error("at least one key is needed");
  const [kid, key] = newest;
  return {
    /** `<kid>.<MAC>` */
    stamp: (message: Stampable): string => `${kid}.${macOf(key, placeOf(message), digestOf(message))}`,

    /** The same in two steps: what was said is known before its place is, and to one node alone. */
    digest: digestOf,
    seal: (place: Place, digest: string): string => `${kid}.${macOf(key, place, digest)}`,

    verdict(message: Stampable & { stamp?: string | undefined }): Verdict {
      const [signedBy = "", mac = ""] = message.stamp?.split(".") ?? [];
      const theirs = derived.get(signedBy);
      if (!theirs) return "unverifiable";
      const right = Buffer.from(macOf(theirs, placeOf(message), digestOf(message)));
      const given = Buffer.from(mac);
      return right.length === given.length && timingSafeEqual(right, given) ? "genuine" : "altered";
    },
  };
}

export type Stamps = ReturnType<typeof createStamps>;

/** AES-256-GCM under keys derived from JWT_KEYS: what Redis then holds tells nobody anything. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { TokenKey } from "./tokens.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param purpose part of the key: what is sealed for one is not opened for another */
export function createSeal(keys: readonly TokenKey[], purpose: string) {
  const derived = new Map(
    keys.map(({ kid, secret }) => [kid, Buffer.from(hkdfSync("sha256", secret, "", `passerby ${purpose}`, 32))]),
  );
  const [newest] = derived;
  if (!newest) throw new Error("at least one key is needed");
  const [kid, key] = newest;
  return {
    /** @param about bound to it: the text opens beside the same word only */
    seal(about: string, text: string): string {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${kid}.${sealed.toString("base64url")}`;
    },

    /** Undefined where it is not ours, or its key is known no more. */
    open(about: string, sealed: string): string | undefined {
      const dot = sealed.indexOf(".");
      const its = derived.get(sealed.slice(0, dot));
      const bytes = Buffer.from(sealed.slice(dot + 1), "base64url");
      if (!its || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", its, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return undefined;
      }
    },
  };
}

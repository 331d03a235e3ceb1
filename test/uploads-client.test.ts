/** The client's uploads without a server: refusals, lost answers, expired slots, cancels, in any order. */
import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sleep } from "../shared/client/backoff.ts";
import { checkFile, declaredType, shortName, type FileFault } from "../shared/client/files.ts";
import type { SendForm } from "../shared/client/forms.ts";
import type { Http } from "../shared/client/http.ts";
import { createCourse } from "../shared/client/upload-course.ts";
import { createUploads, type UploadItem } from "../shared/client/uploads.ts";
import { PasserbyError, type ErrorCode } from "../shared/protocol/errors.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { RouteBody, Upload } from "../shared/protocol/index.ts";
import { toPeaks } from "../web/src/voice/peaks.ts";

const ROOM = "room_aaaaaaaaaaaaaaaa";
const FORM_MS = 600_000;
const TOOK_MS = 20;

afterEach(() => vi.useRealTimers());

/** What becomes of one call; "lost" means done, though the client never learns of it. */
type Fate = "ok" | "lost" | "unheard" | "expired" | "unsupported-type" | "unavailable" | "rate-limited" | "busy";
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>("ok") },
  { weight: 4, arbitrary: fc.constantFrom<Fate>("lost", "unheard", "expired", "unavailable", "rate-limited", "busy") },
  { weight: 1, arbitrary: fc.constant<Fate>("unsupported-type") },
);

interface Slot {
  upload: Upload;
  expiresMs: number;
  bytes: boolean;
}

/** The contract's server, as far as uploads go; it fails the test where bytes come twice. */
function world(fates: Fate[] = []) {
  const slots = new Map<string, Slot>();
  const delivered: { item: UploadItem; upload: Upload }[] = [];
  const calls: string[] = [];
  let items: readonly UploadItem[] = [];
  let underWay = 0;
  const next = async (name: string): Promise<Fate> => {
    calls.push(name);
    await sleep(TOOK_MS);
    const now = fates.shift() ?? "ok";
    if (now === "unheard") throw new PasserbyError("unavailable");
    if (["unavailable", "rate-limited", "busy", "unsupported-type"].includes(now) && name !== "form")
      throw new PasserbyError(now as ErrorCode);
    return now;
  };
  const lose = (now: Fate) => {
    if (now === "lost") throw new PasserbyError("unavailable");
  };

  const http = (async (route: string, options: { params?: { id: string }; body?: RouteBody<"POST /api/uploads"> }) => {
    if (route === "POST /api/uploads") {
      const now = await next("begin");
      const id = `upl_${slots.size}`;
      const expiresMs = Date.now() + FORM_MS;
      const expiresAt = new Date(expiresMs).toISOString();
      const upload: Upload = { ...options.body!, id, state: "pending", expiresAt };
      slots.set(id, { upload, expiresMs, bytes: false });
      lose(now);
      return { upload, form: { url: `store:${id}`, fields: { key: id } }, expiresAt };
    }
    const now = await next("complete");
    const slot = slots.get(options.params!.id);
    if (!slot || now === "expired") {
      slots.delete(options.params!.id);
      throw new PasserbyError("not-found");
    }
    if (!slot.bytes) throw new PasserbyError("conflict");
    slot.upload = { ...slot.upload, state: "complete" };
    lose(now);
    return { upload: slot.upload };
  }) as Http;

  const sendForm: SendForm = async ({ fields }, file, { signal, onProgress }) => {
    const now = await next("form");
    signal.throwIfAborted();
    const slot = slots.get(fields["key"]!)!;
    if (now === "expired" || Date.now() > slot.expiresMs) return 403;
    if (now === "unavailable") return 503;
    onProgress(file.size / 2);
    await sleep(TOOK_MS);
    signal.throwIfAborted();
    expect(slot.bytes, "the same bytes twice").toBe(false);
    slot.bytes = true;
    onProgress(file.size);
    lose(now);
    return 204;
  };

  const run = createCourse({
    http,
    token: async () => "token",
    refresh: async () => undefined,
    online: async () => undefined,
    sendForm,
    random: () => 0.5,
  });
  const uploads = createUploads({
    async run(leg) {
      expect(++underWay, "one at a time").toBe(1);
      leg.signal.addEventListener("abort", () => (underWay -= 1), { once: true });
      try {
        return await run(leg);
      } finally {
        if (!leg.signal.aborted) underWay -= 1;
      }
    },
    set: (next) => (items = next),
    onDone: (item, upload) => delivered.push({ item, upload }),
  });
  const add = (name: string) =>
    uploads.add(ROOM, new Blob(["x".repeat(100)]), { kind: "file", filename: `${name}.txt` }).clientMessageId;
  return { uploads, add, delivered, calls, slots, items: () => items, only: () => items[0]! };
}

describe("the queue", () => {
  test("[U1] whatever fails in between, a file becomes one message, in the order chosen, or says why not", async () => {
    vi.useFakeTimers();
    const cancels = fc.array(fc.record({ file: fc.nat(4), afterMs: fc.nat(3_000) }), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fate, { maxLength: 30 }), cancels, async (n, f, c) => {
        const { uploads, add, delivered, items } = world([...f]);
        const ids = Array.from({ length: n }, (_, index) => add(`${index}`));
        const cancelled = new Set<string>();
        for (const { file, afterMs } of c)
          setTimeout(() => {
            const id = ids[file];
            if (!id || delivered.some(({ item }) => item.clientMessageId === id)) return;
            cancelled.add(id);
            uploads.discard(id);
          }, afterMs);
        await vi.advanceTimersByTimeAsync(900_000);
        const done = delivered.map(({ item }) => item.clientMessageId);
        const failed = items().map(({ clientMessageId }) => clientMessageId);
        expect(items().every(({ stage, failed }) => stage === "failed" && failed)).toBe(true);
        expect([...done, ...failed, ...cancelled].toSorted()).toEqual(ids.toSorted());
        expect(done).toEqual(ids.filter((id) => done.includes(id)));
        expect(new Set(delivered.map(({ upload }) => upload.id)).size).toBe(done.length);
        expect(delivered.every(({ upload }) => upload.state === "complete")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("an answer that got lost is asked for again; the bytes are not", async () => {
    vi.useFakeTimers();
    const { add, calls, delivered, slots } = world(["ok", "lost", "lost"]);
    add("a");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toEqual(["begin", "form", "complete", "complete"]);
    expect([delivered.length, slots.size]).toEqual([1, 1]);
  });

  test("an expired slot begins anew, though not for ever", async () => {
    vi.useFakeTimers();
    const once = world(["ok", "expired"]);
    once.add("a");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([once.delivered.length, once.slots.size]).toEqual([1, 2]);
    const always = world(Array.from({ length: 50 }, (_, index) => (index % 2 ? "expired" : "ok")));
    always.add("a");
    await vi.advanceTimersByTimeAsync(600_000);
    expect([always.slots.size, always.only().failed?.code]).toEqual([3, "unavailable"]);
  });

  test("a retry goes on where it stopped; after a refusal for good it begins anew", async () => {
    vi.useFakeTimers();
    const { uploads, add, calls, delivered, only } = world(["ok", "ok", ...Array<Fate>(8).fill("unavailable")]);
    const id = add("a");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(only().failed?.code).toBe("unavailable");
    calls.length = 0;
    uploads.retry(id);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([calls, delivered.length]).toEqual([["complete"], 1]);

    const refused = world(["ok", "ok", "unsupported-type"]);
    const other = refused.add("b");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(refused.only().failed?.code).toBe("unsupported-type");
    refused.calls.length = 0;
    refused.uploads.retry(other);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(refused.calls).toEqual(["begin", "form", "complete"]);
  });

  test("a cancel stops the bytes at once and lets the next one go", async () => {
    vi.useFakeTimers();
    const { uploads, add, delivered, items, slots } = world();
    const [first, second] = [add("a"), add("b")];
    await vi.advanceTimersByTimeAsync(2 * TOOK_MS + 5);
    expect(items().map(({ stage, sentBytes }) => [stage, sentBytes])).toEqual([
      ["sending", 50],
      ["waiting", 0],
    ]);
    uploads.discard(first);
    expect(items().length).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(delivered.map(({ item }) => item.clientMessageId)).toEqual([second]);
    expect(slots.get("upl_0")!.bytes).toBe(false);
  });

  test("a room that ends fails what was for it, whose retry does not hang", async () => {
    vi.useFakeTimers();
    const { uploads, add, items, delivered } = world();
    const id = add("a");
    add("b");
    await vi.advanceTimersByTimeAsync(TOOK_MS);
    uploads.close(ROOM);
    expect(items().map(({ failed }) => failed?.code)).toEqual(["room-closed", "room-closed"]);
    uploads.retry(id);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(delivered.length).toBe(1);
    uploads.drop(ROOM);
    expect(items()).toEqual([]);
  });

  test("a wait of minutes is told, not waited for", async () => {
    vi.useFakeTimers();
    const uploads = createUploads({
      run: createCourse({
        http: () => Promise.reject(new PasserbyError("rate-limited", "", { retryAfterMs: 1_500_000 })),
        token: async () => "token",
        refresh: async () => undefined,
        online: async () => undefined,
        sendForm: async () => 204,
      }),
      set: (next) => (items = next),
      onDone: () => expect.unreachable(),
    });
    let items: readonly UploadItem[] = [];
    uploads.add(ROOM, new Blob(["x"]), { kind: "file", filename: "a.txt" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(items[0]!.failed).toMatchObject({ code: "rate-limited", retryAfterMs: 1_500_000 });
  });
});

test("a recording's outline is 64 numbers from 0 to 1, the loudest 1; silence stays flat", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 5_000 }), (levels) => {
      const peaks = toPeaks(levels);
      expect(peaks.length).toBe(limits.voicePeaks);
      expect(peaks.every((peak) => peak >= 0 && peak <= 1)).toBe(true);
      const heard = levels.some((level) => level > 0.02);
      expect(heard ? Math.max(...peaks) : 1).toBe(1);
    }),
  );
  expect(Math.max(...toPeaks([0.001, 0.002]))).toBeLessThan(0.2);
});

describe("what may be sent", () => {
  const sized = (size: number, type = "") => ({ size, type }) as Blob;
  const faultOf = (file: Blob, filename: string, more: { kind?: "voice"; durationMs?: number } = {}) => {
    try {
      return checkFile(file, { kind: "file", filename, ...more });
    } catch (error) {
      return (error as PasserbyError).fields!["file"] as FileFault;
    }
  };

  test("[U2] limits are known before a byte is sent", () => {
    expect(faultOf(sized(limits.fileBytes), "a.zip")).toBe("application/zip");
    expect(faultOf(sized(limits.fileBytes + 1), "a.zip")).toBe("too-large");
    expect(faultOf(sized(0), "a.txt")).toBe("empty");
    expect(faultOf(sized(9), "a.exe")).toBe("type");
    expect(faultOf(sized(9, "text/html"), "a.html")).toBe("type");
    const voice = { kind: "voice", durationMs: limits.voiceMs } as const;
    expect(faultOf(sized(limits.voiceBytes, "audio/webm;codecs=opus"), "v.webm", voice)).toBe("audio/webm");
    expect(faultOf(sized(limits.voiceBytes + 1, "audio/webm"), "v.webm", voice)).toBe("too-large");
    expect(faultOf(sized(9, "audio/webm"), "v.webm", { ...voice, durationMs: limits.voiceMs + 1 })).toBe("too-long");
  });

  test("the type declared fits the name, whatever the system calls it", () => {
    expect(declaredType("a.csv", "application/vnd.ms-excel")).toBe("text/csv");
    expect(declaredType("a.rar", "")).toBe("application/vnd.rar");
    expect(declaredType("A.JPG", "image/jpg")).toBe("image/jpeg");
    expect(declaredType("notes.md", "")).toBe("text/plain");
    expect(declaredType("song.ogg", "audio/ogg")).toBe("audio/ogg");
    expect(declaredType("image", "image/png")).toBe("image/png");
    expect(declaredType("a.html", "image/png")).toBeUndefined();
    expect(declaredType("a", "")).toBeUndefined();
  });

  test("a name keeps its extension and its characters whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (stem) => {
        const short = shortName(`${stem}.png`);
        expect(short.length).toBeLessThanOrEqual(limits.filenameMax);
        expect(short.endsWith(".png")).toBe(true);
        expect(() => encodeURIComponent(short)).not.toThrow();
      }),
    );
  });
});

/** `npm run test:forget`: two guests talk and part, a day goes by, and nothing in Redis, in the store or in the log tells of them. */
import fs, { readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { cleanup } from "../functions/cleanup.ts";
import { createLogger } from "../shared/logger.ts";
import { inCall } from "./support/calls.ts";
import { dump } from "./support/dump.ts";
import { canvas, text, webm } from "./support/file-makers.ts";
import { until } from "./support/until.ts";
import { fetchUpload, startUploads, tryUpload, upload, type UploadWorld } from "./support/uploads.ts";

const DAY_MS = 24 * 3_600_000;
let world: UploadWorld;
let log = "";
beforeAll(async () => {
  // The logger writes its lines at once, to stdout's descriptor.
  const write = fs.writeSync as (fd: number, data: unknown, ...rest: unknown[]) => number;
  vi.spyOn(fs, "writeSync").mockImplementation((fd: number, data: unknown, ...rest: unknown[]) => {
    if (fd !== 1) return write(fd, data, ...rest);
    log += String(data);
    return Buffer.byteLength(String(data));
  });
  world = await startUploads({ LOG_LEVEL: "debug" });
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  vi.restoreAllMocks();
});

/** What is due in a day is due now: expiries, deadlines in sorted sets, the age of files. */
async function aDayLater(redis: Redis): Promise<void> {
  for (const key of await redis.keys("*")) {
    const left = await redis.pttl(key);
    if (left > 0) await redis.pexpire(key, left - DAY_MS);
  }
  for (const index of [
    "sessions",
    "uploads:due",
    "uploads:open",
    "uploads:going",
    "pairs",
    "online",
    "away",
    "rooms:empty",
    "logs:due",
  ]) {
    const entries = await redis.zrange(index, "0", "-1", "WITHSCORES");
    for (let i = 0; i < entries.length; i += 2) await redis.zadd(index, Number(entries[i + 1]) - DAY_MS, entries[i]!);
  }
  const then = (Date.now() - DAY_MS) / 1000;
  for (const path of stored()) utimesSync(path, then, then);
}

const stored = () =>
  readdirSync(world.directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Which of the traces are where. */
async function find(traces: Record<string, string>): Promise<string[]> {
  const places = {
    Redis: JSON.stringify(await dump(world.cluster.redis)),
    store: stored()
      .map((path) => path + readFileSync(path, "latin1"))
      .join("\n"),
    log,
  };
  return Object.entries(places).flatMap(([place, all]) =>
    Object.entries(traces).flatMap(([what, trace]) => (all.includes(trace) ? [`${what} in ${place}`] : [])),
  );
}

test("[S4] [U4] a session that was deleted, one that expired, and their files: no trace in Redis, store or log", async () => {
  const { cluster, api } = world;
  const [ada, bob] = [
    await cluster.connect(0, await cluster.guest({ username: "canary_ada", interests: ["canary-interest"] })),
    await cluster.connect(0, await cluster.guest({ username: "canary_bob" })),
  ];
  await ada.ask("match:join", {});
  await bob.ask("match:join", {});
  const { room } = await ada.next("match:found");
  const roomId = room.id;
  await ada.say(roomId, "canary-text");
  const { token } = ada.identity;
  const callId = await inCall(roomId, ada, bob);
  const data = { description: { type: "offer" as const, sdp: "v=0\r\na=mid:canary-signal\r\n" } };
  await ada.ask("call:signal", { callId, to: bob.user.id, data });
  await bob.next("call:signal");
  await ada.ask("call:signal", { callId, to: bob.user.id, data: { candidate: null } });
  const files = [
    { filename: "canary-paper.txt", contentType: "text/plain", bytes: text("canary-content") },
    { filename: "canary-photo.png", contentType: "image/png", bytes: await canvas().png().toBuffer() },
    { filename: "canary-voice.webm", contentType: "audio/webm", bytes: webm(2), kind: "voice" as const },
  ];
  const ids: string[] = [];
  let url = "";
  for (const file of files) {
    const done = await upload(api, token, roomId, file);
    const send = { roomId, clientMessageId: file.filename, kind: done.kind, uploadId: done.id, text: "canary-caption" };
    url = (await ada.ask("message:send", send)).message.attachment!.url;
    await fetchUpload(api, url);
    ids.push(done.id);
  }
  const bobs = await upload(api, bob.identity.token, roomId, { ...files[0]!, filename: "canary-never-sent.txt" });
  const group = await cluster.stores.rooms.create(bob.user.id, { name: "Tea", visibility: "public" });
  await ada.ask("room:join", { roomId: group.id });
  await ada.say(group.id, "canary-text in a group");
  await bob.say(group.id, "canary-answer");
  await ada.ask("message:ack", { roomId: group.id, readSeq: 2 });
  const refused = await tryUpload(api, token, roomId, {
    ...files[0]!,
    filename: "canary-lie.png",
    contentType: "image/png",
  });
  expect(refused.refused).toBe("complete unsupported-type");

  const traces = {
    "a name": "canary_ada",
    "the other name": "canary_bob",
    "an interest": "canary-interest",
    "a text": "canary-text",
    "a caption": "canary-caption",
    "a filename": "canary-",
    "a file's content": "canary-content",
    "a guest": ada.user.id,
    "the other guest": bob.user.id,
    "the room": roomId,
    "the group": group.id,
    "what was answered there": "canary-answer",
    "a token": token,
    "a ticket": url.split("=")[1]!,
    "a call": callId,
    "a signal": "canary-signal",
    "a file": ids[0]!,
    "a picture": ids[1]!,
    "a voice note": ids[2]!,
    "a file never sent": bobs.id,
  };
  // Would it be found, if it were there?
  const before = await find(traces);
  expect(before).toEqual(
    expect.arrayContaining([
      "a name in Redis",
      "a filename in Redis",
      "a call in Redis",
      "a file in store",
      "a file's content in store",
      "a voice note in store",
    ]),
  );
  expect(before.filter((where) => where.endsWith("log"))).toEqual([]);
  expect(log.split('"msg":"request"').length).toBeGreaterThan(10);

  expect((await api.ask("/api/guest/me", { method: "DELETE", token })).status).toBe(204);
  await bob.next("match:ended");
  const next = { stores: cluster.stores, objects: world.objects, logger: createLogger("debug") };
  await cleanup(next, () => 60_000);
  const after = await find(traces);
  expect(after.filter((where) => where.endsWith("store") || /^a (name|text|call|signal) /.test(where))).toEqual([]);

  bob.close();
  await aDayLater(cluster.redis);
  await until("the reaper comes by", async () => (await cluster.redis.zcard("sessions")) === 0);
  await aDayLater(cluster.redis); // and an hour more for the group that nobody is in
  await cleanup(next, () => 60_000);
  await until("nothing is left", async () => (await find(traces)).length === 0).catch(() => undefined);
  expect(await find(traces)).toEqual([]);
});

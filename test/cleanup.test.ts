/** Uploads are gone in time: with their pair, guest or message, and by the scheduled run, whatever is left of them where. */
import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cleanup, type Cleaned } from "../functions/cleanup.ts";
import { loadConfig } from "../shared/config.ts";
import { createLogger } from "../shared/logger.ts";
import { newId } from "../shared/protocol/ids.ts";
import { sweep } from "../shared/storage/sweep.ts";
import { startSweep } from "../socket-tier/sweep.ts";
import { dump } from "./support/dump.ts";
import { text } from "./support/file-makers.ts";
import type { Talker } from "./support/nodes.ts";
import { promised, until } from "./support/until.ts";
import {
  askSlot,
  completeUpload,
  fetchUpload,
  type FileSpec,
  sendForm,
  type SlotAnswer,
  startUploads,
  upload,
  type UploadWorld,
} from "./support/uploads.ts";

const HOUR_MS = 3_600_000;
const note: FileSpec = { filename: "note.txt", contentType: "text/plain", bytes: text("hello") };
const logger = createLogger("silent");
let world: UploadWorld;
beforeAll(async () => {
  // The node's own sweeper, which would take some of what these tests look for, comes too late for them.
  world = await startUploads({ SWEEP_EVERY_MS: "3600000" });
});
afterAll(() => world?.[Symbol.asyncDispose]());

const uploads = () => world.cluster.stores.uploads;
const files = (place: "in" | "kept" | "part") =>
  readdirSync(world.directory).includes(place) ? readdirSync(join(world.directory, place)) : [];
const run = (left = () => 60_000): Promise<Cleaned> =>
  cleanup({ stores: world.cluster.stores, objects: world.objects, logger }, left);
const quiet = { expired: 0, leftOvers: 0, bytesWithoutRecord: 0, recordsWithoutBytes: 0, finished: true };
/** The clock goes forward for one upload: it is due. */
const due = (id: string) => world.cluster.redis.zadd("uploads:due", "XX", Date.now() - 1, id);
const age = (place: "in" | "kept" | "part", name: string, ms = 2 * HOUR_MS) =>
  utimesSync(join(world.directory, place, name), (Date.now() - ms) / 1000, (Date.now() - ms) / 1000);
const traces = async (id: string) => JSON.stringify(await dump(world.cluster.redis)).includes(id);
afterEach(async () => {
  for (const place of ["in", "kept", "part"] as const)
    for (const name of files(place)) rmSync(join(world.directory, place, name));
  await world.cluster.redis.del("uploads:due", "uploads:going", "uploads:open", "uploads:kept", "cleanup");
});

/** A file in a message: the upload's id, and its place in what is said. */
async function share({ api }: UploadWorld, by: Talker, roomId: string) {
  const { id: uploadId } = await upload(api, by.identity.token, roomId, note);
  const said = { roomId, clientMessageId: crypto.randomUUID(), kind: "file", uploadId } as const;
  const { message } = await by.ask("message:send", said);
  return { id: uploadId, messageId: message.id, attachment: message.attachment! };
}

/** Complete uploads, made at the stores: the way there is tested elsewhere. */
async function many(count: number): Promise<string[]> {
  const [a, , roomId] = await world.cluster.pair(0, 0);
  return Promise.all(
    Array.from({ length: count }, async () => {
      const slot = { roomId, kind: "file", filename: "a.txt", contentType: "text/plain", sizeBytes: 1 } as const;
      const { upload: made } = await uploads().create(a.user.id, slot);
      await uploads().end(made.id, "complete");
      writeFileSync(world.objects.path(`kept/${made.id}`), "x");
      return made.id;
    }),
  );
}

describe("[U4] forgotten in time", () => {
  test("past its time a read is 404 at once, by token and by ticket; the next run leaves no trace", async () => {
    const [a, b, roomId] = await world.cluster.pair(0, 0);
    const done = await share(world, a, roomId);
    const { url, expiresAt } = done.attachment;
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 24 * HOUR_MS)).toBeLessThan(promised(10_000));
    await due(done.id);
    const read = async (path: string, token?: string) => (await world.api.ask(path, { token })).status;
    expect([
      await read(url),
      await read(`/api/uploads/${done.id}`, a.identity.token),
      await read(`/api/uploads/${done.id}`, b.identity.token),
    ]).toEqual([404, 404, 404]);
    expect(files("kept")).toContain(done.id);
    expect(await run()).toMatchObject({ ...quiet, expired: 1 });
    expect(files("kept")).not.toContain(done.id);
    await world.cluster.redis.zrem("uploads:open", done.id);
    await world.cluster.redis.zadd("uploads:going", "XX", 1, done.id); // the form's ten minutes are over, too
    await run();
    await a.ask("message:delete", { roomId, messageId: done.messageId });
    expect(await traces(done.id)).toBe(false);
  });

  test("a ticket's time ends with its upload's: 404, not a question for a token", async () => {
    await using brief = await startUploads({ UPLOAD_TTL_MS: "6000" });
    const [a, , roomId] = await brief.cluster.pair(0, 0);
    const { url } = (await share(brief, a, roomId)).attachment;
    const got = await fetchUpload(brief.api, url);
    expect(got.status).toBe(200);
    await until("it expires", async () => (await brief.api.ask(url)).status === 404);
    expect((await fetch(got.location!)).status).toBe(403);
    // To the second above: a ticket counts in seconds.
    await new Promise((next) => setTimeout(next, 1_000));
    expect((await brief.api.ask(url)).status).toBe(404);
  });

  test("when a pair ends, its records go at once and its bytes with the next tick of a node's clock", async () => {
    const [a, b, roomId] = await world.cluster.pair(0, 0);
    const done = await share(world, a, roomId);
    const kept = await upload(world.api, b.identity.token, roomId, note);
    await b.ask("room:leave", { roomId });
    for (const { id } of [done, kept]) {
      expect(await world.cluster.redis.exists(`upload:${id}`)).toBe(0);
      expect((await world.api.ask(`/api/uploads/${id}`, { token: a.identity.token })).status).toBe(404);
    }
    expect((await world.api.ask(done.attachment.url)).status).toBe(404);
    expect(files("kept")).toEqual(expect.arrayContaining([done.id, kept.id]));
    const config = loadConfig({ ...world.cluster.env, SWEEP_EVERY_MS: "50" });
    const stop = startSweep({ config, stores: world.cluster.stores, logger });
    await until("the bytes go", () => !files("kept").some((id) => [done.id, kept.id].includes(id)));
    stop();
  });

  test("[S4] a deleted guest's files go; what their form brings afterwards goes, too", async () => {
    const [a, , roomId] = await world.cluster.pair(0, 0);
    const done = await upload(world.api, a.identity.token, roomId, { ...note, filename: "diary.txt" });
    const slot = (await askSlot(world.api, a.identity.token, roomId, note)).json() as SlotAnswer;
    expect((await world.api.ask("/api/guest/me", { method: "DELETE", token: a.identity.token })).status).toBe(204);
    expect(JSON.stringify(await dump(world.cluster.redis))).not.toMatch(/diary/);
    expect(await sweep(uploads(), world.objects, 100)).toBe(2);
    expect(files("kept")).not.toContain(done.id);
    expect((await sendForm(slot.form, note.bytes)).status).toBe(204);
    expect(files("in")).toContain(slot.upload.id);
    // Its form has run out: the second time for good.
    await world.cluster.redis.zadd("uploads:open", 1, slot.upload.id, 1, done.id);
    await world.cluster.redis.zadd("uploads:going", 1, slot.upload.id, 1, done.id);
    expect(await sweep(uploads(), world.objects, 100)).toBe(2);
    expect(files("in")).not.toContain(slot.upload.id);
    expect([await traces(slot.upload.id), await traces(done.id)]).toEqual([false, false]);
  });

  test("a message that its sender deletes takes its file along", async () => {
    const [a, b, roomId] = await world.cluster.pair(0, 0);
    const [done, other] = [await share(world, a, roomId), await share(world, a, roomId)];
    await a.ask("message:delete", { roomId, messageId: done.messageId });
    expect((await world.api.ask(done.attachment.url)).status).toBe(404);
    expect((await world.api.ask(`/api/uploads/${other.id}`, { token: b.identity.token })).status).toBe(302);
    expect(JSON.stringify(await b.ask("message:history", { roomId }))).not.toContain(done.id);
  });
});

describe("the scheduled run", () => {
  test("1,000 due uploads are gone within 10 s, each deleted by one of two runs at once", async () => {
    const ids = await many(1_200);
    await Promise.all(ids.map(due));
    const startedAt = Date.now();
    const [one, two] = await Promise.all([run(), run()]);
    expect(Date.now() - startedAt).toBeLessThan(promised(10_000));
    expect(one.expired + two.expired).toBe(1_200);
    expect(files("kept")).toEqual([]);
    expect(await world.cluster.redis.zcard("uploads:due")).toBe(0);
  }, 30_000);

  test("who takes uploads and dies has them taken from it", async () => {
    const ids = await many(3);
    await Promise.all(ids.map(due));
    expect((await uploads().take(10, 3_000)).toSorted()).toEqual(ids.toSorted());
    expect((await run()).expired).toBe(0);
    await until("the lease is over", async () => (await run()).expired === 3);
    expect(files("kept")).toEqual([]);
  });

  test("finds what one side has and the other has not, and leaves alone what is just being made", async () => {
    const [whole, lost] = (await many(2)) as [string, string];
    const [orphan, young, sent, arriving] = [newId("upl"), newId("upl"), newId("upl"), newId("upl")];
    for (const id of [orphan, young]) writeFileSync(world.objects.path(`kept/${id}`), "x");
    for (const id of [sent, arriving]) writeFileSync(world.objects.path(`in/${id}`), "x");
    writeFileSync(world.objects.path("part/abandoned-for-an-hour"), "x");
    age("kept", orphan);
    age("kept", whole, 3 * HOUR_MS);
    age("in", sent);
    age("part", "abandoned-for-an-hour");
    await world.objects.remove([`kept/${lost}`]);
    const report = await run();
    expect(report).toMatchObject({ ...quiet, leftOvers: 2, bytesWithoutRecord: 1, recordsWithoutBytes: 1 });
    expect(Math.abs(report.oldestObjectAgeMs - 3 * HOUR_MS)).toBeLessThan(5_000);
    expect(files("kept").toSorted()).toEqual([whole, young].toSorted());
    expect([files("in"), files("part")]).toEqual([[arriving], []]);
    expect(await world.cluster.redis.exists(`upload:${lost}`)).toBe(0);
    expect(await run()).toMatchObject({ ...quiet, expired: 1 }); // the record without bytes, for good
    await world.objects.remove([`kept/${young}`, `in/${arriving}`]);
  });

  test("a slot that is never completed goes with what its form brought", async () => {
    const [a, , roomId] = await world.cluster.pair(0, 0);
    const slot = (await askSlot(world.api, a.identity.token, roomId, note)).json() as SlotAnswer;
    await sendForm(slot.form, note.bytes);
    const dueAt = Number(await world.cluster.redis.zscore("uploads:due", slot.upload.id));
    expect(dueAt - Date.now()).toBeLessThanOrEqual(20 * 60_000);
    await due(slot.upload.id);
    const late = await completeUpload(world.api, a.identity.token, slot.upload.id);
    expect(late.problem().code).toBe("not-found");
    expect((await run()).expired).toBe(1);
    expect(files("in")).toEqual([]);
  });

  test("goes on where the last run stopped", async () => {
    for (let i = 0; i < 1_100; i++) {
      const id = newId("upl");
      writeFileSync(world.objects.path(`kept/${id}`), "x");
      age("kept", id);
    }
    let pages = 4; // one look for what is due, one page of each place
    const first = await run(() => pages--);
    expect([first.bytesWithoutRecord, first.finished, files("kept").length]).toEqual([1_000, false, 100]);
    expect(await world.cluster.redis.hget("cleanup", "kept")).toMatch(/^kept\/upl_/);
    expect(await run()).toMatchObject({ bytesWithoutRecord: 100, finished: true });
    expect(files("kept")).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import type { Upload } from "../shared/protocol/index.ts";
import { text } from "./support/file-makers.ts";
import { refusal, type Talker } from "./support/nodes.ts";
import {
  askSlot,
  completeUpload,
  sendForm,
  type SlotAnswer,
  startUploads,
  upload,
  type UploadWorld,
} from "./support/uploads.ts";

let world: UploadWorld;
let ada: Talker;
let bob: Talker;
let roomId: string;
beforeAll(async () => {
  world = await startUploads();
  [ada, bob, roomId] = await world.cluster.pair(0, 0);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const note = () => ({ filename: "note.txt", contentType: "text/plain", bytes: text("hello") });
const put = () => upload(world.api, ada.identity.token, roomId, note());
const send = (done: Upload, clientMessageId: string = crypto.randomUUID(), talker = ada, room = roomId) =>
  talker.ask("message:send", { roomId: room, clientMessageId, kind: done.kind, uploadId: done.id });
const complete = (id: string, token = ada.identity.token) => completeUpload(world.api, token, id);
async function newSlot(): Promise<SlotAnswer> {
  return (await askSlot(world.api, ada.identity.token, roomId, note())).json() as SlotAnswer;
}

describe("[U3] only members of the room read it", () => {
  test("a stranger's slot, complete, read and send, all refused", async () => {
    const [eve, , elsewhere] = await world.cluster.pair(0, 0);
    const { token } = eve.identity;
    expect((await askSlot(world.api, token, roomId, note())).problem().code).toBe("forbidden");
    expect((await askSlot(world.api, token, newId("room"), note())).problem().code).toBe("not-found");
    expect((await askSlot(world.api, undefined, roomId, note())).problem().code).toBe("unauthenticated");

    const { form, upload: slot } = await newSlot();
    await sendForm(form, text("hello"));
    expect((await complete(slot.id, token)).problem().code).toBe("forbidden");
    expect((await complete(slot.id, bob.identity.token)).problem().code).toBe("forbidden");
    const read = async (who: string) => (await world.api.ask(`/api/uploads/${slot.id}`, { token: who })).status;
    expect(await read(ada.identity.token)).toBe(404); // not complete
    await complete(slot.id);
    expect([await read(ada.identity.token), await read(bob.identity.token), await read(token)]).toEqual([
      302, 404, 403,
    ]);
    const done = (await complete(slot.id)).json() as { upload: Upload };
    expect(await refusal(send(done.upload, "x", bob))).toBe("forbidden");
    expect(await refusal(send(done.upload, "x", eve))).toBe("forbidden");
    expect(await refusal(send(done.upload, "x", eve, elsewhere))).toBe("forbidden");

    const { attachment } = (await send(done.upload)).message;
    expect([await read(ada.identity.token), await read(bob.identity.token), await read(token)]).toEqual([
      302, 302, 403,
    ]);
    const ticket = new URL(attachment!.url, world.api.url).searchParams.get("ticket")!;
    const other = await put();
    for (const wrong of [
      `/api/uploads/${other.id}?ticket=${ticket}`,
      `/api/uploads/${slot.id}?ticket=${ticket}x`,
      `/api/uploads/${slot.id}?ticket=zzzzzz.${ticket.split(".")[1]}`,
      `/api/uploads/${slot.id}?ticket=`,
    ]) {
      expect([wrong, (await world.api.ask(wrong)).problem().code]).toEqual([wrong, "unauthenticated"]);
    }
  });

  test("one object per slot, one message per upload; not before it is complete, not as another kind", async () => {
    const slot = await newSlot();
    expect(await refusal(send(slot.upload))).toBe("conflict");
    const done = await put();
    expect(await refusal(send({ ...done, kind: "voice" }))).toBe("invalid");
    expect(await refusal(send({ ...done, id: newId("upl") }))).toBe("not-found");
    const sent = await Promise.all(Array.from({ length: 5 }, (_, i) => refusal(send(done, `m${i}`))));
    expect(sent.toSorted()).toEqual(["accepted", ...Array<string>(4).fill("conflict")]);
    const twice = await newSlot();
    await sendForm(twice.form, text("hello"));
    const ends = await Promise.all([complete(twice.upload.id), complete(twice.upload.id)]);
    expect(ends.map(({ status }) => status)).toContain(200);
    expect(ends.map(({ status }) => [200, 409].includes(status))).toEqual([true, true]);
    expect((await complete(twice.upload.id)).status).toBe(200);
  });

  test("UPLOADS_PER_HOUR holds per guest, and the count names nobody", async () => {
    await using small = await startUploads({ UPLOADS_PER_HOUR: "3" });
    const [one, two, room] = await small.cluster.pair(0, 0);
    const status = async (talker: Talker) => (await askSlot(small.api, talker.identity.token, room, note())).status;
    expect([await status(one), await status(one), await status(one), await status(one)]).toEqual([201, 201, 201, 429]);
    const over = await askSlot(small.api, one.identity.token, room, note());
    expect([over.headers.get("retry-after"), over.problem().code]).toEqual([
      expect.stringMatching(/^3[56]\d\d$/),
      "rate-limited",
    ]);
    expect(await status(two)).toBe(201);
    expect((await small.cluster.redis.keys("limit:uploads*")).join()).not.toMatch(/usr_/);
  });
});

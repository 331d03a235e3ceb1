/** Every route, asked by a guest for what is another's: a room, a message, a file, a report, a ban. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import { type RouteAnswer, type RouteName, routes } from "../shared/protocol/index.ts";
import { state } from "./support/dump.ts";
import { text } from "./support/file-makers.ts";
import type { Talker } from "./support/nodes.ts";
import { ADMIN_TOKEN, operator } from "./support/operator.ts";
import { strangersRoutes, type Things } from "./support/route-matrix.ts";
import { askSlot, type SlotAnswer, startUploads, upload, type UploadWorld } from "./support/uploads.ts";

const note = { filename: "canary-note.txt", contentType: "text/plain", bytes: text("canary-bytes") };
let world: UploadWorld;
let owner: Talker;
let mallory: Talker;
let theirs: Things;
let mine: Things;

/** A pair, and all that a guest may have. */
async function things(): Promise<[Talker, Things]> {
  const { cluster, api } = world;
  // A report ends the pair, so another one's is there to be looked for.
  const [accuser, accused, over] = await cluster.pair(0, 0);
  const about = { roomId: over, userId: accused.user.id, reason: "harassment", note: "canary-report" };
  const report = await api.ask("/api/reports", { token: accuser.identity.token, body: about });
  const { reportId } = report.json() as RouteAnswer<"POST /api/reports">;
  await operator(api).ban({ userId: accused.user.id, guest: true, address: false, durationMs: 3_600_000 });

  const [guest, partner, roomId] = await cluster.pair(0, 0);
  const { token } = guest.identity;
  const { message } = await guest.say(roomId, "canary-text");
  await partner.say(roomId, "canary-answer");
  await guest.next("message:sent");
  const sent = await upload(api, token, roomId, note);
  const file = { roomId, clientMessageId: "file", kind: sent.kind, uploadId: sent.id };
  const { attachment } = (await guest.ask("message:send", file)).message;
  const slot = (await askSlot(api, token, roomId, note)).json() as SlotAnswer;
  const group = await cluster.stores.rooms.create(guest.user.id, { name: "Quiet", visibility: "unlisted" });
  await guest.ask("room:join", { roomId: group.id });
  await guest.say(group.id, "canary-group");
  return [
    guest,
    {
      roomId,
      messageId: message.id,
      message,
      userId: guest.user.id,
      partnerId: partner.user.id,
      callId: newId("call"),
      groupId: group.id,
      sentUploadId: sent.id,
      pendingUploadId: slot.upload.id,
      ticket: attachment!.url.split("ticket=")[1]!,
      reportId,
      banId: accused.user.id,
    },
  ];
}

beforeAll(async () => {
  world = await startUploads({ ADMIN_TOKEN });
  [owner, theirs] = await things();
  [mallory, mine] = await things();
  await world.api.ask("/health/ready"); // notes that it was asked
});
afterAll(() => world?.[Symbol.asyncDispose]());

test("[P3] the matrix holds every route", () => {
  expect(Object.keys(strangersRoutes).toSorted()).toEqual(Object.keys(routes).toSorted());
});

test.each(Object.keys(routes) as RouteName[])("[P3] %s reaches nothing of a stranger's", async (name) => {
  const [method, pattern] = name.split(" ") as [string, string];
  const { redis } = world.cluster;
  const before = await state(redis);
  const heard = owner.heard.length;
  for (const { id = "", query = {}, body, nobody, answer } of strangersRoutes[name](theirs, mine)) {
    const asked = Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : "";
    const told = await world.api.ask(pattern.replace(":id", id) + asked, {
      method,
      ...(!nobody && { token: mallory.identity.token }),
      ...(body && { body }),
    });
    const got = told.status < 400 ? "ok" : told.problem().code;
    expect([asked, body, got]).toEqual([asked, body, answer]);
    const secrets = [owner.user.username, theirs.partnerId, "canary", theirs.ticket, theirs.groupId];
    expect(secrets.filter((secret) => secret !== id && told.text.includes(secret))).toEqual([]);
  }
  expect(await state(redis)).toEqual(before);
  await owner.ask("message:history", { roomId: theirs.roomId });
  expect(owner.heard).toHaveLength(heard);
});

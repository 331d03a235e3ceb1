/** What is asked in one breath, and what outlives the connection that asked: nothing overtakes, nothing is left behind. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "../shared/client/index.ts";
import type { Ack, MatchState } from "../shared/protocol/index.ts";
import { text } from "./support/file-makers.ts";
import { apiOf, startGroup } from "./support/groups.ts";
import { type Cluster, refusal, type Talker } from "./support/nodes.ts";
import { startUploads, upload, type UploadWorld } from "./support/uploads.ts";

let world: UploadWorld;
let cluster: Cluster;
beforeAll(async () => {
  world = await startUploads();
  ({ cluster } = world);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const line = (roomId: string, said: string) => ({
  roomId,
  clientMessageId: crypto.randomUUID(),
  kind: "text" as const,
  text: said,
});
const logOf = async (talker: Talker, roomId: string) =>
  (await talker.ask("message:history", { roomId, after: 0 })).messages.map(({ text: said, kind }) => said ?? kind);

describe("in one breath", () => {
  test("[D1] a goodbye is stored before the pair is left, skipped or blocked", async () => {
    for (const end of ["room:leave", "match:skip", "match:leave", "user:block"] as const) {
      const [ada, bob, roomId] = await cluster.pair(0, 0);
      const last = end === "user:block" ? { userId: bob.user.id } : end === "match:leave" ? {} : { roomId };
      const [sent] = await Promise.all([
        refusal(ada.ask("message:send", line(roomId, "goodbye"))),
        ada.ask(end, last as never),
      ]);
      expect([end, sent]).toEqual([end, "accepted"]);
      await bob.next("match:ended");
      expect(await logOf(bob, roomId)).toEqual(["goodbye"]);
      await Promise.all([ada, bob].map((one) => one.ask("match:leave", {})));
    }
  });

  test("[D1] a file and what is said after it stand in the order they were sent", async () => {
    const [ada, bob, roomId] = await cluster.pair(0, 0);
    const spec = { filename: "note.txt", contentType: "text/plain", bytes: text("hello") };
    const { id: uploadId } = await upload(world.api, ada.identity.token, roomId, spec);
    await Promise.all([
      ada.say(roomId, "look"),
      ada.ask("message:send", { roomId, clientMessageId: "f", kind: "file", uploadId }),
      ada.say(roomId, "nice?"),
      ada.ask("room:leave", { roomId }),
    ]);
    expect(await logOf(bob, roomId)).toEqual(["look", "file", "nice?"]);
  });

  test("[P1] nothing overtakes, though Redis has forgotten a script (SCRIPT FLUSH) that is rarer than the next one's", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const [ada, bob] = members as [Talker, Talker];
    for (let round = 0; round < 5; round++) {
      await ada.ask("room:leave", { roomId });
      await cluster.redis.script("FLUSH");
      await bob.say(roomId, "the first to speak again");
      const told = await Promise.all([ada.ask("room:join", { roomId }), ada.say(roomId, "back")].map(refusal));
      expect(told).toEqual(["accepted", "accepted"]);
    }
  });

  test("[P1] who leaves a group and comes back is in it; who comes and leaves is not", async () => {
    const { roomId, members } = await startGroup(cluster, 2);
    const [ada, bob] = members as [Talker, Talker];
    const join = () => bob.ask("room:join", { roomId }).then(({ room }) => room.memberCount);
    const leave = () => bob.ask("room:leave", { roomId });
    const told = await Promise.all([leave(), join(), refusal(bob.say(roomId, "back"))]);
    expect(told.slice(1)).toEqual([2, "accepted"]);
    expect((await ada.next("message:sent")).message.text).toBe("back");
    await Promise.all([leave(), join(), leave()].map(refusal));
    await ada.say(roomId, "alone");
    await bob.ask("stats:watch", { on: false });
    expect(bob.all("message:sent")).toEqual([]);
  });
});

/** What the answer says, and whether it came after the match was told: seen as it comes in, not when a promise gets its turn. */
function joins(talker: Talker): Promise<string> {
  const before = talker.all("match:found").length;
  return new Promise((resolve) => {
    talker.socket.emit("match:join", {}, (ack: Ack<MatchState>) => {
      const after = talker.all("match:found").length > before;
      resolve(`${ack.ok ? ack.data.state : ack.error.code} ${after ? "after" : "before"} match:found`);
    });
  });
}

test("[M3] [S3] who is matched at once is not told after it that they wait, in no tab", async () => {
  const [ada, bob] = await Promise.all([cluster.connect(), cluster.connect()]);
  const tabs = [await cluster.connect(0, ada.identity), await cluster.connect(0, bob.identity)];
  for (let round = 0; round < 5; round++) {
    const told = await Promise.all([ada, bob].map(joins));
    await Promise.all([...tabs, ada, bob].map((one) => one.next("match:found")));
    expect(told).not.toContain("queued after match:found");
    await Promise.all(tabs.map((tab) => tab.ask("stats:watch", { on: false })));
    const last = tabs.map(({ heard }) => heard.findLast(({ event }) => event.startsWith("match:"))?.event);
    expect(last).toEqual(["match:found", "match:found"]);
    await ada.ask("match:leave", {});
    await Promise.all([...tabs, ada, bob].map((one) => one.next("match:ended")));
  }
});

test.each(["leave", "skip"] as const)(
  "[M5] the client: a pair that one %ss as the connection breaks is over by one's own wish, and by the other's for the other",
  async (way) => {
    const { port, context } = cluster.nodes[0]!;
    await using functions = await apiOf(cluster, { SOCKET_URL: `http://127.0.0.1:${port}` });
    const [ada, bob] = [createClient({ httpUrl: functions.url }), createClient({ httpUrl: functions.url })];
    try {
      const { id } = await ada.start();
      await bob.start();
      const wishes = { interests: [`to ${way}`] };
      await Promise.all([ada.join(wishes), bob.join(wishes)]);
      const { match } = await ada.when((now) => now.match.state === "matched");
      const { roomId } = match as Extract<MatchState, { state: "matched" }>;
      const ended = (client: typeof ada) => client.getState().rooms[roomId]?.ended;
      await ada.when(({ rooms }) => rooms[roomId]?.info !== undefined);
      for (const socket of context.guests.get(id)!.sockets) socket.conn.close();
      await ada.when(({ connection }) => connection.state === "waiting");
      await ada[way](roomId); // said once it is back, and was told of the pair again
      await bob.when(() => ended(bob) !== undefined);
      await ada.when(() => ended(ada) !== undefined);
      expect([ended(ada)?.mine, ended(bob)?.mine]).toEqual([true, false]);
    } finally {
      for (const client of [ada, bob]) client.destroy();
    }
  },
);

test("[S3] the client: a group that is left as the connection breaks stays left on screen", async () => {
  const { port, context } = cluster.nodes[0]!;
  await using functions = await apiOf(cluster, { SOCKET_URL: `http://127.0.0.1:${port}` });
  const client = createClient({ httpUrl: functions.url });
  try {
    const { id } = await client.start();
    const roomId = await client.groups.create({ name: "Door", visibility: "unlisted" });
    for (const socket of context.guests.get(id)!.sockets) socket.conn.close();
    await client.when(({ connection }) => connection.state === "waiting");
    await client.leave(roomId); // said once it is back, and was told of the room again
    expect(client.getState().rooms[roomId]?.ended).toEqual({ reason: "left", mine: true });
  } finally {
    client.destroy();
  }
});

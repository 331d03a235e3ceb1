/** What makes a message prove itself: its stamp, who made it and what no longer fits it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import type { Message } from "../shared/protocol/index.ts";
import { createStamps } from "../shared/stamps.ts";
import { dump } from "./support/dump.ts";
import { startApi, type Api } from "./support/http.ts";
import { type Cluster, startCluster } from "./support/nodes.ts";

let cluster: Cluster;
let api: Api;
beforeAll(async () => {
  cluster = await startCluster(2);
  api = await startApi(cluster.env);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const keysOf = (text: string) =>
  text.split(",").map((pair) => ({ kid: pair.split(":")[0]!, secret: pair.split(":")[1]! }));

describe("[A5] stamps", () => {
  test("a message carries one and the same in ack, push, backfill and history; nothing is kept for it", async () => {
    const [a, b, roomId] = await cluster.pair();
    const { message } = await a.say(roomId, "hello");
    expect(message.stamp).toMatch(/^test\.[\w-]{22}$/);
    const pushed = await b.next("message:sent");
    expect(pushed.message).toEqual(message);
    const tab = await cluster.connect(0, b.identity);
    expect(tab.welcome.rooms[0]!.messages).toEqual([message]);
    const history = await api.ask(`/api/rooms/${roomId}/messages`, { token: b.identity.token });
    expect((history.json() as { messages: Message[] }).messages).toEqual([message]);
    const again = await a.say(roomId, "hello", message.clientMessageId);
    expect(again.message).toEqual(message);
    expect(JSON.stringify(await dump(cluster.redis))).not.toContain(message.stamp);

    await b.ask("message:react", { roomId, messageId: message.id, emoji: "👍", on: true });
    await a.ask("message:delete", { roomId, messageId: message.id });
    const { messages } = await b.ask("message:history", { roomId, after: 0 });
    expect([messages[0]!.deleted, messages[0]!.stamp, messages[0]!.text]).toEqual([true, undefined, undefined]);
  });

  test("whatever is changed in a message, its stamp no longer fits; by keys that rotate it still does", async () => {
    const [a, b, roomId] = await cluster.pair();
    await a.say(roomId, "hello");
    const { message } = await b.next("message:sent");
    const keys = keysOf(cluster.env["JWT_KEYS"]!);
    const stamps = createStamps(keys);
    expect(stamps.verdict(message)).toBe("genuine");
    // The fields' order, and what others do to a message, are not what was said.
    const shuffled = Object.fromEntries(Object.entries(message).toReversed()) as unknown as Message;
    expect(stamps.verdict({ ...shuffled, reactions: { "👍": [newId("usr")] } })).toBe("genuine");
    const forged: Partial<Message>[] = [
      { text: `${message.text} ` },
      { text: undefined },
      { roomId: `room_${"a".repeat(24)}` },
      { epoch: "A".repeat(16) },
      { seq: 2 },
      { sender: { ...message.sender, id: newId("usr") } },
      { sender: { ...message.sender, username: "somebody_else" } },
      { clientMessageId: "other" },
      { kind: "file" },
      { replyTo: message.id },
      { sentAt: new Date(0).toISOString() },
      { stamp: `${message.stamp}A` },
      { stamp: message.stamp!.slice(0, -1) },
      {
        attachment: { uploadId: newId("upl"), filename: "a", contentType: "b", sizeBytes: 1, url: "/", expiresAt: "" },
      },
    ];
    for (const change of forged)
      expect([change, stamps.verdict({ ...message, ...change })]).toEqual([change, "altered"]);

    const next = { kid: "next", secret: "n".repeat(40) };
    const rotated = createStamps([next, ...keys]);
    expect(rotated.verdict(message)).toBe("genuine");
    expect(rotated.stamp(message)).toMatch(/^next\./);
    expect(createStamps([next]).verdict(message)).toBe("unverifiable");
    expect(createStamps([{ kid: "test", secret: "n".repeat(40) }]).verdict(message)).toBe("altered");
    expect(stamps.verdict({ ...message, stamp: undefined })).toBe("unverifiable");
  });
});

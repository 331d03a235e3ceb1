/** What stays of a guest in Redis after the end: nothing (S4). */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../shared/protocol/limits.ts";
import { key } from "../shared/stores/keys.ts";
import { defineScripts } from "../shared/stores/scripts.ts";
import { dump } from "./support/dump.ts";
import { startGroup } from "./support/groups.ts";
import { type Cluster, startCluster, type Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

test("[S4] after the end nothing in Redis holds anything of that guest, in others' keys either", async () => {
  const profile = { username: "Canary_Name", interests: ["tea", "canary interest"], language: "cy" };
  const identity = await cluster.guest(profile);
  const [guest, tab] = [await cluster.connect(0, identity), await cluster.connect(1, identity)];
  const meet = async (partner: Talker) => {
    await guest.ask("match:join", { interests: profile.interests });
    await partner.ask("match:join", { interests: ["tea"] });
    const { room } = await guest.next("match:found");
    await guest.say(room.id, `canary text ${room.id}`, "canary-key");
    await partner.say(room.id, "an answer");
    await partner.ask("message:ack", { roomId: room.id, readSeq: 1 });
    await guest.ask("message:ack", { roomId: room.id, readSeq: 2 });
    await guest.ask("message:react", {
      roomId: room.id,
      messageId: (await guest.next("message:sent")).message.id,
      emoji: "👍",
      on: true,
    });
    return room.id;
  };
  const [past, blocked, last] = [await cluster.connect(1), await cluster.connect(0), await cluster.connect(1)];
  await guest.ask("match:skip", { roomId: await meet(past) });
  await guest.ask("match:leave", {});
  await meet(blocked);
  await guest.ask("user:block", { userId: blocked.user.id });
  await past.ask("user:block", { userId: guest.user.id });
  const roomId = await meet(last);
  const canaries = [
    guest.user.id,
    "canary",
    identity.token,
    createHash("sha1").update(profile.interests[1]!).digest("hex"),
  ];
  const found = async () => {
    const entries = Object.entries(await dump(cluster.redis)).map((entry) => JSON.stringify(entry).toLowerCase());
    return entries.filter((text) => canaries.some((canary) => text.includes(canary.toLowerCase())));
  };
  expect((await found()).length).toBeGreaterThan(15); // so the search can find
  // A tab in the middle of something must not bring anything back.
  for (let i = 0; i < 20; i++) tab.socket.emit("typing:set", { roomId, typing: true });
  await cluster.stores.sessions.end(guest.user.id, "deleted");
  for (let i = 0; i < 20; i++)
    guest.socket.emit("message:send", { roomId, clientMessageId: `m${i}`, kind: "text", text: "canary" });
  for (const one of [guest, tab]) expect(await one.next("session:ended")).toEqual({ reason: "deleted" });
  expect(await last.next("match:ended")).toMatchObject({ reason: "session-ended" });
  await until("both are closed", () => !guest.socket.connected && !tab.socket.connected);
  await until("inboxes are read", async () => (await found()).length === 0, 5_000).catch(() => {});
  expect(await found()).toEqual([]);
  expect(await last.raw("message:history", { roomId })).toMatchObject({ ok: false, error: { code: "not-found" } });
});

test("[S4] nor after more partners than are remembered, or a block that was still under way", async () => {
  const guest = await cluster.connect(0);
  const partners = await Promise.all(Array.from({ length: 24 }, (_, i) => cluster.connect(i % 2)));
  for (const partner of partners) {
    await guest.ask("match:join", {});
    await partner.ask("match:join", {});
    const { room } = await guest.next("match:found");
    await guest.ask("match:leave", {});
    await partner.next("match:ended");
    expect(room.kind).toBe("pair");
  }
  const { id } = guest.user;
  const holding = async () =>
    Object.entries(await dump(cluster.redis)).filter((entry) => JSON.stringify(entry).includes(id));
  expect((await holding()).length).toBeGreaterThan(20);
  await cluster.stores.sessions.end(id, "deleted");
  await expect(cluster.stores.reports.block(id, partners[0]!.user.id)).rejects.toMatchObject({ code: "session-ended" });
  await until("nothing names the guest", async () => (await holding()).length === 0);
});

test("[S4] what is kept of ended pairs is those that linger, however many there were", async () => {
  const [guest, partner] = [await cluster.connect(0), await cluster.connect(1)];
  const past = () => cluster.redis.zrange(key("past", guest.user.id), "0", "-1");
  const meet = async () => {
    await guest.ask("match:join", {});
    await partner.ask("match:join", {});
    const { room } = await guest.next("match:found");
    await guest.ask("match:leave", {});
    await partner.next("match:ended");
    return room.id;
  };
  const ended = [await meet(), await meet()];
  expect(await past()).toEqual(ended);
  for (const room of ended) await cluster.redis.zincrby(key("past", guest.user.id), -600_000, room); // ten minutes later
  const last = await meet();
  expect(await past()).toEqual([last]);
});

describe("[S4] of one who said a thousand things in groups", () => {
  const said = 600;
  async function talkative() {
    const groups = [await startGroup(cluster, 2), await startGroup(cluster, 1)] as const;
    const [gone, stay] = groups[0].members as [Talker, Talker];
    await gone.ask("room:join", { roomId: groups[1].roomId });
    for (const { roomId } of groups)
      await Promise.all(Array.from({ length: said }, (_, n) => gone.say(roomId, "canary", `canary-${n}`)));
    const left = async () => {
      const text = JSON.stringify(await dump(cluster.redis));
      return ["canary", gone.user.id].some((trace) => text.includes(trace));
    };
    return { gone, stay, left };
  }

  test("nothing is left, and Redis forgets it in pieces", async () => {
    const { gone, stay, left } = await talkative();
    expect(await left()).toBe(true);
    await cluster.stores.sessions.end(gone.user.id, "deleted");
    const pieces = await until("all is told", () => {
      const heard = stay.all("message:deleted").map(({ seqs }) => seqs!);
      return heard.flat().length >= said && heard;
    });
    expect(pieces.flat()).toEqual(Array.from({ length: said }, (_, n) => n + 1));
    expect(Math.max(...pieces.map((seqs) => seqs.length))).toBeLessThanOrEqual(limits.forgottenAtOnce);
    await until("inboxes are read", async () => !(await left()));
  });

  test("the reaper goes on where a function was cut off", async () => {
    const { gone, left } = await talkative();
    await defineScripts(cluster.redis)("session_end", gone.user.id, "deleted");
    expect(await left()).toBe(true);
    await until("nothing is left", async () => !(await left()));
  });
});

import { Socket } from "socket.io";
import { io } from "socket.io-client";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { errors, type ErrorCode } from "../shared/protocol/errors.ts";
import { newId } from "../shared/protocol/ids.ts";
import { limits } from "../shared/protocol/limits.ts";
import {
  type Ack,
  type Answer,
  type EventName,
  events,
  type Message,
  type RequestName,
  requests,
} from "../shared/protocol/index.ts";
import { listen } from "../socket-tier/on.ts";
import { Attacker } from "./support/attacker.ts";
import { callFor } from "./support/calls.ts";
import { state } from "./support/dump.ts";
import { badPayloads, matrix, type Scene } from "./support/matrix.ts";
import { type Cluster, startCluster, Talker, until } from "./support/nodes.ts";

const refusal = z.strictObject({
  code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
  message: z.string().min(1),
  retryAfterMs: z.int().min(0).optional(),
  fields: z.record(z.string(), z.string()).optional(),
});
const requestNames = Object.keys(requests) as RequestName[];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** A pair with a message, and the call that this request is about. */
async function scene(event: RequestName = "message:send"): Promise<[Talker, Talker, Scene]> {
  const [a, b, roomId] = await cluster.pair();
  const { message } = await a.say(roomId, "mine");
  await b.next("message:sent");
  const callId = await callFor(event, a, b, roomId);
  return [a, b, { roomId, messageId: message.id, userId: a.user.id, partnerId: b.user.id, callId }];
}

/** The ack of a request, held against the contract's own schema. */
async function strict(talker: Talker, event: RequestName, payload: unknown): Promise<Ack<unknown>> {
  const ack = await talker.raw(event, payload);
  if (ack.ok) z.strictObject({ ok: z.literal(true), data: requests[event].answer }).parse(ack);
  else z.strictObject({ ok: z.literal(false), error: refusal }).parse(ack);
  return ack;
}

test("[P2] the matrix holds every request and every field of the contract", () => {
  const fieldsOf = (event: RequestName) => new Set(Object.keys((requests[event].payload as z.ZodObject).shape));
  const contract = new Map(requestNames.map((event) => [event, fieldsOf(event)]));
  const held = Object.entries(matrix).map(([event, { fields }]) => [event, new Set(Object.keys(fields))] as const);
  expect(new Map<string, Set<string>>(held)).toEqual(contract);
});

const inherited = Reflect.ownKeys(Object.prototype);
/** What a payload has written on what every object inherits from; the nodes are in this process. Taken off, or nothing here works. */
function polluted(): PropertyKey[] {
  const names = Reflect.ownKeys(Object.prototype).filter((name) => !inherited.includes(name));
  for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  return names;
}

test.each(requestNames)(
  "[P2] %s: a wrong payload is invalid with fields, or silence; nothing changes",
  async (event) => {
    const [a, b, mine] = await scene(event);
    const before = await state(cluster.redis);
    const heard = [a.heard.length, b.heard.length];
    const bad = badPayloads(event, mine);
    expect(bad.length).toBeGreaterThan(15);
    const acks = await Promise.all(bad.map(({ args }) => a.raw(event, ...args)));
    expect(polluted()).toEqual([]);
    const wrong = acks.filter((ack) => {
      if (ack.ok || ack.error.code !== "invalid" || !refusal.safeParse(ack.error).success) return true;
      // Named, and not all that was sent sent back.
      return Object.keys(ack.error.fields ?? {}).length === 0 || JSON.stringify(ack).length > 8_000;
    });
    expect(wrong.map((ack) => [bad[acks.indexOf(ack)]!.what, ack])).toEqual([]);
    for (const { args } of bad) a.socket.emit(event, ...args); // without an ack
    await a.ask("message:history", { roomId: mine.roomId }); // answered after all of them
    expect(await state(cluster.redis)).toEqual(before);
    expect([a.heard.length, b.heard.length]).toEqual(heard);
    expect(a.socket.connected).toBe(true);
  },
);

test("[P2] each request's good payload is accepted", async () => {
  const answers: Record<string, ErrorCode | undefined> = {};
  for (const event of requestNames) {
    const [a, b, mine] = await scene(event);
    const ack = await strict(a, event, matrix[event].good(mine));
    answers[event] = ack.ok ? undefined : ack.error.code;
    for (const one of [a, b]) one.close();
  }
  expect(answers).toEqual(Object.fromEntries(requestNames.map((event) => [event, undefined])));
});

test("[P2] no node starts on a Socket.IO that hands events over in another way", () => {
  const { context } = cluster.nodes[0]!;
  const onevent = Object.getOwnPropertyDescriptor(Socket.prototype, "onevent")!;
  Reflect.deleteProperty(Socket.prototype, "onevent");
  onTestFinished(() => void Object.defineProperty(Socket.prototype, "onevent", onevent));
  expect(() => listen(context, {} as never)).toThrow(/socket.io/);
});

test("[P2] an unknown field is named as it was sent, __proto__ and dotted names too", async () => {
  const [a, , { roomId }] = await scene();
  const payload = JSON.parse(`{"roomId":"${roomId}","typing":true,"__proto__":1,"x.y":2,"toString":3}`) as unknown;
  const ack = await a.raw("typing:set", payload);
  expect(ack.ok || new Map(Object.entries(ack.error.fields!))).toEqual(
    new Map(["__proto__", "toString", "x.y"].map((name) => [name, "is not known"])),
  );
});

test("[P2] unknown, numeric and inherited event names, and one called error, are invalid; the connection is kept", async () => {
  const [a] = await scene();
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on("uncaughtException", note);
  onTestFinished(() => void process.off("uncaughtException", note));
  for (const event of [
    "error",
    "nope",
    "",
    "__proto__",
    "constructor",
    "toString",
    "message:sent",
    "x".repeat(50_000),
  ]) {
    expect({ event, ...(await a.raw(event, {})) }).toMatchObject({
      event,
      ok: false,
      error: { code: "invalid", fields: { event: "is not known" } },
    });
    a.socket.emit(event, {});
  }
  expect(await a.raw(7 as never, {})).toMatchObject({ ok: false, error: { code: "invalid" } });
  expect(await strict(a, "stats:watch", { on: false })).toMatchObject({ ok: true });
  expect(uncaught).toEqual([]);
});

test("[P2] a frame that the parser refuses closes that connection only", async () => {
  const identity = await cluster.guest();
  const honest = await cluster.connect(0, identity);
  const refused = ['42["connect",{}]', '42["disconnect"]', '42["newListener"]', "42{", "4x", '42["message:send",{'];
  const frames = [...refused, '4511-["x"]', '451-["x"', "40{}", `42["x","${"y".repeat(70_000)}"]`];
  for (const data of frames) {
    const attacker = await Attacker.open(cluster.nodes[0]!.port);
    await attacker.login(identity.token);
    expect(attacker.heard.some((text) => text.includes("session:welcome"))).toBe(true);
    attacker.send({ data });
    // Sooner than for not answering pings.
    await until(`closed by ${data.slice(0, 30)}`, () => attacker.closed, limits.pingIntervalMs);
    attacker.close();
  }
  expect(await strict(honest, "stats:watch", { on: false })).toMatchObject({ ok: true });
});

test("[P3] a text with half a surrogate pair is kept well-formed, and can be deleted like any other", async () => {
  const [a, b, { roomId }] = await scene();
  const { message } = await a.say(roomId, "half \ud83d a smile");
  expect(message.text).toBe("half \ufffd a smile");
  expect((await b.next("message:sent")).message).toEqual(message);
  expect(await a.raw("message:delete", { roomId, messageId: message.id })).toEqual({ ok: true, data: {} });
});

test("[P4] requests sent before the welcome wait for it and are answered in order", async () => {
  const [a, , { roomId }] = await scene();
  const order: string[] = [];
  const tab = new Talker(`http://127.0.0.1:${cluster.nodes[1]!.port}`, a.identity);
  tab.socket.on("session:welcome", () => order.push("welcome"));
  const seqs = await Promise.all(
    ["one", "two", "three"].map(async (text) => {
      const { message } = await tab.say(roomId, text);
      order.push(text);
      return message.seq;
    }),
  );
  expect(order).toEqual(["welcome", "one", "two", "three"]);
  expect(seqs).toEqual([2, 3, 4]);
  tab.close();
});

test("[P1] every answer and every event of a whole conversation is what the schemas say, and not a field more", async () => {
  const [a, b, mine] = await scene();
  const { roomId, messageId } = mine;
  const tab = await cluster.connect(0, a.identity, { cursors: { [newId("room")]: { epoch: "A".repeat(16), seq: 3 } } });
  const watcher = await cluster.connect(1);
  for (const one of [watcher, a]) await strict(one, "stats:watch", { on: true });
  mine.callId = await callFor("call:accept", b, a, roomId);
  const order = [
    "call:decline",
    "call:start",
    "call:accept",
    "call:media",
    "call:direct",
    "call:signal",
    "call:hangup",
  ];
  const rest = requestNames.filter((name) => /^(message|typing|room:join)/.test(name));
  for (const event of [...rest, ...(order as RequestName[])]) {
    const ack = await strict(b, event, matrix[event].good({ ...mine, partnerId: a.user.id }));
    if (event === "call:start" && ack.ok) {
      mine.callId = (ack.data as Answer<"call:start">).call.id;
      await strict(a, "call:accept", { callId: mine.callId });
    }
    await strict(watcher, event, matrix[event].good(mine)); // refused
  }
  await strict(a, "message:delete", { roomId, messageId });
  await strict(b, "message:history", { roomId });
  b.close();
  await a.next("presence:changed");
  const again = await cluster.connect(1, b.identity);
  await until("welcomed with the log", () => again.welcome.rooms[0]?.messages[0]?.deleted);
  await strict(a, "match:skip", { roomId });
  await again.next("match:ended");
  await strict(again, "match:join", { interests: ["tea"], language: "pt-BR" });
  await strict(watcher, "match:join", {});
  await strict(watcher, "match:leave", {});
  await strict(watcher, "user:block", { userId: a.user.id });
  await watcher.next("stats:updated");
  await cluster.stores.sessions.end(a.user.id, "deleted");
  await tab.next("session:ended");
  const heard = [a, b, tab, again, watcher].flatMap((talker) => talker.heard);
  for (const { event, payload } of heard) events[event].parse(payload);
  const tellable = new Set(heard.map(({ event }) => event));
  // Heard elsewhere: drain and replacement have tests of their own, groups too.
  const elsewhere = /^(room:|server:draining|session:replaced|match:queued)/;
  const silent = (Object.keys(events) as EventName[]).filter((name) => !tellable.has(name) && !elsewhere.test(name));
  expect(silent).toEqual([]);
});

test("[P1] a client written from the contract alone meets a partner and talks", async () => {
  const meet = async (n: number) => {
    const { token } = await cluster.guest();
    const auth = { token, protocol: 1 };
    const socket = io(`http://127.0.0.1:${cluster.nodes[n]!.port}`, {
      auth,
      transports: ["websocket"],
      forceNew: true,
    });
    const said: string[] = [];
    let roomId = "";
    socket.on("match:found", (found: { room: { id: string } }) => (roomId = found.room.id));
    socket.on("message:sent", ({ message }: { message: Message }) => said.push(message.text!));
    await new Promise((resolve) => socket.once("session:welcome", resolve));
    const joined = (await socket.timeout(10_000).emitWithAck("match:join", {})) as { ok: boolean };
    expect(joined.ok).toBe(true);
    const send = (text: string) =>
      socket.emitWithAck("message:send", { roomId, clientMessageId: crypto.randomUUID(), kind: "text", text });
    return { socket, said, send, roomId: () => roomId };
  };
  const [one, two] = await Promise.all([meet(0), meet(1)]);
  await until("both are told of one room", () => one.roomId() !== "" && one.roomId() === two.roomId());
  expect(await one.send("hello")).toMatchObject({ ok: true, data: { message: { seq: 1, text: "hello" } } });
  expect(await two.send("hi")).toMatchObject({ ok: true, data: { message: { seq: 2, text: "hi" } } });
  await until("each heard the other", () => one.said[0] === "hi" && two.said[0] === "hello");
  for (const { socket } of [one, two]) socket.disconnect();
});

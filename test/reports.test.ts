/** Reports, and what the operator reads of them. Stamps and bans have files of their own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../shared/protocol/ids.ts";
import { limits } from "../shared/protocol/limits.ts";
import type { Message, Report, ReportSummary } from "../shared/protocol/index.ts";
import { key } from "../shared/stores/keys.ts";
import { dump } from "./support/dump.ts";
import { startApi, type Answer, type Api, type Asked } from "./support/http.ts";
import { listenToLog } from "./support/log.ts";
import { ADMIN_TOKEN, from, operator } from "./support/operator.ts";
import { type Cluster, startCluster, type Talker, until } from "./support/nodes.ts";

let cluster: Cluster;
let api: Api;
let log: ReturnType<typeof listenToLog>;
beforeAll(async () => {
  log = listenToLog();
  cluster = await startCluster(2, { ADMIN_TOKEN, API_PER_15_MIN: "5000", LOG_LEVEL: "debug", TRUSTED_PROXIES: "1" });
  api = await startApi(cluster.env);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  log[Symbol.dispose]();
});

const admin = (path: string, asked?: Asked) => operator(api).admin(path, asked);
const report = (by: Talker, body: object, to = api, address = "203.0.113.1"): Promise<Answer> =>
  to.ask("/api/reports", {
    token: by.identity.token,
    body: { reason: "harassment", ...body },
    headers: from(address),
  });
async function read(id: string): Promise<Report> {
  const answer = await admin(`/api/reports/${id}`);
  if (answer.status !== 200) throw new Error(answer.problem().code);
  return (answer.json() as { report: Report }).report;
}
const idOf = (answer: Answer): string => {
  if (answer.status !== 201) throw new Error(answer.problem().code);
  return (answer.json() as { reportId: string }).reportId;
};

const outcome = (answer: Answer): string => (answer.status === 201 ? "taken" : answer.problem().code);

/** A pair in which `bad` has said that many things; what `good` heard of them. */
async function quarrel(count: number): Promise<{ good: Talker; bad: Talker; roomId: string; heard: Message[] }> {
  const [good, bad, roomId] = await cluster.pair();
  for (let n = 1; n <= count; n++) await bad.say(roomId, `insult of ${bad.user.username} ${n}`);
  const heard = await until("all heard", () => {
    const all = good.all("message:sent").map(({ message }) => message);
    return all.length === count && all;
  });
  return { good, bad, roomId, heard };
}

describe("[A5] a report", () => {
  test("ends the pair for both, blocks both ways, and shows genuine, altered and missing", async () => {
    const { good, bad, roomId, heard } = await quarrel(6);
    const [one, , three, four, , six] = heard as [Message, Message, Message, Message, Message, Message];
    const answer = await report(good, {
      roomId,
      userId: bad.user.id,
      note: "canary-note",
      messageIds: [one.id, `msg_${"A".repeat(16)}_1`],
      messages: [
        { ...one, text: "what the log says counts" },
        six,
        { ...three, text: "canary-invented" },
        { ...four, stamp: undefined },
      ],
    });
    const id = idOf(answer);
    for (const side of [good, bad]) expect(await side.next("match:ended")).toEqual({ roomId, reason: "reported" });
    // Neither meets the other again, though nobody else is there.
    await good.ask("match:join", {});
    expect(await bad.ask("match:join", {})).toMatchObject({ state: "queued" });
    await Promise.all([good, bad].map((side) => side.ask("match:leave", {})));

    const { reports } = (await admin("/api/reports")).json() as { reports: ReportSummary[] };
    const about = { id, roomId, reason: "harassment", reporter: good.user, reported: bad.user, messageCount: 4 };
    expect(reports.find((it) => it.id === id)).toMatchObject(about);
    const found = await read(id);
    expect(found).toMatchObject({ ...about, note: "canary-note" });
    expect(found.messages.map(({ message, source, verdict }) => [message.seq, message.text, source, verdict])).toEqual([
      [1, one.text, "log", "genuine"],
      [3, "canary-invented", "reporter", "altered"],
      [4, four.text, "reporter", "unverifiable"],
      [6, six.text, "reporter", "genuine"],
    ]);
    const { epoch } = one;
    expect(found.gaps).toEqual([
      { epoch, after: 1, before: 3, missing: 1 },
      { epoch, after: 4, before: 6, missing: 1 },
    ]);
    expect(Date.parse(found.expiresAt) - Date.parse(found.createdAt)).toBe(24 * 3_600_000);
    expect(await cluster.redis.pttl(key("report", id))).toBeGreaterThan(23 * 3_600_000);

    expect((await admin(`/api/reports/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await admin(`/api/reports/${id}`)).problem().code).toBe("not-found");
    expect(await cluster.redis.exists(key("report", id))).toBe(0);
  });

  test("is open to those alone who met: in the room, or with a genuine message to show", async () => {
    const { good, bad, roomId, heard } = await quarrel(2);
    const stranger = await cluster.connect(0);
    const accuse = async (by: Talker, body: object) =>
      outcome(await report(by, { roomId, userId: bad.user.id, ...body }));
    const messageIds = [heard[0]!.id];
    expect(await accuse(stranger, { messageIds })).toBe("forbidden");
    expect(await accuse(stranger, { messages: [{ ...heard[0]!, text: "forged" }] })).toBe("forbidden");
    expect(await accuse(stranger, { messages: [{ ...heard[0]!, sender: stranger.user }] })).toBe("forbidden");
    expect(await accuse(stranger, { roomId: newId("room") })).toBe("not-found");
    expect(await accuse(good, { userId: stranger.user.id })).toBe("not-found");
    expect(await accuse(good, { userId: good.user.id })).toBe("invalid");
    expect(await accuse(good, { roomId: newId("room"), messages: [heard[0]!] })).toBe("invalid");
    expect(good.all("match:ended")).toEqual([]);
    expect((await cluster.stores.reports.list(undefined, 100)).reports).toEqual([]);

    // The other deletes themselves, and with them the room. What good's client holds is proof enough.
    const { token } = bad.identity;
    expect((await api.ask("/api/guest/me", { method: "DELETE", token })).status).toBe(204);
    expect(await accuse(good, { messageIds })).toBe("not-found");
    const id = idOf(await report(good, { roomId, userId: bad.user.id, messageIds, messages: heard }));
    const { messages, reported } = await read(id);
    expect(messages.map(({ source, verdict }) => [source, verdict])).toEqual(heard.map(() => ["reporter", "genuine"]));
    expect(reported).toEqual(bad.user);
    await admin(`/api/reports/${id}`, { method: "DELETE" });
  });

  test("[S4] outlives both sides' DELETE, shows nothing of them in Redis or a log, and bans the address it was about", async () => {
    const { good, bad, roomId, heard } = await quarrel(3);
    const id = idOf(await report(good, { roomId, userId: bad.user.id, messages: heard, note: "canary-note" }));
    for (const { identity } of [bad, good])
      expect((await api.ask("/api/guest/me", { method: "DELETE", token: identity.token })).status).toBe(204);
    await until("sockets are closed", () => !good.socket.connected && !bad.socket.connected);
    await until("the inboxes are read", async () => {
      const left = await Promise.all(cluster.nodes.map((node) => cluster.redis.xlen(key("inbox", node.id))));
      return left.every((length) => length === 0);
    });
    const places = { Redis: JSON.stringify(await dump(cluster.redis)), log: log.text() };
    expect(places.Redis).toContain(id); // it is there
    const names = [good, bad].flatMap(({ user }) => [user.id, user.username]);
    const said = [`insult of ${bad.user.username}`, "canary-note", heard[0]!.stamp!];
    for (const trace of [...names, roomId, ...said])
      for (const [place, text] of Object.entries(places))
        expect([place, trace, text.includes(trace)]).toEqual([place, trace, false]);
    expect((await read(id)).messages.map(({ verdict }) => verdict)).toEqual(["genuine", "genuine", "genuine"]);

    const body = { reportId: id, guest: true, address: true, durationMs: 60_000 };
    const { bans } = (await admin("/api/bans", { body })).json() as { bans: { id: string; kind: string }[] };
    expect(bans.map(({ kind }) => kind)).toEqual(["address"]);
    for (const ban of bans) await admin(`/api/bans/${ban.id}`, { method: "DELETE" });
    const unknown = { ...body, reportId: newId("rep") };
    expect((await admin("/api/bans", { body: unknown })).problem().code).toBe("not-found");
    await admin(`/api/reports/${id}`, { method: "DELETE" });
  });

  test("[P2] refuses too much, and a copy that is no message; [A1] ten an hour", async () => {
    const { good, bad, roomId, heard } = await quarrel(1);
    const [message] = heard as [Message];
    const code = async (body: object) => outcome(await report(good, { roomId, userId: bad.user.id, ...body }));
    const wrong: object[] = [
      { reason: "" },
      { reason: "x".repeat(101) },
      { note: "x".repeat(1001) },
      { messageIds: Array<string>(51).fill(message.id) },
      { messages: Array<Message>(51).fill(message) },
      { messages: Array.from({ length: 40 }, () => ({ ...message, text: "x".repeat(2_000) })) },
      { messages: [{ ...message, more: 1 }] },
      { messages: [{ ...message, seq: "1" }] },
      { more: 1 },
    ];
    for (const body of wrong) expect(await code(body)).toBe("invalid");
    for (let n = 0; n < 10; n++) expect(await code({})).toBe("taken");
    const refused = (await report(good, { roomId, userId: bad.user.id })).problem();
    expect([refused.code, (refused.retryAfterMs ?? 0) > 3_000_000]).toEqual(["rate-limited", true]);

    const listed: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page = await admin(`/api/reports?limit=3${cursor && `&cursor=${cursor}`}`);
      const { reports, cursor: next } = page.json() as { reports: ReportSummary[]; cursor?: string };
      listed.push(...reports.map(({ id }) => id));
      cursor = next;
    }
    expect([listed.length, new Set(listed).size]).toEqual([10, 10]);
  });

  test("[A1] in production one address crowds nobody out, however many guests it makes: ten in a quarter of an hour, half of the places there are", async () => {
    await using strict = await startApi({
      ...cluster.env,
      NODE_ENV: "production",
      CORS_ORIGINS: "https://chat.example.com",
    });
    const { good, bad, roomId } = await quarrel(1);
    const other = await quarrel(1);
    const mine = { roomId, userId: bad.user.id };
    const theirs = { roomId: other.roomId, userId: other.bad.user.id };
    const home = (n: number) => `2001:db8:9:9::${n}`; // one network of IPv6 is one address
    for (let n = 0; n < 5; n++) idOf(await report(good, mine, strict, home(n)));
    for (let n = 5; n < 10; n++) idOf(await report(other.good, theirs, strict, home(n)));
    const refused = (await report(other.good, theirs, strict, home(10))).problem();
    expect([refused.code, (refused.retryAfterMs ?? 0) > 0]).toEqual(["rate-limited", true]);
    idOf(await report(other.good, theirs, strict, "2001:db8:9:8::1"));
    expect(10 * (limits.reportMs / (15 * 60_000))).toBeLessThanOrEqual(limits.reports / 2);
  });

  test("is the operator's to read alone", async () => {
    const { good, bad, roomId } = await quarrel(1);
    const id = idOf(await report(good, { roomId, userId: bad.user.id }));
    for (const path of ["/api/reports", `/api/reports/${id}`])
      for (const token of [undefined, good.identity.token, bad.identity.token])
        expect((await api.ask(path, { token })).problem().code).toBe("unauthenticated");
    const foreign = { method: "DELETE", token: good.identity.token };
    expect((await api.ask(`/api/reports/${id}`, foreign)).problem().code).toBe("unauthenticated");
    expect((await read(id)).id).toBe(id);
    // Of its own day only, and only beside its own id.
    await cluster.redis.rename(key("report", id), key("report", newId("rep")));
    await expect(read(id)).rejects.toThrow("not-found");
    await cluster.redis.zadd(key("reports"), "1", id);
    await until("the reaper tidies up", async () => (await cluster.redis.zscore(key("reports"), id)) === null);
  });
});

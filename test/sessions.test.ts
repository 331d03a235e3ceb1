import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits } from "../shared/protocol/limits.ts";
import { newId } from "../shared/protocol/ids.ts";
import { key } from "../shared/stores/keys.ts";
import { createTokens } from "../shared/tokens.ts";
import { Attacker, forge } from "./support/attacker.ts";
import { type Cluster, type GuestIdentity, startCluster, Talker, until } from "./support/nodes.ts";

const ORIGINS = ["https://chat.example.com", "http://localhost:3000"];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2, { CORS_ORIGINS: ORIGINS.join(",") });
});
afterAll(() => cluster[Symbol.asyncDispose]());

const keysOf = ({ env }: Cluster) =>
  env["JWT_KEYS"]!.split(",").map((pair) => {
    const [kid, secret] = pair.split(":") as [string, string];
    return { kid, secret };
  });

/** "welcome", or the code of the refused handshake. */
async function knock(auth: Record<string, unknown>, on: Cluster = cluster, n = 0): Promise<string> {
  const identity: GuestIdentity = { user: { id: newId("usr"), username: "nobody" }, token: "" };
  const talker = new Talker(`http://127.0.0.1:${on.nodes[n]!.port}`, identity, auth);
  try {
    return await talker.welcomed().then(
      () => "welcome",
      (error: { data?: { code: string } }) => error.data?.code ?? "closed",
    );
  } finally {
    talker.close();
  }
}

test("[S1] a session's public id grants nothing, and neither does any token that is not ours", async () => {
  const { user, token } = await cluster.guest();
  const [{ kid, secret }] = keysOf(cluster) as [{ kid: string; secret: string }];
  const seconds = Math.floor(Date.now() / 1000);
  const claims = { sub: user.id, iss: "passerby", aud: "passerby-guest", iat: seconds, exp: seconds + 3_600 };
  const header = { alg: "HS256", typ: "JWT", kid };
  const jwk = { kty: "oct", k: Buffer.from("mine".repeat(10)).toString("base64url") };
  const [head, body, signature] = token.split(".") as [string, string, string];
  const without = (name: keyof typeof claims) => ({ ...claims, [name]: undefined });
  expect(forge(header, claims, secret).split(".")).toHaveLength(3);
  const tokens: Record<string, unknown> = {
    "the public id": user.id,
    "no token": undefined,
    "a number": 1,
    "an object": { sub: user.id },
    "an empty text": "",
    "alg none": forge({ ...header, alg: "none" }, claims),
    "alg none, signature kept": `${forge({ ...header, alg: "none" }, claims)}${signature}`,
    "alg swapped": forge({ ...header, alg: "HS512" }, claims, secret, "sha512"),
    "alg RS256": forge({ ...header, alg: "RS256" }, claims, secret),
    "wrong kid": forge({ ...header, kid: "other" }, claims, secret),
    "no kid": forge({ ...header, kid: undefined }, claims, secret),
    "kid __proto__": forge({ ...header, kid: "__proto__" }, claims, secret),
    "another secret": forge(header, claims, "mine".repeat(10)),
    "a jwk of its own": forge({ ...header, jwk }, claims, "mine".repeat(10)),
    "a jku of its own": forge({ ...header, jku: "http://127.0.0.1:1/keys" }, claims, "mine".repeat(10)),
    "other issuer": forge(header, { ...claims, iss: "evil" }, secret),
    "other audience": forge(header, { ...claims, aud: "evil" }, secret),
    "no subject": forge(header, without("sub"), secret),
    "no end": forge(header, without("exp"), secret),
    "a subject that is no id": forge(header, { ...claims, sub: "*" }, secret),
    "tampered claims": `${head}.${forge({}, { ...claims, sub: newId("usr") }).split(".")[1]}.${signature}`,
    "tampered signature": `${head}.${body}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
    "no signature": `${head}.${body}.`,
    "two parts": `${head}.${body}`,
    "60 kB": `${token}${"A".repeat(60_000)}`,
  };
  const answers = await Promise.all(
    Object.entries(tokens).map(async ([what, token]) => [what, await knock({ token, protocol: 1 })] as const),
  );
  expect(answers.filter(([, code]) => code !== "unauthenticated")).toEqual([]);
  expect(await knock({ token: forge(header, claims, secret), protocol: 1 })).toBe("welcome"); // the forge is able
});

test("[S1] a token of 1 MB closes its connection, unread, and no other", async () => {
  const { token } = await cluster.guest();
  const honest = await cluster.connect(0);
  const attacker = await Attacker.open(cluster.nodes[0]!.port);
  await attacker.login(`${token}${"A".repeat(1_000_000)}`);
  expect([attacker.closed, attacker.heard.filter((text) => text.startsWith("4"))]).toEqual([true, []]);
  expect((await honest.raw("stats:watch", { on: false })).ok).toBe(true);
});

test("[S1] expired, ended and unknown sessions, a wrong protocol and wrong cursors have codes of their own", async () => {
  const { user, token } = await cluster.guest();
  const [signing] = keysOf(cluster) as [{ kid: string; secret: string }];
  const seconds = Math.floor(Date.now() / 1000);
  const old = { sub: user.id, iss: "passerby", aud: "passerby-guest", iat: seconds - 7_200, exp: seconds - 3_600 };
  const expired = forge({ alg: "HS256", typ: "JWT", kid: signing.kid }, old, signing.secret);
  expect(await knock({ token: expired, protocol: 1 })).toBe("token-expired");
  expect(await knock({ token: createTokens([signing]).issue(newId("usr")).token, protocol: 1 })).toBe("session-ended");
  for (const wrong of [{}, { protocol: 2 }, { protocol: "1" }, { protocol: 1, more: 1 }, { protocol: 1, cursors: [] }])
    expect(await knock({ protocol: undefined, ...wrong, token })).toBe("invalid");
  const cursors = { "*": { epoch: "A".repeat(16), seq: 1 } };
  expect(await knock({ token, protocol: 1, cursors })).toBe("invalid");
  await cluster.stores.sessions.end(user.id, "deleted");
  expect(await knock({ token, protocol: 1 })).toBe("session-ended");
});

test("[S1] a websocket opens to the listed origins alone, exactly as listed, and to no browser at all", async () => {
  const evil = [
    "https://evil.example",
    "null",
    "https://chat.example.com.evil.example",
    "https://chat.example.com:444",
  ];
  const nearly = [
    "http://chat.example.com",
    "https://CHAT.example.com",
    "https://xchat.example.com",
    "http://localhost",
    "",
  ];
  const status = async (headers: Record<string, string>, transport?: string) => {
    const attacker = await Attacker.open(cluster.nodes[0]!.port, headers, transport);
    attacker.close();
    return attacker.status;
  };
  for (const origin of [...evil, ...nearly]) expect([origin, await status({ Origin: origin })]).toEqual([origin, 400]);
  for (const origin of ORIGINS) expect([origin, await status({ Origin: origin })]).toEqual([origin, 101]);
  expect(await status({})).toBe(101);
  expect(await status({}, "polling")).toBe(400);
});

describe.concurrent("[S2] life of a session", () => {
  test("an expired session's live sockets hear session:ended and are closed; a connected one lives on", async () => {
    await using short = await startCluster(2, { SESSION_TTL_MS: "7000" });
    const brief = await short.connect(0);
    const tab = await short.connect(1, brief.identity);
    const lasting = await short.connect(1);
    const bornAt = Date.now();
    // Beats slide it; this one's last end (24 h, in effect) is brought near.
    const endsAt = bornAt + 4_000;
    await short.redis.hset(key("session", brief.user.id), "endsAt", endsAt);
    await short.redis.zadd(key("sessions"), endsAt, brief.user.id);
    for (const one of [brief, tab]) expect(await one.next("session:ended")).toEqual({ reason: "expired" });
    await until("both are closed", () => !brief.socket.connected && !tab.socket.connected);
    expect(Date.now()).toBeGreaterThan(endsAt - 1);
    expect(await knock({ token: brief.identity.token, protocol: 1 }, short)).toBe("session-ended");
    const slid = async () => Number(await short.redis.zscore(key("sessions"), lasting.user.id)) > bornAt + 8_000;
    await until("a beat has slid the other's end", slid);
    expect((await lasting.ask("stats:watch", { on: false })).guests.online).toBe(1);
    lasting.close(); // nobody slides it now
    const over = async () => (await short.redis.zscore(key("sessions"), lasting.user.id)) === null;
    await until("forgotten", over);
  });

  test("an expired token does not end a live socket, and a fresh one brings the same guest, room and match", async () => {
    const [a, b, roomId] = await cluster.pair();
    const [signing] = keysOf(cluster) as [{ kid: string; secret: string }];
    const brief = createTokens([signing], 2_000).issue(a.user.id).token;
    const tab = await cluster.connect(0, { user: a.user, token: brief });
    await until("the token has expired", () => knock({ token: brief, protocol: 1 }).then((c) => c === "token-expired"));
    expect((await tab.say(roomId, "still here")).message.seq).toBe(1);
    for (const one of [a, tab]) one.close();
    await b.next("presence:changed");
    expect((await cluster.stores.sessions.refresh(a.user.id)).user).toEqual(a.user);
    const { welcome } = await cluster.connect(1, a.identity);
    expect([welcome.user, welcome.match, welcome.rooms[0]!.messages.length]).toEqual([
      a.user,
      { state: "matched", roomId },
      1,
    ]);
  });
});

test("[S1] keys rotate A → B,A → B with live clients: old tokens last while A is listed, no socket is lost", async () => {
  const [A, B] = ["a:".padEnd(40, "1"), "b:".padEnd(40, "2")] as [string, string];
  await using before = await startCluster(1, { JWT_KEYS: A });
  await using during = await startCluster(1, { JWT_KEYS: `${B},${A}`, REDIS_URL: before.env["REDIS_URL"]! });
  await using after = await startCluster(1, { JWT_KEYS: B, REDIS_URL: before.env["REDIS_URL"]! });
  const old = await before.connect(0);
  const early = await before.guest();
  const fresh = await during.guest();
  const auth = (token: string) => ({ token, protocol: 1 });
  expect(await knock(auth(early.token), during)).toBe("welcome");
  expect(await knock(auth(fresh.token), during)).toBe("welcome");
  expect(await knock(auth(fresh.token), before)).toBe("unauthenticated");
  expect(await knock(auth(early.token), after)).toBe("unauthenticated");
  expect(await knock(auth(fresh.token), after)).toBe("welcome");
  const refreshed = createTokens(keysOf(during)).issue(early.user.id).token;
  expect(await knock(auth(refreshed), after)).toBe("welcome");
  expect((await old.ask("stats:watch", { on: false })).sessions.active).toBe(3);
});

test("[S1] a name is one guest's at a time, whatever its case; a new name reaches all of the guest's sockets", async () => {
  const [a, b, roomId] = await cluster.pair();
  const tab = await cluster.connect(1, a.identity);
  const taken = b.user.username.toUpperCase();
  await expect(cluster.stores.sessions.create({ username: taken })).rejects.toMatchObject({ code: "conflict" });
  await expect(cluster.stores.sessions.update(a.user.id, { username: taken })).rejects.toMatchObject({
    code: "conflict",
    fields: { username: "is taken" },
  });
  await cluster.stores.sessions.update(a.user.id, { username: "Renamed_1" });
  for (const one of [a, tab]) {
    await until("sent under the new name", async () => {
      const { message } = await one.say(roomId, "who am I");
      return message.sender.username === "Renamed_1";
    });
  }
  const { room } = await b.ask("room:join", { roomId });
  expect(room.members.map(({ username }) => username)).toContain("Renamed_1");
  // The old name is free again.
  expect((await cluster.stores.sessions.create({ username: a.user.username })).user.username).toBe(a.user.username);
});

test("[S3] three tabs over two nodes hear the same match, messages, receipts, reactions, deletions and end", async () => {
  const first = await cluster.connect(0);
  const tabs = [first, await cluster.connect(0, first.identity), await cluster.connect(1, first.identity)];
  const partner = await cluster.connect(1);
  await tabs[2]!.ask("match:join", {});
  await partner.ask("match:join", {});
  const founds = await Promise.all(tabs.map((tab) => tab.next("match:found")));
  const roomId = founds[0]!.room.id;
  expect(new Set(founds.map(({ room }) => room.id))).toEqual(new Set([roomId]));
  const { message } = await tabs[0]!.say(roomId, "from a tab");
  const reply = await partner.say(roomId, "from the partner");
  await tabs[1]!.ask("message:ack", { roomId, readSeq: 2 });
  await tabs[2]!.ask("message:react", { roomId, messageId: message.id, emoji: "👍", on: true });
  await partner.ask("message:delete", { roomId, messageId: reply.message.id });
  await tabs[0]!.ask("typing:set", { roomId, typing: true });
  await tabs[1]!.ask("room:leave", { roomId });
  const counts = (tab: Talker) =>
    ["message:sent", "message:acked", "message:reacted", "message:deleted", "typing:changed", "match:ended"].map(
      (event) => tab.all(event as "message:sent").length,
    );
  // Each hears all, but for what it did itself.
  const expected = [
    [1, 1, 1, 1, 0, 1],
    [2, 0, 1, 1, 1, 1],
    [2, 1, 0, 1, 1, 1],
    [1, 1, 1, 0, 1, 1], // the partner
  ];
  const all = () => [...tabs, partner].map(counts);
  await until("all heard all", () => JSON.stringify(all()) === JSON.stringify(expected)).catch(() => {});
  expect(all()).toEqual(expected);
});

test(`[S3] the connection beyond ${limits.connectionsPerGuest} takes the place of the oldest, which is told`, async () => {
  const first = await cluster.connect(0);
  const others: Talker[] = [];
  while (others.length < limits.connectionsPerGuest) others.push(await cluster.connect(0, first.identity));
  expect(await first.next("session:replaced")).toEqual({ reason: "too-many-connections" });
  await until("the oldest is closed", () => !first.socket.connected);
  expect(others.filter(({ socket }) => socket.connected)).toHaveLength(limits.connectionsPerGuest);
});

test("[S3] every tab of a guest, on any node, waits and stops waiting with the one that asked", async () => {
  const tab = await cluster.connect(0);
  const others = [await cluster.connect(0, tab.identity), await cluster.connect(1, tab.identity)];
  await tab.ask("match:join", { interests: ["nobody else has this"] });
  for (const other of others) {
    expect(await other.next("match:queued")).toMatchObject({ state: "queued", criteria: { level: "interests" } });
  }
  await others[1]!.ask("match:leave", {});
  for (const other of [tab, others[0]!]) expect(await other.next("match:queued")).toEqual({ state: "idle" });
});

/** Several cells behind one HTTP API: two of each Redis and socket tier, on one machine. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { handler as cleanup } from "../functions/handlers/cleanup.ts";
import { cellOf } from "../shared/cells.ts";
import { loadConfig } from "../shared/config.ts";
import { contentPolicy } from "../shared/middleware/security.ts";
import { newId } from "../shared/protocol/ids.ts";
import type { Credentials } from "../shared/protocol/index.ts";
import { type Api, startApi } from "./support/http.ts";
import { type Cluster, startCluster, Talker } from "./support/nodes.ts";

const names = ["ams1", "dub2"] as const;
let cells: Record<string, Cluster>;
let settings: Record<string, string>;
let api: Api;
let folder: string;
const talkers: Talker[] = [];

const socketUrl = (name: string) => `http://127.0.0.1:${cells[name]!.nodes[0]!.port}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "passerby-cells-"));
  const made = names.map(async (name) => [name, await startCluster(1, { CELL: name })] as const);
  cells = Object.fromEntries(await Promise.all(made));
  const { JWT_KEYS } = cells[names[0]]!.env;
  const list = names.map((name) => `${name}|${socketUrl(name)}|${cells[name]!.env["REDIS_URL"]}`);
  const roomy = { GUESTS_PER_15_MIN: "3", API_PER_15_MIN: "5000", CHALLENGE_AFTER: "0", TRUSTED_PROXIES: "1" };
  settings = { JWT_KEYS: JWT_KEYS!, CELLS: list.join(","), UPLOAD_STORE: `disk:${join(folder, "uploads")}`, ...roomy };
  api = await startApi(settings);
});
afterAll(async () => {
  for (const talker of talkers) talker.close();
  await api?.[Symbol.asyncDispose]();
  for (const cell of Object.values(cells ?? {})) await cell[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A guest as seen from one address, behind the one proxy that is trusted. */
const ask = (address: string) =>
  api.ask("/api/guest", { method: "POST", body: {}, headers: { "x-forwarded-for": address } });
async function guest(address: string): Promise<Credentials> {
  const answer = await ask(address);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json() as Credentials;
}
async function connect({ user, token, socketUrl }: Credentials): Promise<Talker> {
  const talker = new Talker(socketUrl, { user, token });
  talkers.push(talker);
  await talker.welcomed();
  return talker;
}
/** Two guests of the first cell and one of the second. */
async function three(): Promise<[Credentials, Credentials, Credentials]> {
  const found: Record<string, Credentials[]> = { ams1: [], dub2: [] };
  for (let n = 1; found["ams1"]!.length < 2 || found["dub2"]!.length < 1; n++) {
    const made = await guest(`198.51.100.${n}`);
    found[cellOf(made.user.id)]!.push(made);
  }
  return [found["ams1"]![0]!, found["ams1"]![1]!, found["dub2"]![0]!];
}

test("guests are spread over the cells; id and socket URL name the same one, and an address keeps to its cell and limit", async () => {
  const guests = await Promise.all(Array.from({ length: 24 }, (_, n) => guest(`192.0.2.${n}`)));
  for (const { user, socketUrl: url } of guests) expect(url).toBe(socketUrl(cellOf(user.id)));
  expect(new Set(guests.map(({ user }) => cellOf(user.id)))).toEqual(new Set(names));
  const again = [await guest("203.0.113.9"), await guest("203.0.113.9"), await guest("203.0.113.9")];
  expect(new Set(again.map(({ user }) => cellOf(user.id))).size).toBe(1);
  expect((await ask("203.0.113.9")).problem().code).toBe("rate-limited");
});

test("matching stays inside a cell; rooms are found by who asks, numbers are those of all", async () => {
  const [ada, bob, eve] = await three();
  const [a, b, e] = [await connect(ada), await connect(bob), await connect(eve)];
  await e.ask("match:join", {});
  const waiting = await a.ask("match:join", {});
  expect(waiting.state).toBe("queued");
  await b.ask("match:join", {});
  const { room } = await a.next("match:found");
  expect([cellOf(room.id), room.members.map(({ id }) => id).toSorted()]).toEqual([
    "ams1",
    [ada.user.id, bob.user.id].toSorted(),
  ]);
  await a.say(room.id, "hello");
  await b.next("message:sent");
  expect((await e.ask("match:join", {})).state).toBe("queued");

  const path = `/api/rooms/${room.id}/messages`;
  expect((await api.ask(path, { token: ada.token })).json()).toMatchObject({ messages: [{ text: "hello" }] });
  expect((await api.ask(path, { token: eve.token })).problem().code).toMatch(/not-found|forbidden/);
  expect((await api.ask("/api/guest/me", { token: eve.token })).json()).toMatchObject({ user: { id: eve.user.id } });

  const { guests } = (await api.ask("/api/stats")).json() as { guests: object };
  expect(guests).toMatchObject({ online: 3, searching: 1, connected: 2 });
  const all = (await api.ask("/api/socket/stats")).json() as { nodes: { id: string }[] };
  const nodes = names.map((name) => cells[name]!.nodes[0]!.id);
  expect(all.nodes.map(({ id }) => id).toSorted()).toEqual(nodes.toSorted());
  expect((await api.ask("/health/ready")).json()).toEqual({ status: "ready", checks: { redis: true, storage: true } });
});

test("a token of one cell opens nothing in another", async () => {
  const [ada, , eve] = await three();
  const stranger = new Talker(eve.socketUrl, { user: ada.user, token: ada.token });
  talkers.push(stranger);
  await expect(stranger.welcomed()).rejects.toMatchObject({ data: { code: "session-ended" } });
});

test("a cleanup of all cells takes no file of another's for an orphan, and every orphan for its own", async () => {
  const kept = join(folder, "uploads", "kept");
  await mkdir(kept, { recursive: true });
  const old = new Date(Date.now() - 3_600_000);
  const files = [newId("upl", "ams1"), newId("upl", "dub2"), newId("upl", "far9")];
  for (const name of files) {
    await writeFile(join(kept, name), "x");
    await utimes(join(kept, name), old, old);
  }
  const before = { ...process.env };
  vi.resetModules();
  Object.assign(process.env, settings);
  const loaded = (await import("../functions/handlers/cleanup.ts")) as { handler: typeof cleanup };
  process.env = before;
  const done = await loaded.handler({}, { getRemainingTimeInMillis: () => 30_000 });
  await loaded.handler[Symbol.asyncDispose]();
  expect(done).toMatchObject([{ bytesWithoutRecord: 1 }, { bytesWithoutRecord: 1 }]);
  expect(await readdir(kept)).toEqual([files[2]]);
});

test("one cell needs no name: its ids say none, and none of theirs can be misread", () => {
  for (let n = 0; n < 5_000; n++) expect(cellOf(newId("usr"))).toBe("");
  expect(cellOf(`room_${"a".repeat(24)}`)).toBe("");
  expect(cellOf(newId("room", "ams1"))).toBe("ams1");
});

test("a wrong CELLS stops the start in one line, without the address of a Redis", () => {
  for (const [value, fault] of [
    ["ams1", "must be name|socket URL|Redis URL"],
    ["AMS|https://a.example|redis://r", "must be name"],
    ["a|https://a.example|redis://u:secret@r:1,a|https://b.example|redis://r:2", "names a cell twice"],
    ["a|redis://u:secret@r:1|https://a.example", "must be name"],
  ] as const) {
    const start = () => loadConfig({ CELLS: value });
    expect(start).toThrow(fault);
    expect(start).not.toThrow("secret");
  }
  expect(() => loadConfig({ CELL: "Amsterdam" })).toThrow("CELL must be");
  const config = loadConfig({ CELLS: "a|https://a.example|redis://r:1,b|https://b.example|redis://r:2" });
  expect(contentPolicy(config)["connect-src"]).toEqual(expect.arrayContaining(["wss://a.example", "wss://b.example"]));
});

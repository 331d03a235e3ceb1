/** `npm start` as an operator has it: everything up, one line when it cannot, nothing left behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../local/port.ts";
import { findTurnServer } from "../local/turn.ts";
import { routes } from "../shared/protocol/index.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { promised } from "./support/until.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** In a process group of its own, as a terminal would run it. */
async function start(settings: Record<string, string> = {}, cwd = root) {
  const [httpPort, socketPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), join(root, "local/index.ts")], {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      HTTP_PORT: String(httpPort),
      SOCKET_PORT: String(socketPort),
      REDIS_URL: await freshRedisUrl(),
      WORKERS: "2",
      ...settings,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const exited = once(child, "close").then(() => child.exitCode ?? child.signalCode);
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    url: `http://localhost:${httpPort}`,
    socketUrl: `http://localhost:${socketPort}`,
    pid: child.pid!,
    output: () => output,
    exited,
    up: () => expect.poll(() => output, { timeout: 40_000, interval: 50 }).toContain("Passerby is running"),
    /** Ctrl-C: the whole group hears it. */
    interrupt: () => process.kill(-child.pid!, "SIGINT"),
  };
}

/** That process and all below it. */
function tree(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
  return [pid, ...children.flatMap(tree)];
}
const alive = (pids: number[]) =>
  pids.filter((pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));

test("everything comes up, and Ctrl-C ends all of it within 5 s with exit 0", async () => {
  const passerby = await start();
  await passerby.up();

  expect(routes["GET /health"].answer.parse(await (await fetch(`${passerby.url}/health`)).json()).status).toBe("ok");
  const stats = await fetch(`${passerby.url}/api/socket/stats`);
  expect(routes["GET /api/socket/stats"].answer.parse(await stats.json()).nodes.length).toBeGreaterThanOrEqual(1);
  const made = await fetch(`${passerby.url}/api/guest`, { method: "POST" });
  const { token, ...guest } = (await made.json()) as { token: string };
  expect(guest).toMatchObject({ socketUrl: passerby.socketUrl });

  // This machine has coturn (test/turn.test.ts sees to it), or says that it has not.
  expect(passerby.output()).toMatch(
    findTurnServer() ? /calls +relayed by coturn on 127\.0\.0\.1:\d+\n/ : /calls +between the guests/,
  );
  const ice = await fetch(`${passerby.url}/api/calls/ice-servers`, { headers: { authorization: `Bearer ${token}` } });
  const { iceServers } = routes["GET /api/calls/ice-servers"].answer.parse(await ice.json());
  expect(iceServers).toHaveLength(findTurnServer() ? 1 : 0);

  const page = await fetch(passerby.url);
  const html = await page.text();
  expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-cache"]);
  expect(page.headers.get("content-security-policy")).toContain(`connect-src 'self' ${passerby.socketUrl} ws://`);
  const [, asset = "none"] = /<script[^>]+src="([^"]+)"/.exec(html) ?? [];
  expect(asset).toMatch(/^\/assets\/.+\.js$/);
  const script = await fetch(passerby.url + asset);
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(await (await fetch(`${passerby.url}/any/page/path`)).text()).toBe(html);
  expect((await fetch(`${passerby.url}/assets/missing.js`)).status).toBe(404);
  expect((await fetch(`${passerby.url}/api/missing`)).headers.get("content-type")).toContain("problem+json");

  const processes = tree(passerby.pid);
  expect(processes.length).toBeGreaterThanOrEqual(4);
  const askedAt = Date.now();
  passerby.interrupt();
  expect([await passerby.exited, passerby.output()]).toEqual([0, expect.not.stringContaining("Error")]);
  expect(Date.now() - askedAt).toBeLessThan(promised(5_000));
  await expect.poll(() => alive(processes), { timeout: 30_000 }).toEqual([]);
});

test("killed with -9, it leaves no child either", async () => {
  const passerby = await start({ REDIS_URL: "" }, await mkdtemp(join(tmpdir(), "passerby-local-")));
  await passerby.up();
  const processes = tree(passerby.pid);
  process.kill(passerby.pid, "SIGKILL");
  await expect.poll(() => alive(processes), { timeout: 30_000 }).toEqual([]);
});

test("a socket tier that dies takes everything with it, exit 1 and a line that says so", async () => {
  const passerby = await start();
  await passerby.up();
  const processes = tree(passerby.pid);
  const primary = processes.find((pid) =>
    /^[^\0]*node\0[^]*socket-tier/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8")),
  );
  process.kill(primary!, "SIGKILL");
  expect(await passerby.exited).toBe(1);
  expect(passerby.output()).toMatch(/^Passerby: the socket tier ended with/m);
  await expect.poll(() => alive(processes), { timeout: 30_000 }).toEqual([]);
});

test("a wrong setting or a port in use stops the start with one line", async () => {
  const wrong = await start({ WORKERS: "many" });
  expect([await wrong.exited, wrong.output().trim()]).toEqual([
    1,
    expect.stringMatching(
      /^Passerby: WORKERS must be a whole number from 1 to 256, not "many"; for example WORKERS=\d+$/,
    ),
  ]);
  const absent = await start({ REDIS_URL: `redis://:hidden@127.0.0.1:${await freePort()}` });
  expect([await absent.exited, absent.output().trim()]).toEqual([
    1,
    expect.stringMatching(/^Passerby: REDIS_URL does not answer \(connect ECONNREFUSED[^\n]+$/),
  ]);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const busy = await start({ HTTP_PORT: String(port) });
  const line = `Passerby: HTTP_PORT ${port} is already in use; for example HTTP_PORT=${port + 100}`;
  expect([await busy.exited, busy.output().trim()]).toEqual([1, line]);
  taken.close();
});

test("without REDIS_URL a Redis is started, which keeps its data over a restart and is nobody else's", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "passerby-local-"));
  const first = await start({ REDIS_URL: "" }, cwd);
  await first.up();
  expect((await fetch(`${first.url}/api/guest`, { method: "POST" })).status).toBe(201);

  const second = await start({ REDIS_URL: "" }, cwd);
  expect([await second.exited, second.output()]).toEqual([
    1,
    expect.stringMatching(/^Passerby: .* is in use by another/),
  ]);

  const processes = tree(first.pid);
  first.interrupt();
  expect(await first.exited).toBe(0);
  await expect.poll(() => alive(processes), { timeout: 30_000 }).toEqual([]);

  const third = await start({ REDIS_URL: "" }, cwd);
  await third.up();
  const stats = await (await fetch(`${third.url}/api/stats`)).json();
  expect(stats).toMatchObject({ sessions: { active: 1, total: 1 } });
  third.interrupt();
  expect(await third.exited).toBe(0);
});

/** The product as a person has it: `npm start`, two browsers, a talk. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type Page, type WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../local/port.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { until } from "./support/until.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const SCRIPT_BUDGET_BYTES = 80 * 1024;

let browser: Browser;
let url: string;
let socketUrl: string;
let shots: string;
let stop: () => Promise<void>;

/** The system's Chromium; where one may, it is installed. */
function findChromium(): string {
  const find = () => ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!find() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get"))
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], { stdio: "ignore" });
  const path = find();
  if (!path) throw new Error("The browser test needs Chromium: apt-get install -y --no-install-recommends chromium");
  return path;
}

beforeAll(async () => {
  const executablePath = findChromium();
  const [httpPort, socketPort] = [await freePort(), await freePort()];
  [url, socketUrl] = [`http://localhost:${httpPort}`, `localhost:${socketPort}`];
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), join(root, "local/index.ts")], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "development",
      LOG_LEVEL: "warn",
      HTTP_PORT: String(httpPort),
      SOCKET_PORT: String(socketPort),
      SOCKET_URL: `http://localhost:${socketPort}`,
      REDIS_URL: await freshRedisUrl(),
      WORKERS: "2",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  await until("the product to be up", () => output.includes("Passerby is running"), 60_000).catch((error: Error) => {
    throw new Error(`${error.message}\n${output}`);
  });
  shots = await mkdtemp(join(tmpdir(), "passerby-shots-"));
  browser = await chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    ],
  });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await stop?.();
  console.log(`screenshots: ${shots}`);
});

interface Person {
  page: Page;
  /** Everything that should not have happened. */
  faults: string[];
  scripts: Map<string, Buffer>;
  /** Cuts the socket, and keeps it cut until `join`. */
  cut: () => Promise<void>;
  join: () => void;
}

async function person(options: Parameters<Browser["newContext"]>[0]): Promise<Person> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  const scripts = new Map<string, Buffer>();
  let live: WebSocketRoute | undefined;
  let open = true;
  await page.routeWebSocket(new RegExp(`^ws://${socketUrl}/`), (socket) => {
    live = socket;
    if (open) socket.connectToServer();
    else void socket.close();
  });
  page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && host !== new URL(url).host) faults.push(`asked ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.url().endsWith(".js")) void response.body().then((body) => scripts.set(response.url(), body));
  });
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective}`)),
  );
  await page.goto(url);
  return {
    page,
    faults,
    scripts,
    cut: async () => {
      open = false;
      await live?.close();
    },
    join: () => (open = true),
  };
}

const desktop = { viewport: { width: 1440, height: 900 }, colorScheme: "light" } as const;
const mobile = { viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true, isMobile: true } as const;

const say = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
};
const sees = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
const texts = (page: Page) => page.locator(".message .text").allInnerTexts();
const lastTick = (page: Page) => page.locator(".message.mine").last().locator(".ticks").innerText();
const begin = (page: Page) => page.getByRole("button", { name: "Start chatting" }).click();
const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const shot = (page: Page, name: string) => page.screenshot({ path: join(shots, `${name}.png`) });

test("[D3][S3] two strangers meet, talk, reload, lose the network, go on, part", async () => {
  const [ann, ben] = await Promise.all([person(desktop), person(mobile)]);
  const [a, b] = [ann.page, ben.page];
  await expect.poll(() => a.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
  for (const page of [a, b]) {
    await page.getByLabel("Interests").fill("Music,");
    await page.getByRole("button", { name: "Remove music" }).waitFor();
  }
  await Promise.all([shot(a, "start-desktop-light"), shot(b, "start-mobile-dark")]);
  expect(await fits(b)).toBe(true);

  await begin(a);
  await a.getByRole("heading", { name: /Looking for someone who likes music/ }).waitFor();
  await shot(a, "searching");
  await begin(b);
  for (const page of [a, b]) await page.getByText("You both like music.").waitFor();

  await say(a, "Hello, stranger");
  await sees(b, "Hello, stranger");
  await say(b, "Hello! See https://example.com/jazz");
  const link = a.getByRole("link", { name: "https://example.com/jazz" });
  await link.waitFor();
  expect(await link.getAttribute("rel")).toContain("noopener");
  await expect.poll(() => lastTick(a)).toBe("Read");
  await expect.poll(() => lastTick(b)).toBe("Read");

  await b.getByRole("textbox", { name: /^Message to/ }).fill("half a thou");
  await a.getByText("is typing").waitFor({ state: "attached" });
  await b.reload();
  await sees(b, "Hello, stranger");
  expect(await b.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("half a thou");
  await say(b, "Still me");
  await sees(a, "Still me");
  await say(a, "And me");
  await sees(b, "And me");
  await Promise.all([shot(a, "chat-desktop-light"), shot(b, "chat-mobile-dark")]);
  expect(await fits(b)).toBe(true);

  await ben.cut();
  await say(b, "Unsent, one");
  await say(b, "Unsent, two");
  await b.getByText("2 messages are waiting to be sent.").waitFor();
  await a.getByText(/lost the connection/).waitFor();
  await say(a, "Are you there?");
  await shot(b, "reconnecting");
  await b.reload(); // with what is unsent
  ben.join();
  await sees(a, "Unsent, two");
  await sees(b, "Are you there?");
  await expect.poll(() => lastTick(b)).toBe("Read");
  expect(await texts(b)).toEqual(await texts(a));
  expect(await texts(a)).toEqual([...new Set(await texts(a))]);

  await a.keyboard.press("Escape");
  await a.getByRole("button", { name: "Really?" }).waitFor();
  await a.keyboard.press("Escape");
  await b.getByText(/has moved on to someone else/).waitFor();
  await shot(b, "ended");
  await a.getByRole("heading", { name: /Looking for/ }).waitFor();
  await a.keyboard.press("Escape");
  await a.getByRole("button", { name: "Start chatting" }).waitFor();
  await b.getByRole("button", { name: "Back to start" }).click();

  await Promise.all([begin(a), begin(b)]);
  await sees(a, "Say hello. They're a stranger here, too.");
  await b.getByRole("button", { name: "Leave" }).click();
  await a.getByText(/has left the chat/).waitFor();

  expect(ann.faults).toEqual([]);
  // The cut is the test's own: Chromium reports a refused socket.
  expect(ben.faults.filter((fault) => !fault.includes("WebSocket connection"))).toEqual([]);
  const bytes = [...ann.scripts.values()].map((body) => gzipSync(body).length).reduce((sum, size) => sum + size, 0);
  console.log(`first load: ${(bytes / 1024).toFixed(1)} kB of script, gzipped`);
  expect(bytes).toBeLessThan(SCRIPT_BUDGET_BYTES);
}, 120_000);

test("[S2] a session that ends elsewhere says so, and the guest may start again", async () => {
  const { page, faults } = await person(desktop);
  await begin(page);
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("passerby")!).credentials.token as string);
  await fetch(`${url}/api/guest/me`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Start chatting" }).waitFor();
  await begin(page);
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  expect(faults).toEqual([]);
});

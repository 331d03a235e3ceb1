/** The product as a person has it: `npm start`, browsers that reach nothing but this machine, everything wrong written down. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page, type WebSocketRoute } from "playwright-core";
import { freePort } from "../../local/port.ts";
import { freshRedisUrl } from "./redis.ts";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Person {
  page: Page;
  /** Everything that should not have happened. */
  faults: string[];
  scripts: Map<string, Buffer>;
  /** Cuts the socket, and keeps it cut until `join`. */
  cut: () => Promise<void>;
  join: () => void;
}

export interface Product extends AsyncDisposable {
  url: string;
  /** Directory of the disk store. */
  store: string;
  browser: Browser;
  /**
   * @param settings of the page; by default of somebody who has been here before and minds no picture
   * @param prepare runs before the page is opened
   */
  person: (
    options: Parameters<Browser["newContext"]>[0],
    settings?: object,
    prepare?: (context: BrowserContext) => Promise<unknown>,
  ) => Promise<Person>;
  shot: (page: Page, name: string) => Promise<unknown>;
  /** After a test, however it went: its people are gone, so that whoever still searched is not met in the next one. */
  part: () => Promise<void>;
}

/** The system's Chromium; where one may, it is installed. */
function findChromium(): string {
  const find = () => ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!find() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get"))
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], { stdio: "ignore" });
  const path = find();
  if (!path) throw new Error("The browser test needs Chromium: apt-get install -y --no-install-recommends chromium");
  return path;
}

export const launch = (flags: string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    chromiumSandbox: false,
    args: [
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
      ...flags,
    ],
  });

/** Devices that beep and draw, ten pictures a second; connections between pages on a machine that has only `lo`. */
export const callFlags = [
  "--use-fake-device-for-media-stream=fps=10",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
];

/** Of the guest of that tab nothing is left, no place in the queue either. */
async function signOut(page: Page): Promise<void> {
  if (page.isClosed()) return;
  const { token, origin } = await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("passerby") ?? "{}") as { credentials?: { token: string } };
    return { token: kept.credentials?.token, origin: location.origin };
  });
  if (!token) return;
  await fetch(`${origin}/api/guest/me`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
}

/** @param settings environment of this start @param flags of Chromium */
export async function startProduct(settings: Record<string, string> = {}, flags: string[] = []): Promise<Product> {
  const [httpPort, socketPort] = [await freePort(), await freePort()];
  const [url, socketUrl] = [`http://localhost:${httpPort}`, `localhost:${socketPort}`];
  const store = await mkdtemp(join(tmpdir(), "passerby-uploads-"));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), join(root, "local/index.ts")], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "development",
      LOG_LEVEL: "warn",
      HTTP_PORT: String(httpPort),
      SOCKET_PORT: String(socketPort),
      SOCKET_URL: `http://localhost:${socketPort}`,
      REDIS_URL: settings["REDIS_URL"] ?? (await freshRedisUrl()),
      UPLOAD_STORE: `disk:${store}`,
      WORKERS: "2",
      ...settings,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await until("the product to be up", () => output.includes("Passerby is running"), 60_000).catch((error: Error) => {
    child.kill("SIGTERM");
    throw new Error(`${error.message}\n${output}`);
  });
  const shots = join(root, ".data/screenshots");
  const browser = await launch(flags);
  const people = new Set<Page>();

  const person: Product["person"] = async (options, settings = { agreed: true, blur: false }, prepare) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(60_000);
    await prepare?.(context);
    const page = await context.newPage();
    people.add(page);
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
      const keep = (body: Buffer) => scripts.set(response.url(), body);
      // Its body may be gone with the page that asked for it.
      if (response.url().endsWith(".js")) void response.body().then(keep, () => undefined);
    });
    await page.addInitScript((text) => (localStorage["passerby.settings"] ??= text), JSON.stringify(settings));
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
  };

  return {
    url,
    store,
    browser,
    person,
    shot: (page, name) => page.screenshot({ path: join(shots, `${name}.jpg`), type: "jpeg", quality: 85 }),
    async part() {
      const gone = [...people].map(async (page) => {
        people.delete(page);
        await signOut(page).catch(() => undefined); // a page that hangs or is closed has nobody to sign out
        await page.context().close();
      });
      await Promise.all(gone);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      child.kill("SIGTERM");
      await exited;
      await rm(store, { recursive: true, force: true });
    },
  };
}

export const desktop = { viewport: { width: 1440, height: 900 }, colorScheme: "light" } as const;
export const mobile = {
  viewport: { width: 360, height: 740 },
  colorScheme: "dark",
  hasTouch: true,
  isMobile: true,
} as const;

export const begin = (page: Page) => page.getByRole("button", { name: "Start chatting" }).click();
/** Nothing stands out at the side. */
export const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

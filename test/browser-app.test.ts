/** The page as an app: installed, without a network, in the background, and open for long. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { objections } from "./support/axe.ts";
import { begin, desktop, mobile, startProduct, type Product } from "./support/browser.ts";
import { stranger } from "./support/stranger.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ EVENTS_PER_MINUTE: "100000", API_PER_15_MIN: "10000", GUESTS_PER_15_MIN: "1000" });
}, 300_000);
afterEach(() => product?.part());
afterAll(async () => product?.[Symbol.asyncDispose]());

const EXPLANATION = ["/favicon.svg", "/manifest.webmanifest", "/offline.css", "/offline.html"];
/** All that the worker has kept. */
const cached = (page: Page) =>
  page.evaluate(async () => {
    const all = (await caches.keys()).map(async (name) => (await caches.open(name)).keys());
    return (await Promise.all(all))
      .flat()
      .map(({ url }) => new URL(url).pathname)
      .toSorted();
  });

test("it can be installed; without a network it says so, and opens to a page that explains; a browser too old is told so", async () => {
  const { page } = await product.person(mobile);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // Of a window for a test alone.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  expect(await cached(page)).toEqual(EXPLANATION);
  // A newer worker takes over, and a page in use stays as it is.
  await page.getByLabel("Interests").fill("half a wo");
  await page.evaluate(async () => {
    const changed = new Promise((change) => navigator.serviceWorker.addEventListener("controllerchange", change));
    await navigator.serviceWorker.register("/worker.js?newer");
    await changed;
  });
  expect(await page.getByLabel("Interests").inputValue()).toBe("half a wo");
  await page.context().setOffline(true);
  await page.getByText("You're offline.").waitFor();
  await begin(page);
  const sentence = page.getByText("The server can't be reached just now.");
  await sentence.waitFor();
  await product.shot(page, "start-offline");
  await page.context().setOffline(false);
  await sentence.waitFor({ state: "detached" });
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole("heading", { name: "You're offline" }).waitFor();
  await product.shot(page, "offline");
  expect(await objections(page)).toEqual([]);
  await page.context().setOffline(false);
  await page.getByRole("link", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Start chatting" }).waitFor();
  expect(await cached(page)).toEqual(EXPLANATION);

  const old = await (await product.browser.newContext({ ...desktop, locale: "de-DE" })).newPage();
  await old.addInitScript(() => Object.assign(CSS, { supports: () => false }));
  await old.goto(product.url);
  await old.getByRole("heading", { name: "Dein Browser ist zu alt für Passerby" }).waitFor();
  await product.shot(old, "unsupported");
  await old.context().close();
});

test("notifications: asked for where it is plain what for; told while the page is hidden, and not while it is seen", async () => {
  const { page, faults } = await product.person(desktop, undefined, async (context) => {
    // The browser's own question, and a person who says yes.
    await context.exposeFunction("allow", () => context.grantPermissions(["notifications"]));
    await context.addInitScript(() => {
      Notification.requestPermission = async () => {
        await (globalThis as unknown as { allow: () => Promise<void> }).allow();
        return Notification.permission;
      };
    });
  });
  const told = () =>
    page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map(({ title }) => title);
    });
  /** A browser without a window never hides a page by itself. */
  const turn = (visibility: DocumentVisibilityState) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, "visibilityState", { value: visibility, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, visibility);
  await using other = await stranger(product.url, "Somebody");
  await begin(page);
  await page.getByRole("button", { name: "Notify me when someone comes" }).click();
  await page.getByText("we'll notify you").waitFor();
  await other.meet();
  await other.say("Seen at once");
  await page.locator(".message", { hasText: "Seen at once" }).waitFor();
  expect(await told()).toEqual([]);
  await turn("hidden");
  await other.say("What nobody else should read");
  await expect.poll(told).toEqual(["New message from Somebody"]);
  await expect.poll(() => page.title()).toMatch(/^\(1\)/);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Really?" }).click();
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  await other.meet();
  await expect.poll(told).toEqual(["You're talking to Somebody"]); // in place of the one before
  expect(faults).toEqual([]);
});

test("fifty strangers later the page holds no more than after ten", async () => {
  const { page, faults } = await product.person(desktop);
  await using other = await stranger(product.url);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const held = async () => {
    for (const _ of "123") await devtools.send("HeapProfiler.collectGarbage");
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)!.value;
    return { bytes: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
  };
  const meetMany = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await other.meet();
      await page.getByText("Say hello").waitFor();
      await other.say(`Stranger, ${i}`);
      await page.locator(".message", { hasText: `Stranger, ${i}` }).waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { name: /Looking for/ }).waitFor();
    }
  };
  await begin(page);
  await meetMany(10);
  const before = await held();
  await meetMany(40);
  // What the last one left is let go in its own time.
  await vi.waitFor(
    async () => {
      const after = await held();
      console.log(`after 10 strangers: ${JSON.stringify(before)}, after 50: ${JSON.stringify(after)}`);
      expect(after.nodes - before.nodes).toBeLessThan(200);
      expect(after.listeners - before.listeners).toBeLessThan(20);
      expect(after.bytes - before.bytes).toBeLessThan(1024 * 1024);
    },
    { timeout: 30_000, interval: 2_000 },
  );
  expect(faults).toEqual([]);
}, 120_000);

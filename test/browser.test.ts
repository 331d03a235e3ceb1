/** Two people talk: the whole product, from the landing to the end of a chat. */
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { begin, desktop, fits, mobile, startProduct, type Person, type Product } from "./support/browser.ts";
import { stranger } from "./support/stranger.ts";

const SCRIPT_BUDGET_BYTES = 80 * 1024;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
}, 300_000);
afterEach(() => product?.part());
afterAll(async () => product?.[Symbol.asyncDispose]());

const say = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
};
const sees = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
const texts = (page: Page) => page.locator(".message .text").allInnerTexts();
const gzipped = ({ scripts }: Person, which = (_url: string) => true) =>
  [...scripts]
    .filter(([url]) => which(url))
    .map(([, body]) => gzipSync(body).length)
    .reduce((sum, size) => sum + size, 0);
/** The scripts that were asked for before anything was drawn. */
const beforePaint = (page: Page) =>
  page.evaluate(() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const all = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js"));
    return all.filter(({ startTime }) => startTime < paint!.startTime).map(({ name }) => name);
  });
const kB = (bytes: number) => `${(bytes / 1024).toFixed(1)} kB`;
const lastTick = (page: Page) => page.locator(".message.mine").last().locator(".ticks").innerText();

test("[D3][S3] two strangers meet, talk, reload, lose the network, go on, part", async () => {
  const [ann, ben] = await Promise.all([product.person(desktop), product.person(mobile)]);
  const [a, b] = [ann.page, ben.page];
  await expect.poll(() => a.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
  for (const page of [a, b]) {
    await page.getByLabel("Interests").fill("Music,");
    await page.getByRole("button", { name: "Remove music" }).waitFor();
  }
  await Promise.all([product.shot(a, "start-desktop-light"), product.shot(b, "start-mobile-dark")]);
  expect(await fits(b)).toBe(true);
  const first = await beforePaint(a);
  await expect.poll(() => first.filter((url) => !ann.scripts.has(url))).toEqual([]);
  const firstBytes = gzipped(ann, (url) => first.includes(url));
  console.log(`first load: ${kB(firstBytes)} of script, gzipped`);
  expect(firstBytes).toBeGreaterThan(0);
  expect(firstBytes).toBeLessThan(SCRIPT_BUDGET_BYTES);
  // The chat is there before anybody is met.
  await expect.poll(() => [...ann.scripts.keys()].filter((url) => url.includes("/talk-")).length).toBe(1);

  await begin(a);
  await a.getByRole("heading", { name: /Looking for someone who likes music/ }).waitFor();
  await product.shot(a, "searching");
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
  await expect.poll(() => b.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("half a thou");
  await say(b, "Still me");
  await sees(a, "Still me");
  await say(a, "And me");
  await sees(b, "And me");
  await Promise.all([product.shot(a, "chat-desktop-light"), product.shot(b, "chat-mobile-dark")]);
  expect(await fits(b)).toBe(true);

  await ben.cut();
  await say(b, "Unsent, one");
  await say(b, "Unsent, two");
  await b.getByText("2 messages are waiting to be sent.").waitFor();
  await a.getByText(/lost the connection/).waitFor();
  await say(a, "Are you there?");
  await product.shot(b, "reconnecting");
  await b.reload(); // with what is unsent
  ben.join();
  await sees(a, "Unsent, two");
  await sees(b, "Are you there?");
  await expect.poll(() => lastTick(b)).toBe("Read");
  await vi.waitFor(async () => expect(await texts(b)).toEqual(await texts(a)), 45_000);
  expect(await texts(a)).toEqual([...new Set(await texts(a))]);

  await a.keyboard.press("Escape");
  await a.getByRole("button", { name: "Really?" }).waitFor();
  await a.keyboard.press("Escape");
  await b.getByText(/has moved on to someone else/).waitFor();
  await product.shot(b, "ended");
  await a.getByRole("heading", { name: /Looking for/ }).waitFor();
  await a.keyboard.press("Escape");
  await a.getByRole("button", { name: "Start chatting" }).waitFor();
  await b.getByRole("button", { name: "Back to start" }).click();

  await Promise.all([begin(a), begin(b)]);
  await sees(a, "Say hello. They're a stranger here, too.");
  await b.getByRole("button", { name: "More" }).click();
  await b.getByRole("button", { name: "Leave" }).click();
  await a.getByText(/has left the chat/).waitFor();

  expect(ann.faults).toEqual([]);
  // The cut is the test's own: Chromium reports a refused socket.
  expect(ben.faults.filter((fault) => !fault.includes("WebSocket connection"))).toEqual([]);
  console.log(`all that a talk loads: ${kB(gzipped(ann))} of script, gzipped`);
}, 120_000);

test("[S2] a session that ends elsewhere says so, and the guest may start again", async () => {
  const { page, faults } = await product.person(desktop);
  await begin(page);
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("passerby")!).credentials.token as string);
  await fetch(`${product.url}/api/guest/me`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  await page.getByRole("heading", { name: "Your session has ended" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "Start chatting" }).waitFor();
  await begin(page);
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  expect(faults).toEqual([]);
});

test("a whole talk by keyboard alone, and at twice the size", async () => {
  const { page, faults } = await product.person({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }, {});
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate(() => document.activeElement?.textContent || document.activeElement?.id || "");
  const tabTo = async (wanted: RegExp) => {
    for (let i = 0; i < 20 && !wanted.test(await focused()); i++) await press("Tab");
    expect(await focused()).toMatch(wanted);
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).not.toBe("none");
  };
  await tabTo(/^Start chatting$/);
  await press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(/18 or older, let's go/);
  await press("Enter");
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  await using other = await stranger(product.url);
  await other.meet();
  await page.locator("textarea:focus").waitFor(); // a new talk is ready to be written in
  await page.keyboard.type("By keys");
  await press("Enter");
  await page.locator(".message.mine", { hasText: "By keys" }).waitFor();
  await other.say("Nice");
  await page
    .getByRole("status")
    .getByText(/: Nice$/)
    .waitFor({ state: "attached" });
  for (const _ of "held down") await page.keyboard.down("Escape");
  await page.keyboard.up("Escape");
  await page.getByRole("button", { name: "Really?" }).waitFor();
  expect(await fits(page)).toBe(true);
  await product.shot(page, "zoom-200");
  await page.getByRole("button", { name: "Really?" }).waitFor({ state: "detached" }); // it lapses
  await press("Escape", "Escape");
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  await press("Escape");
  await page.getByRole("button", { name: "Start chatting" }).waitFor();
  expect(faults).toEqual([]);
});

/** A long talk: few of its rows are in the page, and what is read stays where it is. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, desktop, startProduct, type Product } from "./support/browser.ts";
import { stranger, type Stranger } from "./support/stranger.ts";

const MANY = 150;
let product: Product;
let other: Stranger;
let page: Page;
let faults: string[];

beforeAll(async () => {
  product = await startProduct({ EVENTS_PER_MINUTE: "100000", API_PER_15_MIN: "10000" });
  other = await stranger(product.url, "Wordy");
  ({ page, faults } = await product.person(desktop));
  await Promise.all([begin(page), other.meet()]);
  await page.getByText("Say hello").waitFor();
}, 300_000);
afterAll(async () => {
  await other?.[Symbol.asyncDispose]();
  await product?.[Symbol.asyncDispose]();
});

const list = () => page.getByRole("log");
const fromEnd = () => list().evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
const wheel = async (deltaY: number) => {
  await list().hover();
  await page.mouse.wheel(0, deltaY);
};
/** What was begun by the wheel or a click is over: the list has stood still for some frames. */
const atRest = () =>
  list().evaluate(
    (log) =>
      new Promise<void>((resolve) => {
        let [top, still] = [log.scrollTop, 0];
        requestAnimationFrame(function look() {
          still = log.scrollTop === top ? still + 1 : 0;
          top = log.scrollTop;
          if (still > 10) resolve();
          else requestAnimationFrame(look);
        });
      }),
  );
/** Text and place of the topmost message that is wholly in view. */
const topmost = () =>
  list().evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const rows = [...log.querySelectorAll(".message .text")].map((row) => ({
      text: row.textContent ?? "",
      y: row.getBoundingClientRect().top - top,
    }));
    return rows.filter(({ y }) => y >= 0).toSorted((a, b) => a.y - b.y)[0]!;
  });
const placeOf = (text: string) =>
  page.getByText(text, { exact: true }).evaluate((row) => {
    return row.getBoundingClientRect().top - row.closest("[role=log]")!.getBoundingClientRect().top;
  });
const STEP_PX = 400;
/** The page has been drawn, and drawn again with what it measured. */
const drawn = () =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
  );
const write = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `message ${from + i}${"\nand more".repeat((from + i) % 4)}`);
const last = (n: number) => page.getByText(`message ${n}`).last();

test("[D3] of many messages the newest is in view, and few are in the page", async () => {
  await other.say(...write(1, MANY));
  await last(MANY).waitFor();
  await expect.poll(fromEnd).toBeLessThan(2);
  await expect.poll(() => page.locator(".message").count()).toBeLessThan(80);
  await product.shot(page, "long-talk");
});

test("who reads above is not moved by what comes; one click leads to it, and a line shows where it begins", async () => {
  await wheel(-3_000);
  await page.getByRole("button", { name: "To the newest message" }).waitFor();
  await atRest();
  const { text, y } = await topmost();
  await other.say("Are you still there?", "Hello?");
  const pill = page.getByRole("button", { name: "2 new messages" });
  await pill.waitFor();
  await expect.poll(async () => Math.abs((await placeOf(text)) - y)).toBeLessThan(2);
  await product.shot(page, "reading-above");
  await pill.click();
  await page.getByText("Hello?", { exact: true }).last().waitFor();
  await expect.poll(fromEnd).toBeLessThan(2);
  await atRest();
  const line = await page.locator(".list .new").boundingBox();
  const first = await page.locator(".message", { hasText: "Are you still there?" }).boundingBox();
  expect(line!.y).toBeLessThan(first!.y);
  await product.shot(page, "new-line");
});

test("an answer leads to what it answers, however far above", async () => {
  const { client } = other;
  const [room] = Object.values(client.getState().rooms);
  client.send(room!.id, "Remember?", { replyTo: room!.log.shown[2]!.id });
  const quoted = page.locator(".message .text", { hasText: /^message 3\b/ });
  const answer = page.getByRole("button", { name: /message 3/ });
  await answer.waitFor();
  expect(await quoted.count()).toBe(0);
  await answer.click();
  await quoted.waitFor();
  await atRest();
  const { y, height } = (await quoted.boundingBox())!;
  expect(y).toBeGreaterThan(0);
  expect(y + height).toBeLessThan(desktop.viewport.height);
  await page.getByRole("button", { name: "To the newest message" }).click();
});

test("[D5] older messages come in above without a jump, to the very first one", async () => {
  await page.getByRole("textbox", { name: /^Message to/ }).fill("not yet sent");
  await page.reload();
  await page.getByText("Hello?", { exact: true }).last().waitFor();
  await expect.poll(fromEnd).toBeLessThan(2);
  await expect.poll(() => page.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("not yet sent");
  const begun = page.getByText("You're talking to");
  let steps = 0;
  while (!(await begun.isVisible())) {
    const { text, y } = await topmost();
    // Less than asked for, where the list ends until more of it has come.
    const moved = await list().evaluate((log, by) => {
      const before = log.scrollTop;
      log.scrollBy(0, -by);
      return before - log.scrollTop;
    }, STEP_PX);
    await drawn();
    await expect.poll(async () => Math.abs((await placeOf(text)) - y - moved)).toBeLessThan(2);
    steps += 1;
  }
  expect(steps).toBeGreaterThan(5);
  await product.shot(page, "first-message");
  expect(faults).toEqual([]);
});

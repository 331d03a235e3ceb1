/** One reports another, the operator reads it and keeps the other out: in real browsers, as those three people see it. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { begin, desktop, mobile, startProduct, type Product } from "./support/browser.ts";
import { examine, speak } from "./support/screens.ts";

const ADMIN_TOKEN = "an-operator-s-own-secret";
let product: Product;
beforeAll(async () => {
  product = await startProduct({ ADMIN_TOKEN });
}, 300_000);
afterEach(() => product?.part());
afterAll(async () => product?.[Symbol.asyncDispose]());

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const looks = async (page: Page, name: string) => expect(await examine(product, page, name)).toEqual([]);
const say = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
};

test("[A4][A5] a report with a message ends the chat, the operator sees it is genuine, and the other is out until lifted", async () => {
  const [good, bad] = await Promise.all([product.person(mobile), product.person(desktop)]);
  const [a, b] = [good.page, bad.page];
  await begin(a);
  await begin(b);
  await say(b, "Hello there");
  await say(b, "You are worth nothing");
  await say(b, LONG);
  await say(b, "Answer me!");
  await a.getByText("Answer me!", { exact: true }).waitFor();

  await a.getByRole("button", { name: "More" }).click();
  await looks(a, "more");
  await a.getByRole("button", { name: "Settings" }).click();
  await a.getByRole("dialog", { name: "Settings" }).waitFor();
  await a.keyboard.press("Escape");
  await a.getByRole("button", { name: "More" }).click();
  await a.getByRole("button", { name: "Report or block" }).click();
  const dialog = a.getByRole("dialog");
  await dialog.getByRole("button", { name: "Send report" }).click();
  await dialog.getByText("Choose what is wrong first.").waitFor();
  await dialog.getByRole("radio", { name: "Insults or harassment" }).check();
  await dialog.getByRole("checkbox", { name: /Hello there/ }).check();
  await dialog.getByRole("checkbox", { name: /Answer me/ }).check();
  await dialog.getByRole("textbox").fill("It came out of nothing.");
  await looks(a, "report");
  await speak(product, a, "ar");
  await looks(a, "rtl-report");
  await speak(product, a, "en");
  await dialog.getByRole("button", { name: "Send report" }).click();
  await a.getByText(/^Thank you. The report was sent, and .* is blocked\.$/).waitFor();
  await b.getByText("This chat was ended.").waitFor();
  await looks(a, "reported");

  const operator = await product.person(desktop);
  const o = operator.page;
  await o.goto(`${product.url}/moderator`);
  await o.getByLabel("ADMIN_TOKEN").fill("a guess");
  await o.getByRole("button", { name: "Open" }).click();
  await o.getByText("That is not the token.").waitFor();
  await o.getByLabel("ADMIN_TOKEN").fill(ADMIN_TOKEN);
  await looks(o, "moderator-lock");
  await o.getByRole("button", { name: "Open" }).click();
  await o.getByRole("button", { name: /^Insults or harassment/ }).waitFor();
  await looks(o, "moderator-reports");
  await o.getByRole("button", { name: /^Insults or harassment/ }).click();
  await o.getByText("It came out of nothing.").waitFor();
  await expect.poll(() => o.locator(".moderator-text").allInnerTexts()).toEqual(["Hello there", "Answer me!"]);
  const genuine = "Genuine, read by the server";
  await expect.poll(() => o.locator(".verdict").allInnerTexts()).toEqual([genuine, genuine]);
  await o.getByText("2 messages are missing here").waitFor();
  await o.getByRole("button", { name: "Ban", exact: true }).click();
  await o.getByText(/^Banned until .*: guest\.$/).waitFor();
  await looks(o, "moderator-report");
  await speak(product, o, "ar");
  await looks(o, "rtl-moderator-report");
  await speak(product, o, "en");
  await b.getByText(/^You can't use Passerby until .*, after reports about you\.$/).waitFor();
  await looks(b, "banned");

  await o.getByRole("button", { name: "Bans" }).click();
  await o.getByRole("button", { name: /^Lift the ban/ }).waitFor();
  await looks(o, "moderator-bans");
  await o.getByRole("button", { name: /^Lift the ban/ }).click();
  await o.getByText("Nobody is banned.").waitFor();
  // In memory only: a reload asks again.
  await o.reload();
  await o.getByLabel("ADMIN_TOKEN").waitFor();
  expect(await o.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(ADMIN_TOKEN);
  // The browser writes the refused guess down.
  const refused = "console: Failed to load resource: the server responded with a status of 401 (Unauthorized)";
  expect([good.faults, bad.faults, operator.faults]).toEqual([[], [], [refused]]);
}, 120_000);

test("[A4] just blocked: the chat is over for both, and one of them knows why", async () => {
  const [good, bad] = await Promise.all([product.person(desktop), product.person(mobile)]);
  await Promise.all([begin(good.page), begin(bad.page)]);
  await good.page.getByRole("button", { name: "Report or block" }).click();
  await good.page.getByRole("button", { name: "Just block" }).click();
  await good.page.getByText(/^You won't meet .* again\.$/).waitFor();
  await bad.page.getByText("This chat was ended.").waitFor();
  expect([good.faults, bad.faults]).toEqual([[], []]);
});

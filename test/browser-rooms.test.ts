/** Rooms as people have them: made, found, entered by a link, talked in, left; full, gone and closed; beside a pair. */
import type { Page } from "playwright-core";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loadConfig } from "../shared/config.ts";
import { createStores } from "../shared/stores/index.ts";
import { begin, desktop, mobile, startProduct, type Product } from "./support/browser.ts";
import { freshRedisUrl } from "./support/redis.ts";
import { examine, speak } from "./support/screens.ts";

let product: Product;
let redis: Redis;
let stores: ReturnType<typeof createStores>;
beforeAll(async () => {
  const REDIS_URL = await freshRedisUrl();
  product = await startProduct({ REDIS_URL });
  redis = new Redis(REDIS_URL);
  stores = createStores({ redis, config: loadConfig({ REDIS_URL, NODE_ENV: "test" }) });
}, 300_000);
afterEach(() => product?.part());
afterAll(async () => {
  redis?.disconnect();
  await product?.[Symbol.asyncDispose]();
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const say = async (page: Page, text: string) => {
  await page.getByRole("textbox", { name: /^Message to/ }).fill(text);
  await page.keyboard.press("Enter");
};
const sees = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
const roomIdOf = (page: Page) => new URL(page.url()).hash.replace("#/room/", "");
const looks = async (page: Page, name: string) => expect(await examine(product, page, name)).toEqual([]);
/** From the start page, as whoever has a name by now. */
async function make(page: Page, name: string, unlisted = false): Promise<string> {
  await expect.poll(() => page.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
  await button(page, "New room").click();
  await page.getByLabel("Name of the room").fill(name);
  if (unlisted) await page.getByLabel("Whoever has the link").check();
  await button(page, "Make the room").click();
  await page.getByRole("heading", { name }).waitFor();
  return roomIdOf(page);
}

test("[D3] a room is made, found in the list, entered by its link; three talk, one leaves", async () => {
  const [ann, ben, cleo] = await Promise.all([desktop, mobile, desktop].map((options) => product.person(options)));
  const [a, b, c] = [ann!.page, ben!.page, cleo!.page];
  await button(a, "New room").click();
  await button(a, "Make the room").click();
  await sees(a, "Give the room a name.");
  await looks(a, "rooms-create");
  await button(a, "Close").click();
  const roomId = await make(a, "Night owls & <b>tea</b>");
  await sees(a, "Nobody has said anything yet. Say hello.");
  await say(a, "Anybody awake?");

  await button(b, "Show public rooms").click();
  await b.getByRole("link", { name: /Night owls/ }).waitFor();
  await looks(b, "rooms-list");
  await b.getByRole("link", { name: /Night owls/ }).click();
  await sees(b, "Anybody awake?");
  await say(b, "Hardly");
  await sees(a, "Hardly");

  await button(a, "2 members").click();
  const link = await a.getByLabel("Link to this room").inputValue();
  expect(link).toBe(`${product.url}/#/room/${roomId}`);
  await a.getByText("Online").nth(1).waitFor();
  await looks(a, "rooms-members");
  await a.keyboard.press("Escape");

  await c.goto(link);
  await c.getByRole("heading", { name: "You're invited to a room" }).waitFor();
  await expect.poll(() => c.getByLabel("Your name for today").inputValue()).toMatch(/^\w{3,20}$/);
  await looks(c, "rooms-invited");
  await button(c, "Join the room").click();
  for (const text of ["Anybody awake?", "Hardly"]) await sees(c, text);
  await say(c, "Me too");
  for (const page of [a, b]) await sees(page, "Me too");
  for (const page of [a, b, c]) await button(page, "3 members").waitFor();
  await looks(a, "rooms-group");
  await speak(product, a, "ar");
  await looks(a, "rtl-rooms-group");
  await speak(product, a, "en");

  await b.reload(); // still in, where they were
  await sees(b, "Me too");
  await ben!.cut();
  await button(a, "3 members").click();
  await a.getByText("Connection lost").waitFor();
  await a.keyboard.press("Escape");
  ben!.join();
  await say(a, "Ben?");
  await sees(b, "Ben?");

  await button(c, "Leave").click();
  await button(c, "New room").waitFor();
  await button(a, "2 members").waitFor();
  await say(a, "Bye, Cleo");
  await sees(b, "Bye, Cleo");
  await c.goBack(); // leads nowhere: who has left a room is not in it again by a step back
  await button(c, "New room").waitFor();
  await button(a, "2 members").waitFor();
  await c.getByRole("link", { name: /Night owls/ }).click(); // and back
  await sees(c, "Bye, Cleo");
  for (const person of [ann!, cleo!]) expect(person.faults).toEqual([]);
  expect(ben!.faults.filter((fault) => !fault.includes("WebSocket connection"))).toEqual([]);
}, 120_000);

test("[P1] a full room, one that is not there, and one that is closed each say so, with a way on", async () => {
  const { page, faults } = await product.person(mobile);
  const host = await stores.sessions.create({});
  const about = { name: "A very small room with a remarkably long name", visibility: "public" as const, capacity: 2 };
  const { id } = await stores.rooms.create(host.user.id, about);
  const second = await stores.sessions.create({});
  await stores.rooms.join(second.user.id, "", id);

  await button(page, "Show public rooms").click();
  await page.getByRole("link", { name: /A very small room.*Full: 2 members/s }).click();
  await page.getByRole("heading", { name: "This room is full" }).waitFor();
  await looks(page, "rooms-full");
  await stores.rooms.leave(second.user.id, "", id);
  await button(page, "Try again").click();
  await sees(page, "Nobody has said anything yet. Say hello.");
  await stores.rooms.close(id, "moderated");
  await sees(page, "This room was closed, and what was said in it is forgotten.");
  await looks(page, "rooms-closed");
  await page.goto(`${product.url}/#/room/${id}`);
  await page.reload();
  await page.getByRole("heading", { name: "This room isn't there any more" }).waitFor();
  await looks(page, "rooms-gone");
  await button(page, "See other rooms").click();
  await button(page, "New room").waitFor();
  expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
}, 120_000);

test("[M1] a room beside a pair: each goes on while the other is looked at, and says what is unread", async () => {
  const [ann, ben] = await Promise.all([product.person(desktop), product.person(desktop)]);
  const [a, b] = [ann.page, ben.page];
  const roomId = await make(a, "Beside", true);
  await button(a, /^Back/).click();
  await a.getByRole("link", { name: /Beside/ }).waitFor();
  await Promise.all([begin(a), begin(b)]);
  for (const page of [a, b]) await sees(page, "Say hello. They're a stranger here, too.");
  const guest = await stores.sessions.create({});
  await stores.rooms.join(guest.user.id, "", roomId);
  const draft = { roomId, clientMessageId: "one", kind: "text" as const, text: "knock knock" };
  await stores.messages.append(guest.user, "", draft);
  const rooms = a.getByRole("link", { name: "Your rooms" });
  await rooms.getByText("1", { exact: true }).waitFor();
  await looks(a, "rooms-beside");
  await a.getByRole("textbox", { name: /^Message to/ }).fill("As I was saying");
  await a
    .locator("input[type=file]")
    .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  await button(a, "Remove a.txt").waitFor();
  await rooms.click();
  await a.getByRole("link", { name: /Beside/ }).click();
  await sees(a, "knock knock");
  await say(b, "Where did you go?");
  await button(a, /^Back to \w+$/).click();
  await sees(a, "Where did you go?");
  await expect.poll(() => rooms.getByText("1", { exact: true }).count()).toBe(0);
  // What was about to be said is still there; of a file the browser asks before it is lost.
  await button(a, "Remove a.txt").waitFor();
  const asked: string[] = [];
  a.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await a.reload();
  await expect.poll(() => a.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("As I was saying");
  expect(asked).toEqual(["beforeunload"]);
  await a.reload();
  await sees(a, "Where did you go?");
  expect(asked).toEqual(["beforeunload"]);
  await say(a, "Here");
  await sees(b, "Here");
  await button(b, "Leave").click();
  await a.getByText(/has left the chat/).waitFor();
  await button(a, "Back to start").click();
  await a.getByRole("link", { name: /Beside/ }).waitFor();
  for (const person of [ann, ben]) expect(person.faults).toEqual([]);
}, 120_000);

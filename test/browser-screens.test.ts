/** Every screen at three sizes in both themes: nothing stands out, nothing axe-core objects to, from right to left too. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { begin, desktop, mobile, startProduct, type Product } from "./support/browser.ts";
import { examine, sizes } from "./support/screens.ts";
import { stranger } from "./support/stranger.ts";

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);

let product: Product;
beforeAll(async () => {
  product = await startProduct({ EVENTS_PER_MINUTE: "100000", API_PER_15_MIN: "10000", GUESTS_PER_15_MIN: "1000" });
}, 300_000);
afterEach(() => product?.part());
afterAll(async () => product?.[Symbol.asyncDispose]());

/** By the page's clock. */
const later = (page: Page, ms: number) =>
  page.evaluate((ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ms;
  }, ms);

/** The keys of what could tell of a guest in the database of the emoji picker. */
const emojiOnDisk = (page: Page) =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error!));
      });
    const database = await done(indexedDB.open("emoji-picker-element-en"));
    const keys = (name: string) => done(database.transaction(name).objectStore(name).getAllKeys());
    const found = { favorites: await keys("favorites"), keyvalue: await keys("keyvalue") };
    database.close();
    return found;
  });

test("the first visit: start, what to mind among strangers, settings, shortcuts, status", async () => {
  const { page, faults } = await product.person(desktop, {});
  const found = await examine(product, page, "start");
  await begin(page);
  const note = page.getByRole("dialog", { name: "Before you meet a stranger" });
  await note.waitFor();
  found.push(...(await examine(product, page, "safety")));
  await note.getByRole("button", { name: "Not now" }).click();
  await note.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Start chatting" }).waitFor();

  await page.keyboard.press("Shift+?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  found.push(...(await examine(product, page, "shortcuts")));
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings" }).click();
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.waitFor();
  found.push(...(await examine(product, page, "settings")));
  await settings.getByRole("radio", { name: "Dark" }).check();
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await expect.poll(scheme).toBe("dark");
  // One dialog out of another, and Esc: the focus is back where the first was opened.
  await settings.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Settings");
  await page.reload();
  await expect.poll(scheme).toBe("dark");
  await page.evaluate(() => localStorage.removeItem("passerby.settings"));

  await page.goto(`${product.url}/status`);
  await page.getByText("Everything works.").waitFor();
  found.push(...(await examine(product, page, "status")));
  await expect.poll(() => page.getByRole("row").count()).toBe(3); // two nodes
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
});

test("searching, a chat with long words, short ones, answers and a stranger's link, and its end", async () => {
  const { page, faults } = await product.person(desktop);
  await page.getByLabel("Interests").fill("walking in the rain, long_distance_swimming,chess,");
  const chips = () => page.locator(".chip").allInnerTexts();
  await expect.poll(chips).toEqual(["walking in the rain", "long_distance_swimming", "chess"]);
  await page.getByRole("button", { name: /^Remove walking/ }).click();
  await begin(page);
  await page.getByRole("heading", { name: /Looking for/ }).waitFor();
  await page.getByText(/we'll look for anyone/).waitFor();
  const found = await examine(product, page, "searching");
  // `examine` asks for little motion.
  const moving = () =>
    page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  await expect.poll(moving).toBe(0);
  await later(page, 30_000);
  await page.getByText("It's quiet just now").waitFor();
  await page.getByRole("link", { name: "Look into the rooms meanwhile" }).waitFor();
  found.push(...(await examine(product, page, "searching-long")));
  await using other = await stranger(product.url, "Name_of_20_letters_x");
  await other.meet();
  await page.getByText("Say hello").waitFor();
  found.push(...(await examine(product, page, "chat-empty")));
  await other.say("Hi", "How are you?", LONG, "See https://example.com/a/very/long/path?with=many&parameters=in_it");
  await page.getByRole("textbox", { name: /^Message to/ }).fill("Well, thanks.\nAnd you?");
  await page.keyboard.press("Enter");
  const [room] = Object.values(other.client.getState().rooms);
  await other.client.react(room!.id, other.client.getState().rooms[room!.id]!.log.shown[0]!.id, "👍", true);
  await page.locator(".ticks.delivered, .ticks.read").first().waitFor();
  found.push(...(await examine(product, page, "chat")));
  await page.setViewportSize(sizes.desk);
  await page.getByRole("button", { name: "Emoji", exact: true }).click();
  const search = page.getByRole("combobox", { name: "Search" });
  await page.getByRole("tab", { name: "Smileys and emoticons" }).waitFor();
  await page.keyboard.type("?"); // of the search, not of the page
  await expect.poll(() => search.inputValue()).toBe("?");
  await search.fill("grinning cat");
  await page.getByRole("option", { name: "grinning cat", exact: false }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Food and drink" }).click();
  await page.getByRole("menuitem", { name: "grapes" }).click();
  const text = () => page.getByRole("textbox", { name: /^Message to/ }).inputValue();
  await expect.poll(text).toBe("😺🍇");
  await page.getByRole("menuitem", { name: "grapes" }).click();
  await expect.poll(text).toBe("😺🍇🍇");
  const tones = page.getByRole("button", { name: /^Choose a skin tone/ });
  await tones.click();
  await expect.poll(() => tones.getAttribute("aria-expanded")).toBe("true");
  await page.getByRole("listbox", { name: "Skin tones" }).press("Escape");
  await expect.poll(() => tones.getAttribute("aria-expanded")).toBe("false");
  found.push(...(await examine(product, page, "emoji")));
  await page.setViewportSize(sizes.desk);
  await page.keyboard.press("Escape");
  await search.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Emoji");
  // What is liked comes first, and is on no disk.
  await page.keyboard.press("Enter");
  const liked = page.getByRole("menu", { name: "Favorites" }).getByRole("menuitem").first();
  await expect.poll(() => liked.innerText()).toBe("🍇");
  expect(await emojiOnDisk(page)).toEqual({ favorites: [], keyvalue: ["eTag", "url"] });
  await page.getByRole("log").click({ position: { x: 5, y: 5 } });
  await search.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Message actions" }).last().click();
  found.push(...(await examine(product, page, "chat-menu")));
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe("menu-button");

  const shown = () => other.client.getState().rooms[room!.id]!.log.shown;
  const act = async (text: string, action: string) => {
    await page.locator(".message", { hasText: text }).last().getByRole("button", { name: "Message actions" }).click();
    await page.getByRole("button", { name: action }).click();
  };
  await act("How are you?", "React with ❤️");
  await expect.poll(() => Object.keys(shown()[1]!.reactions ?? {})).toEqual(["❤️"]);
  await act("How are you?", "Reply");
  await page.keyboard.type("As I said");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "How are you?" }).waitFor();
  await expect.poll(() => shown().at(-1)?.replyTo).toBe(shown()[1]!.id);
  await act("As I said", "Delete for both");
  await page.getByText("Message deleted").waitFor();
  await expect.poll(() => shown().at(-1)?.deleted).toBe(true);
  await later(page, 24 * 60 * 60_000);
  await other.say("Good morning");
  await page.locator(".day", { hasText: "Yesterday" }).waitFor();
  await other.client.leave(room!.id);
  await page.getByText(/has left the chat/).waitFor();
  found.push(...(await examine(product, page, "ended")));
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
});

test("from right to left, in Arabic, chosen on the page and kept", async () => {
  const { page, faults } = await product.person(mobile);
  await page.getByRole("combobox", { name: "Language of the page" }).selectOption("ar");
  await page.getByRole("button", { name: "ابدأ المحادثة" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "ابدأ المحادثة" }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
    "ar",
    "rtl",
  ]);
  const found = await examine(product, page, "rtl-start");
  await page.getByRole("button", { name: "ابدأ المحادثة" }).click();
  await using other = await stranger(product.url, "Latin_Name");
  await other.meet();
  await page.getByRole("textbox").waitFor();
  await other.say("Hello", "مرحبًا، كيف حالك؟");
  await page.getByRole("textbox").fill("بخير، شكرًا!");
  await page.keyboard.press("Enter");
  await page.locator(".message.mine").waitFor();
  const [mine, theirs] = await Promise.all(
    [".message.mine .bubble", ".message.theirs .bubble"].map((one) => page.locator(one).first().boundingBox()),
  );
  expect(mine!.x).toBeLessThan(theirs!.x);
  found.push(...(await examine(product, page, "rtl-chat")));
  await page.setViewportSize(sizes.desk);
  await page.locator(".emoji-place > button").click();
  await page.getByRole("tab", { name: "الطعام والشراب" }).click();
  await page.getByRole("menuitem", { name: "grapes" }).waitFor();
  found.push(...(await examine(product, page, "rtl-emoji")));
  expect(found).toEqual([]);
  expect(faults).toEqual([]);
});

/** Two people send each other files and voice notes, with Chromium's own beeping microphone. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { begin, desktop, fits, mobile, startProduct, type Person, type Product } from "./support/browser.ts";

let product: Product;
let ann: Person;
let ben: Person;
let a: Page;
let b: Page;

const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#d98e4a" } })
    .composite([
      {
        input: Buffer.from(
          `<svg width="${width}" height="${height}"><circle cx="50%" cy="50%" r="30%" fill="#0b7080"/></svg>`,
        ),
      },
    ])
    .png()
    .toBuffer();
const attach = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator("input[type=file]").setInputFiles(files);
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true }).click();
/** So much of a voice note. */
const recorded = (time: RegExp) => a.locator(".recording-time", { hasText: time }).waitFor();
const shownWidth = (page: Page) =>
  page
    .locator(".picture img")
    .last()
    .evaluate((image: HTMLImageElement) => image.naturalWidth);

beforeAll(async () => {
  const fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
  product = await startProduct({ UPLOADS_PER_HOUR: "100" }, fake);
  const permissions = ["microphone"];
  [ann, ben] = await Promise.all([
    product.person({ ...desktop, permissions }),
    product.person({ ...mobile, permissions }),
  ]);
  [a, b] = [ann.page, ben.page];
  await Promise.all([begin(a), begin(b)]);
  for (const page of [a, b]) await page.getByText("Say hello. They're a stranger here, too.").waitFor();
}, 300_000);
afterAll(async () => product?.[Symbol.asyncDispose]());

test("[U3] a photo with a caption is seen, opened large, closed by Esc; its place was kept", async () => {
  const buffer = await photo(1200, 900);
  await attach(a, { name: "harbour.png", mimeType: "image/png", buffer });
  await a.getByRole("list", { name: "Files to send" }).getByRole("img", { name: "harbour.png" }).waitFor();
  await a.getByRole("textbox", { name: /^Message to/ }).fill("Where I am");
  await product.shot(a, "tray");
  await send(a);
  await b.getByText("Where I am", { exact: true }).waitFor();
  await expect.poll(() => shownWidth(b)).toBe(1200);
  const box = await b.locator(".picture").boundingBox();
  expect(box!.width / box!.height).toBeCloseTo(4 / 3, 1);
  expect(await fits(b)).toBe(true);
  await Promise.all([product.shot(a, "photo-desktop"), product.shot(b, "photo-mobile")]);

  await b.getByRole("button", { name: "Open photo harbour.png" }).click();
  const dialog = b.getByRole("dialog", { name: "harbour.png" });
  await dialog.getByRole("link", { name: "Download harbour.png" }).waitFor();
  await product.shot(b, "viewer-mobile");
  await b.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await b.getByRole("button", { name: "Really?" }).count()).toBe(0);
  await a.getByRole("button", { name: "Open photo harbour.png" }).click();
  await product.shot(a, "viewer-desktop");
  await a.getByRole("button", { name: "Close" }).click();
  await expect.poll(() => a.evaluate(() => document.activeElement?.className)).toBe("picture");
});
test("[U5] a text file is downloaded, as it was", async () => {
  await attach(b, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("milk, eggs\n") });
  await product.shot(b, "tray-file-mobile");
  await send(b);
  const link = a.getByRole("link", { name: "Download notes.txt" });
  await link.waitFor();
  await a.getByText(/11 B · expires in 23 h/).waitFor();
  const [download] = await Promise.all([a.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  expect(await readFile(await download.path(), "utf8")).toBe("milk, eggs\n");
});

test("a voice note is recorded, sent, played, sought and sped up", async () => {
  await a.getByRole("button", { name: "Record a voice note" }).click();
  await a.getByRole("group", { name: "Voice note" }).waitFor();
  await recorded(/0:0[2-9]/);
  await product.shot(a, "recording-desktop");
  await a.getByRole("button", { name: "Send voice note" }).click();
  await b.getByRole("button", { name: "Play Voice note" }).waitFor();
  await product.shot(b, "voice-mobile");

  const audio = b.locator("audio");
  const at = () => audio.evaluate((element: HTMLAudioElement) => element.currentTime);
  // By the page itself: the note is over before a busy machine comes round to the button.
  const paused = audio.evaluate(
    (element: HTMLAudioElement) =>
      new Promise<string | null>((resolve) =>
        element.addEventListener("timeupdate", function look() {
          if (element.currentTime < 0.3) return;
          element.removeEventListener("timeupdate", look);
          const button = element.closest(".player")!.querySelector<HTMLElement>(".play")!;
          resolve(button.ariaLabel);
          button.click();
        }),
      ),
  );
  await b.getByRole("button", { name: "Play Voice note" }).click();
  expect(await paused).toBe("Pause Voice note");
  await b.getByRole("button", { name: "Play Voice note" }).waitFor();
  expect(await at()).toBeGreaterThan(0.3);
  await b.getByRole("slider", { name: "Position in Voice note" }).fill("1.8");
  await expect.poll(at).toBeCloseTo(1.8, 1);
  await b.getByRole("button", { name: "Speed: 1×" }).click();
  await b.getByRole("button", { name: "Speed: 1.5×" }).waitFor();
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.playbackRate)).toBe(1.5);
  await product.shot(b, "playing-mobile");
  await b.getByRole("button", { name: "Play Voice note" }).click();
  await expect.poll(at).toBe(0); // it ended
  await b.getByRole("button", { name: "Play Voice note" }).waitFor();
  await product.shot(a, "voice-desktop");
});

test("held, it goes when let go; slid away or Esc, nothing is left", async () => {
  const count = () => a.locator(".message").count();
  const before = await count();
  const mic = a.getByRole("button", { name: "Record a voice note" });
  const group = a.getByRole("group", { name: "Voice note" });
  const press = async () => {
    await mic.hover();
    await a.mouse.down();
    await group.waitFor();
  };
  await press();
  await a.getByText("Let go to send, slide away to cancel").waitFor();
  await recorded(/0:0[1-9]/);
  await a.mouse.up();
  await expect.poll(count).toBe(before + 1);
  await press();
  await a.mouse.move(300, 500);
  await group.waitFor({ state: "detached" });
  await a.mouse.up();
  await mic.focus();
  await a.keyboard.press("Enter");
  await group.waitFor();
  await a.keyboard.press("Escape");
  await group.waitFor({ state: "detached" });
  expect(await a.getByRole("button", { name: "Really?" }).count()).toBe(0);
  expect(await count()).toBe(before + 1);
});

test("a file on its way shows how far it is; cancelled, it leaves nothing; without a link it waits, then goes", async () => {
  const buffer = Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(3 * 1024 * 1024, 32)]);
  const network = await b.context().newCDPSession(b);
  const speed = (bytesPerSecond: number, offline = false) =>
    network.send("Network.emulateNetworkConditions", {
      offline,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytesPerSecond,
    });
  await speed(200 * 1024);
  const shown = () => b.locator(".message").count();
  const before = await a.locator(".message").count();
  await expect.poll(shown).toBe(before); // the voice note of the test before may still be on its way
  await attach(b, { name: "slow.pdf", mimeType: "application/pdf", buffer });
  await send(b);
  const progress = b.getByRole("progressbar", { name: "Sending slow.pdf" });
  await b.getByText(/^[\d.]+ [KM]B of 3 MB/).waitFor();
  await expect.poll(async () => Number(await progress.getAttribute("value"))).toBeGreaterThan(200 * 1024);
  await product.shot(b, "sending-mobile");
  const list = b.getByRole("log");
  await list.evaluate((element) => element.scrollTo(0, 0));
  const sent = Number(await progress.getAttribute("value"));
  await expect.poll(async () => Number(await progress.getAttribute("value"))).toBeGreaterThan(sent);
  expect(await list.evaluate((element) => element.scrollTop)).toBe(0);
  expect(await fits(b)).toBe(true);
  await b.getByRole("button", { name: "Cancel sending slow.pdf" }).click();
  await expect.poll(shown).toBe(before);
  const unfinished = async () =>
    (await Promise.all(["part", "in"].map((place) => readdir(join(product.store, place))))).flat();
  await expect.poll(unfinished).toEqual([]);
  await speed(-1);
  await attach(b, { name: "small.pdf", mimeType: "application/pdf", buffer: buffer.subarray(0, 2048) });
  await speed(0, true);
  await send(b);
  await b.getByRole("button", { name: "Cancel sending small.pdf" }).waitFor();
  await b.getByText(/^Waiting/).waitFor();
  await product.shot(b, "offline-mobile");
  await speed(-1);
  await a.getByRole("link", { name: "Download small.pdf" }).waitFor();
  expect(await a.getByText("slow.pdf").count()).toBe(0);
});

test("[U2] what the server would not take is refused with a sentence; what it finds out later, too", async () => {
  await attach(a, { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<p>") });
  await a.getByText(/page.html: This kind of file isn't accepted/).waitFor();
  expect(await a.getByRole("list", { name: "Files to send" }).count()).toBe(0);
  await attach(a, { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("not a picture at all") });
  await send(a);
  await a.getByText("The file isn't what its name says, so it wasn't sent.").waitFor();
  await product.shot(a, "refused-desktop");
  expect(await a.getByRole("button", { name: "Try again" }).count()).toBe(0);
  await a.getByRole("button", { name: "Discard" }).click();
  await expect.poll(() => a.getByText("wasn't sent").count()).toBe(0);
});

test("a drop anywhere and a paste end up beside the text, to be looked at", async () => {
  const picture = (await photo(40, 80)).toString("base64");
  const transfer = (page: Page) =>
    page.evaluateHandle((base64) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
      return data;
    }, picture);
  const dataTransfer = await transfer(a);
  await a.dispatchEvent("body", "dragenter", { dataTransfer });
  await a.getByText(/Drop to send to/).waitFor();
  await product.shot(a, "drop-desktop");
  await a.dispatchEvent("body", "drop", { dataTransfer });
  await a.evaluate(
    (clipboardData) => {
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    },
    await transfer(a),
  );
  const tray = a.getByRole("list", { name: "Files to send" });
  await expect.poll(() => tray.getByRole("listitem").count()).toBe(2);
  await tray.getByRole("button", { name: "Remove pasted.png" }).first().click();
  await send(a);
  await b.getByRole("button", { name: "Open photo pasted.png" }).waitFor();
  await Promise.all([a.emulateMedia({ colorScheme: "dark" }), b.emulateMedia({ colorScheme: "light" })]);
  await Promise.all([product.shot(a, "talk-desktop-dark"), product.shot(b, "talk-mobile-light")]);
});

test("without a microphone, or without leave to use it, there is a sentence with the way out", async () => {
  for (const [name, sentence] of [
    ["NotAllowedError", /may not use the microphone. Allow it in the site settings/],
    ["NotFoundError", /No microphone was found. Connect one/],
  ] as const) {
    await b.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
    }, name);
    await b.getByRole("button", { name: "Record a voice note" }).click();
    await b.getByText(sentence).waitFor();
    await product.shot(b, `mic-${name}`);
    expect(await fits(b)).toBe(true);
    await b.getByRole("button", { name: "Dismiss" }).click();
  }
});

test("[U4] when the chat is over its files are gone, and said to be; nothing else went wrong", async () => {
  await b.getByRole("button", { name: "More" }).click();
  await b.getByRole("button", { name: "Leave" }).click();
  await a.getByText(/has left the chat/).waitFor();
  await expect.poll(() => a.getByText("This file is gone").count()).toBeGreaterThan(3);
  await expect.poll(() => a.locator(".message img, .message a, audio").count()).toBe(0);
  await product.shot(a, "gone-desktop");
  expect(ann.faults.filter((fault) => !fault.includes("status of 415"))).toEqual([]);
  expect(ben.faults.filter((fault) => !fault.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
});
